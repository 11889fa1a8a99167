"""What streams need: to be closed by whoever opened them, and to be made of one chunk, or to become one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Generic, TypeVar

from chainviz.addable import total_of
from chainviz.missing import MISSING

T = TypeVar("T")


def close(stream: Iterator[Any]) -> None:
    """Stop a stream, if it can be stopped: not while an abandoned thread is still in it."""
    stop = getattr(stream, "close", None)
    if stop is not None and not getattr(stream, "gi_running", False):
        stop()


async def aclose(stream: AsyncIterator[Any]) -> None:
    """Stop an asynchronous stream, if it can be stopped."""
    stop = getattr(stream, "aclose", None)
    if stop is not None:
        await stop()


class reading(Generic[T]):
    """`async with reading(stream) as chunks:` closes the stream when the block is left, which `async for` does not."""

    __slots__ = ("_stream",)

    def __init__(self, stream: AsyncIterator[T]) -> None:
        self._stream = stream

    async def __aenter__(self) -> AsyncIterator[T]:
        return self._stream

    async def __aexit__(self, *_: object) -> None:
        await aclose(self._stream)


# A generator that is left half-read has to be closed; this need not be.


class One(Generic[T]):
    """An asynchronous stream of one chunk."""

    __slots__ = ("_chunk",)

    def __init__(self, chunk: T) -> None:
        self._chunk = chunk

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        chunk, self._chunk = self._chunk, MISSING
        if chunk is MISSING:
            raise StopAsyncIteration
        return chunk


def whole(chunks: list[Any]) -> Any:
    """The sum of chunks as a step's input or output: None where there are none."""
    total = total_of(chunks)
    return None if total is MISSING else total


__all__ = ["One", "aclose", "close", "reading", "whole"]
