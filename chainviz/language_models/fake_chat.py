"""Chat models for tests: they say what they are told to say."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, cast

from chainviz.errors import ChainvizError, InvalidInputError, shorten
from chainviz.language_models.chat import BaseChatModel
from chainviz.messages import AIMessage, AIMessageChunk, BaseMessage
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


class FakeListChatModelError(ChainvizError):
    """What a fake model raises at `error_on_chunk_number`."""


class _Responder(BaseChatModel):
    """Gives its responses one after another, and begins again after the last; `sleep` is the pause before each."""

    responses: list[Any]
    sleep: float | None = None
    i: int = 0

    def _next(self) -> Any:
        response = self.responses[self.i]
        self.i = (self.i + 1) % len(self.responses)
        return response

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if self.sleep is not None:
            time.sleep(self.sleep)
        return _result(self._next())

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if self.sleep is not None:
            await asyncio.sleep(self.sleep)
        return _result(self._next())


class FakeMessagesListChatModel(_Responder):
    """Answers with the messages `responses`, in turn."""

    responses: list[BaseMessage]

    @property
    def _llm_type(self) -> str:
        return "fake-messages-list-chat-model"


class FakeListChatModel(_Responder):
    """Answers with the texts `responses`, in turn; streams them character by character."""

    responses: list[str]
    error_on_chunk_number: int | None = None

    @property
    def _llm_type(self) -> str:
        return "fake-list-chat-model"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"responses": self.responses}

    def _characters(self) -> Iterator[ChatGenerationChunk]:
        text = cast("str", self._next())
        for index, character in enumerate(text):
            if index == self.error_on_chunk_number:
                raise FakeListChatModelError(f"the chunk number {index} was to fail")
            last = "last" if index == len(text) - 1 else None
            yield ChatGenerationChunk(AIMessageChunk(character, chunk_position=last))

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._characters():
            if self.sleep is not None:
                time.sleep(self.sleep)
            yield chunk

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._characters():
            if self.sleep is not None:
                await asyncio.sleep(self.sleep)
            yield chunk

    def batch(self, inputs: Any, config: Any = None, *, return_exceptions: bool = False, **kwargs: Any) -> list[Any]:
        """The responses in the order of the inputs: one call after another."""
        return super().batch(inputs, _one_by_one(config), return_exceptions=return_exceptions, **kwargs)

    async def abatch(
        self, inputs: Any, config: Any = None, *, return_exceptions: bool = False, **kwargs: Any
    ) -> list[Any]:
        return await super().abatch(inputs, _one_by_one(config), return_exceptions=return_exceptions, **kwargs)


class GenericFakeChatModel(BaseChatModel):
    """Answers with the next of `messages`, an iterator of messages or texts; streams it word by word, and its
    `additional_kwargs` after it.
    """

    inline: ClassVar[bool] = True

    messages: Any

    @property
    def _llm_type(self) -> str:
        return "generic-fake-chat-model"

    def _message(self) -> AIMessage:
        message = next(self.messages)
        return AIMessage(message) if isinstance(message, str) else message

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult([ChatGeneration(self._message())])

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages)

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        message = self._generate(messages, stop, run_manager, **kwargs).generations[0].message
        if not isinstance(message, AIMessage) or not isinstance(message.content, str):
            raise InvalidInputError(f"GenericFakeChatModel: expected messages with text, got {shorten(message)}")
        words = cast("list[str]", re.split(r"(\s)", message.content)) if message.content else []
        extras = list(_extras(message.additional_kwargs))
        for index, word in enumerate(words):
            last = "last" if index == len(words) - 1 and not extras else None
            yield ChatGenerationChunk(AIMessageChunk(word, id=message.id, chunk_position=last))
        for extra in extras:
            yield ChatGenerationChunk(AIMessageChunk("", additional_kwargs=extra, id=message.id))

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._stream(messages, stop, run_manager, **kwargs):
            yield chunk


class ParrotFakeChatModel(BaseChatModel):
    """Answers with the last message that it was given."""

    inline: ClassVar[bool] = True

    @property
    def _llm_type(self) -> str:
        return "parrot-fake-chat-model"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if not messages:
            raise InvalidInputError("ParrotFakeChatModel: expected at least one message, got none")
        return ChatResult([ChatGeneration(messages[-1].model_copy())])

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages)


def _result(response: Any) -> ChatResult:
    message = AIMessage(response) if isinstance(response, str) else cast("BaseMessage", response)
    return ChatResult([ChatGeneration(message)])


def _extras(additional_kwargs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The additional keywords part by part; those of a function call come in pieces between commas."""
    for key, value in additional_kwargs.items():
        if key != "function_call":
            yield {key: value}
            continue
        for name, part in cast("dict[str, Any]", value).items():
            for piece in re.split(r"(,)", part) if isinstance(part, str) else [part]:
                yield {key: {name: piece}}


def _one_by_one(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [{**(one or {}), "max_concurrency": 1} for one in cast("list[Any]", config)]
    return {**cast("dict[str, Any]", config or {}), "max_concurrency": 1}


__all__ = [
    "FakeListChatModel",
    "FakeListChatModelError",
    "FakeMessagesListChatModel",
    "GenericFakeChatModel",
    "ParrotFakeChatModel",
]
