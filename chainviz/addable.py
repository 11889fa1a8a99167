"""Adding up the chunks of a stream."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, cast

from chainviz.missing import MISSING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


class AddableDict(dict[str, Any]):
    """A dict that is a chunk: adding another adds the values of the keys that both have, and takes the new ones."""

    def __add__(self, other: AddableDict) -> AddableDict:
        total = AddableDict(self)
        for key, value in other.items():
            before = total.get(key)
            if before is None:
                total[key] = value
            elif value is not None:
                total[key] = added(before, value)
        return total

    def __radd__(self, other: AddableDict) -> AddableDict:
        return AddableDict(other) + self


def added(first: Any, second: Any) -> Any:
    """`first + second`, or `second` where these can't be added."""
    try:
        return first + second
    except TypeError:
        return second


def total_of(chunks: list[Any]) -> Any:
    """The sum of a stream's chunks, MISSING where there are none."""
    if not chunks:
        return MISSING
    if len(chunks) == 1:
        return chunks[0]
    if all(type(chunk) is str for chunk in chunks):
        return "".join(chunks)
    try:
        return reduce(add, chunks)
    except TypeError:
        return reduce(added, chunks)


class Tap:
    """Passes a stream on and keeps what went by, so that a run can report its input at its end."""

    __slots__ = ("_first", "_source", "chunks")

    def __init__(self, source: Iterator[Any]) -> None:
        self._source = source
        self._first: Any = MISSING
        self.chunks: list[Any] = []

    def prime(self) -> None:
        """Take the first chunk now: the step before begins, and has given something, before this one begins."""
        self._first = next(self, MISSING)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._first is not MISSING:
            first, self._first = self._first, MISSING
            return first
        chunk = next(self._source)
        self.chunks.append(chunk)
        return chunk

    def close(self) -> None:
        """Stop the step before."""
        close = getattr(self._source, "close", None)
        if close is not None:
            cast("Any", close)()


class ATap:
    """`Tap` for an asynchronous stream."""

    __slots__ = ("_first", "_source", "chunks")

    def __init__(self, source: AsyncIterator[Any]) -> None:
        self._source = source
        self._first: Any = MISSING
        self.chunks: list[Any] = []

    async def prime(self) -> None:
        self._first = await anext(self, MISSING)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._first is not MISSING:
            first, self._first = self._first, MISSING
            return first
        chunk = await anext(self._source)
        self.chunks.append(chunk)
        return chunk

    async def aclose(self) -> None:
        close = getattr(self._source, "aclose", None)
        if close is not None:
            await cast("Any", close)()


__all__ = ["ATap", "AddableDict", "Tap", "added", "total_of"]
