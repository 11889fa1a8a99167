"""The flat view beside the reference's: the same nodes and edges, with run names where the reference has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any

import langchain_core.language_models
import langchain_core.output_parsers
import langchain_core.prompts
import langchain_core.runnables
import pytest

import chainviz


class Reference(ModuleType):
    """The names of the reference under one roof, as ours are."""

    def __getattr__(self, name: str) -> Any:
        parts = (langchain_core.runnables, langchain_core.prompts, langchain_core.output_parsers)
        for module in (*parts, langchain_core.language_models):
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


reference = Reference("reference")


def find(q: str) -> str:
    return q


def prompt(core: Any) -> Any:
    return core.ChatPromptTemplate.from_template("{context} {question}")


def model(core: Any) -> Any:
    return core.FakeListChatModel(responses=["a"])


def retrieval(core: Any) -> Any:
    inputs = {"context": core.RunnableLambda(find), "question": core.RunnablePassthrough()}
    return inputs | prompt(core) | model(core) | core.StrOutputParser()


PROGRAMS: list[Callable[[Any], Any]] = [
    prompt,
    retrieval,
    lambda core: prompt(core) | model(core),
    lambda core: core.RunnableLambda(find) | {"a": find, "b": find} | prompt(core),
    lambda core: core.RunnableParallel(a=find, b=prompt(core) | model(core)),
    lambda core: {"a": {"b": find, "c": find}, "d": retrieval(core)} | core.RunnableLambda(find),
]


def edges(graph: Any) -> Counter[tuple[str, str]]:
    names = {id: node.name.removeprefix("Runnable") for id, node in graph.nodes.items()}
    return Counter((names[edge.source], names[edge.target]) for edge in graph.edges)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_edges_are_those_of_the_reference(program: Callable[[Any], Any]) -> None:
    ours, theirs = program(chainviz).get_graph(), program(reference).get_graph()
    assert edges(ours) == edges(theirs)
    assert len(ours.nodes) == len(theirs.nodes)
    for end in ("first_node", "last_node"):
        assert getattr(ours, end)().name == getattr(theirs, end)().name
