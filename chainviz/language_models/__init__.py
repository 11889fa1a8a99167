"""Language models: steps that read a prompt and answer it."""

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

__all__ = [
    "LLM",
    "BaseChatModel",
    "BaseLLM",
    "BaseLanguageModel",
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
