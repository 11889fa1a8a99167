"""One stream for several readers."""

from __future__ import annotations

import asyncio
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator

_DONE: Any = object()


class Tee:
    """One stream read by several threads, each at its own pace; what all have read is let go.

    What the stream raises is raised to every reader.
    """

    def __init__(self, source: Iterator[Any], readers: int) -> None:
        self._source = source
        self._lock = Lock()
        self._queues: list[deque[Any]] = [deque() for _ in range(readers)]
        self._error: BaseException | None = None

    def reader(self, index: int) -> Iterator[Any]:
        queue = self._queues[index]
        while True:
            if not queue:
                with self._lock:
                    if not queue and not self._pull():
                        return
            yield queue.popleft()

    def _pull(self) -> bool:
        if self._error is not None:
            raise self._error
        try:
            chunk = next(self._source, _DONE)
        except BaseException as error:
            self._error = error
            raise
        if chunk is _DONE:
            return False
        for queue in self._queues:
            queue.append(chunk)
        return True


class ATee:
    """`Tee` for tasks."""

    def __init__(self, source: AsyncIterator[Any], readers: int) -> None:
        self._source = source
        self._lock = asyncio.Lock()
        self._queues: list[deque[Any]] = [deque() for _ in range(readers)]
        self._error: BaseException | None = None

    def reader(self, index: int) -> AsyncIterator[Any]:
        return _Reader(self, index)

    async def next(self, index: int) -> Any:
        """The next chunk for a reader. Raises StopAsyncIteration after the last."""
        queue = self._queues[index]
        if not queue:
            async with self._lock:
                if not queue and not await self._pull():
                    raise StopAsyncIteration
        return queue.popleft()

    async def _pull(self) -> bool:
        if self._error is not None:
            raise self._error
        try:
            chunk = await anext(self._source, _DONE)
        except BaseException as error:
            self._error = error
            raise
        if chunk is _DONE:
            return False
        for queue in self._queues:
            queue.append(chunk)
        return True


class _Reader:
    """No generator: left half-read, it need not be closed."""

    __slots__ = ("_index", "_tee")

    def __init__(self, tee: ATee, index: int) -> None:
        self._tee = tee
        self._index = index

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Awaitable[Any]:
        return self._tee.next(self._index)


__all__ = ["ATee", "Tee"]
