"""The way from our side to LangChain's: what a user calls to take a step of ours there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.integrations.packages import require

if TYPE_CHECKING:
    from chainviz.integrations.langchain.runnable import ChainvizRunnable


def to_langchain(step: Any) -> ChainvizRunnable:
    """A Runnable of ours, or what may stand for one, as a step of a LangChain chain or a node of a LangGraph graph.

    Messages, prompts and documents are LangChain's own on its side; its handlers are told of the runs; streaming,
    errors and cancelling pass through. Raises NotAStepError where `step` is none, MissingPackageError where
    `langchain-core` is not installed.
    """
    require("langchain_core", "langchain", "to_langchain")
    from chainviz.integrations.langchain.runnable import ChainvizRunnable

    return ChainvizRunnable(step)


__all__ = ["to_langchain"]
