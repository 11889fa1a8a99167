"""What streams need: to be closed by whoever opened them, and to be looked at as they pass."""

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


def tapped(source: Iterator[T], seen: list[T]) -> Iterator[T]:
    """The stream, with what has passed so far in `seen`. Its first chunk is taken now: who reads a stream begins
    after who makes it."""
    first = next(source, MISSING)
    return iter(()) if first is MISSING else _tapped(first, source, seen)


def _tapped(first: T, rest: Iterator[T], seen: list[T]) -> Iterator[T]:
    seen.append(first)
    yield first
    for chunk in rest:
        seen.append(chunk)
        yield chunk


# What follows are no generators: an asynchronous generator that is left half-read has to be closed, these need not be.


async def atapped(source: AsyncIterator[T], seen: list[T]) -> AsyncIterator[T]:
    """`tapped` for an asynchronous stream."""
    first = await anext(source, MISSING)
    return _Tapped(first, source, seen)


class _Tapped(Generic[T]):
    __slots__ = ("_first", "_rest", "_seen")

    def __init__(self, first: T, rest: AsyncIterator[T], seen: list[T]) -> None:
        self._first = first
        self._rest = rest
        self._seen = seen

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        chunk = self._first
        if chunk is MISSING:
            chunk = await anext(self._rest)
        else:
            self._first = MISSING
        self._seen.append(chunk)
        return chunk


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


def seen_total(chunks: list[Any]) -> Any:
    """The sum of chunks for a report: the last of them where they cannot be added, MISSING where there are none."""
    try:
        return total_of(chunks)
    except Exception:
        return chunks[-1]


def whole(chunks: list[Any]) -> Any:
    """The sum of chunks as a step's input or output: None where there are none."""
    total = total_of(chunks)
    return None if total is MISSING else total


__all__ = ["One", "aclose", "atapped", "close", "reading", "seen_total", "tapped", "whole"]
