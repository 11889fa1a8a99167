"""One stream for several readers."""

from __future__ import annotations

import asyncio
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

DONE: Any = object()


class Tee:
    """One stream read by several threads, each at its own pace; what all have read is let go."""

    def __init__(self, source: Iterator[Any], readers: int) -> None:
        self._source = source
        self._lock = Lock()
        self._queues: list[deque[Any]] = [deque() for _ in range(readers)]

    def reader(self, index: int) -> Iterator[Any]:
        queue = self._queues[index]
        while True:
            with self._lock:
                if not queue:
                    chunk = next(self._source, DONE)
                    if chunk is DONE:
                        return
                    for other in self._queues:
                        other.append(chunk)
                chunk = queue.popleft()
            yield chunk


class ATee:
    """`Tee` for tasks."""

    def __init__(self, source: AsyncIterator[Any], readers: int) -> None:
        self._source = source
        self._lock = asyncio.Lock()
        self._queues: list[deque[Any]] = [deque() for _ in range(readers)]

    async def reader(self, index: int) -> AsyncIterator[Any]:
        queue = self._queues[index]
        while True:
            async with self._lock:
                if not queue:
                    chunk = await anext(self._source, DONE)
                    if chunk is DONE:
                        return
                    for other in self._queues:
                        other.append(chunk)
                chunk = queue.popleft()
            yield chunk


__all__ = ["DONE", "ATee", "Tee"]
