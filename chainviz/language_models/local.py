"""LocalChatModel: the embedded chat model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar

from pydantic import Field

from chainviz.errors import InvalidInputError
from chainviz.language_models.chat import BaseChatModel
from chainviz.language_models.local_answers import answer
from chainviz.language_models.tokens import tokenize
from chainviz.messages import AIMessage, AIMessageChunk, BaseMessage
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


class LocalChatModel(BaseChatModel):
    """A chat model without weights and without a network, which answers the same prompt the same way every time.

    It answers a question with the passage of the prompt's context that fits best, knows jokes and two-line poems, and
    says honestly what it is otherwise. It streams sub-word tokens, `tokens_per_second` of them, or at once where that
    is not set. `stop` cuts the answer before the first of these texts.
    """

    inline: ClassVar[bool] = True

    model: str = "local"
    tokens_per_second: float | None = Field(default=None, gt=0)

    @property
    def blocks(self) -> bool:
        return self.tokens_per_second is not None

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        text, seconds = self._answer_text(messages, stop)
        if seconds:
            time.sleep(seconds * len(tokenize(text)))
        return ChatResult([ChatGeneration(AIMessage(text))])

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        text, seconds = self._answer_text(messages, stop)
        if seconds:
            await asyncio.sleep(seconds * len(tokenize(text)))
        return ChatResult([ChatGeneration(AIMessage(text))])

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        text, seconds = self._answer_text(messages, stop)
        yield _chunk("")
        for token in tokenize(text):
            if seconds:
                time.sleep(seconds)
            yield _chunk(token)

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        text, seconds = self._answer_text(messages, stop)
        yield _chunk("")
        for token in tokenize(text):
            if seconds:
                await asyncio.sleep(seconds)
            yield _chunk(token)

    def _answer_text(self, messages: list[BaseMessage], stop: list[str] | None) -> tuple[str, float]:
        """The answer and the seconds that each of its tokens takes."""
        if isinstance(stop, str) or not all(stop or ()):
            raise InvalidInputError(f"stop: expected a list of texts, none of them empty, got {stop!r}")
        text = answer(messages)
        for end in stop or ():
            text = text.split(end, 1)[0]
        return text, 1 / self.tokens_per_second if self.tokens_per_second else 0.0

    def _provider(self) -> str:
        return "local"

    def _graph_params(self) -> dict[str, Any]:
        pace = {"tokens_per_second": self.tokens_per_second} if self.tokens_per_second else {}
        return {"model": self.model, **pace}


def _chunk(token: str) -> ChatGenerationChunk:
    return ChatGenerationChunk(AIMessageChunk(token))


__all__ = ["LocalChatModel"]
