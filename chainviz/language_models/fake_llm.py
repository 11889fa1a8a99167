"""Text models for tests: they say what they are told to say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from chainviz.errors import ChainvizError
from chainviz.language_models.llm import LLM
from chainviz.outputs import GenerationChunk


class FakeListLLMError(ChainvizError):
    """What a fake model raises at `error_on_chunk_number`."""


class FakeListLLM(LLM):
    """Answers with the texts `responses`, in turn."""

    responses: list[str]
    sleep: float | None = None
    i: int = 0

    @property
    def _llm_type(self) -> str:
        return "fake-list"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"responses": self.responses}

    def _next(self) -> str:
        response = self.responses[self.i]
        self.i = (self.i + 1) % len(self.responses)
        return response

    def _call(self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> str:
        return self._next()

    async def _acall(self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> str:
        return self._next()


class FakeStreamingListLLM(FakeListLLM):
    """A FakeListLLM that streams its texts character by character, with a pause of `sleep` seconds before each."""

    error_on_chunk_number: int | None = None

    def _characters(self) -> Iterator[GenerationChunk]:
        for index, character in enumerate(self._next()):
            if index == self.error_on_chunk_number:
                raise FakeListLLMError(f"the chunk number {index} was to fail")
            yield GenerationChunk(character)

    def _stream(
        self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[GenerationChunk]:
        for chunk in self._characters():
            if self.sleep is not None:
                time.sleep(self.sleep)
            yield chunk

    async def _astream(
        self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[GenerationChunk]:
        for chunk in self._characters():
            if self.sleep is not None:
                await asyncio.sleep(self.sleep)
            yield chunk


__all__ = ["FakeListLLM", "FakeListLLMError", "FakeStreamingListLLM"]
