"""What streams need: to be closed by whoever opened them, and to be made of one chunk, or to become one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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


# No generators: an asynchronous generator that is left half-read has to be closed, these need not be.


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


class AWhole(Generic[T]):
    """The asynchronous stream that `make` makes of the sum of another's chunks; of none where there are none."""

    __slots__ = ("_following", "_make", "_source", "_stream")

    def __init__(self, source: AsyncIterator[Any], make: Callable[[Any], AsyncIterator[T]]) -> None:
        self._source = source
        self._make = make
        self._stream: AsyncIterator[T] | None = None
        self._following: Callable[[], Awaitable[T]] | None = None

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    def __anext__(self) -> Awaitable[T]:
        return self._first() if self._following is None else self._following()

    async def _first(self) -> T:
        total = total_of([chunk async for chunk in self._source])
        if total is MISSING:
            raise StopAsyncIteration
        self._stream = self._make(total)
        self._following = aiter(self._stream).__anext__
        return await self._following()

    async def aclose(self) -> None:
        if self._stream is not None:
            await aclose(self._stream)


def whole(chunks: list[Any]) -> Any:
    """The sum of chunks as a step's input or output: None where there are none."""
    total = total_of(chunks)
    return None if total is MISSING else total


__all__ = ["AWhole", "One", "aclose", "close", "reading", "whole"]
