"""Language models: steps that read a prompt and answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.language_models.base import BaseLanguageModel, LanguageModelInput, LanguageModelLike
from chainviz.language_models.chat import BaseChatModel, SimpleChatModel
from chainviz.language_models.fake_chat import (
    FakeListChatModel,
    FakeListChatModelError,
    FakeMessagesListChatModel,
    GenericFakeChatModel,
    ParrotFakeChatModel,
)
from chainviz.language_models.fake_llm import FakeListLLM, FakeListLLMError, FakeStreamingListLLM
from chainviz.language_models.llm import LLM, BaseLLM
from chainviz.language_models.local import LocalChatModel

if TYPE_CHECKING:
    from chainviz.integrations.openai import ChatOpenAI

__all__ = [
    "LLM",
    "BaseChatModel",
    "BaseLLM",
    "BaseLanguageModel",
    "ChatOpenAI",
    "FakeListChatModel",
    "FakeListChatModelError",
    "FakeListLLM",
    "FakeListLLMError",
    "FakeMessagesListChatModel",
    "FakeStreamingListLLM",
    "GenericFakeChatModel",
    "LanguageModelInput",
    "LanguageModelLike",
    "LocalChatModel",
    "ParrotFakeChatModel",
    "SimpleChatModel",
]


def __getattr__(name: str) -> Any:
    if name == "ChatOpenAI":  # comes with an extra, and is there for whoever asks for it
        import chainviz

        return chainviz.ChatOpenAI
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
