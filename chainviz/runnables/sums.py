"""Adding up the chunks of a stream, for one's own code."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import TypeVar

from chainviz.runnables.streams import whole

T = TypeVar("T")


def add(addables: Iterable[T]) -> T | None:
    """The sum of a stream's chunks, None where there are none."""
    return whole(list(addables))


async def aadd(addables: AsyncIterable[T]) -> T | None:
    """The sum of an asynchronous stream's chunks, None where there are none."""
    return whole([chunk async for chunk in addables])


__all__ = ["aadd", "add"]
