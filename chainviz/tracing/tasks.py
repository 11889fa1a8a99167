"""Waiting for tasks, so that none survives the call that started it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any

BESIDE = "cancelled: what ran beside it failed"


async def all_ended(futures: Collection[asyncio.Future[Any]]) -> None:
    """Wait until these have ended, however often the waiting itself is cancelled; what they raised is not told."""
    cancelled: asyncio.CancelledError | None = None
    while waiting := [future for future in futures if not future.done()]:
        try:
            await asyncio.wait(waiting)
        except asyncio.CancelledError as error:
            cancelled = error
    for future in futures:
        if not future.cancelled():
            future.exception()  # now it counts as seen, and the loop does not complain
    if cancelled is not None:
        raise cancelled


class Group:
    """Tasks that end together: when one fails, or the waiting is cancelled, so are the others, and told why."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failed: asyncio.Task[Any] | None = None
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._note)
        return task

    def _note(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is not None:
            self._failed = self._failed or task
        if (self._failed or not self._tasks) and not self._ended.done():
            self._ended.set_result(None)

    async def ended(self) -> None:
        """Wait for all of them. Raises the first exception as it is, once the others have ended."""
        if not self._tasks and self._failed is None:
            return
        try:
            await self._ended
        except asyncio.CancelledError as error:
            await self._stop(*error.args)
            raise
        if self._failed is not None:
            await self._stop(BESIDE)
            self._failed.result()

    async def _stop(self, reason: str | None = None) -> None:
        left = list(self._tasks)
        for task in left:
            task.cancel(reason)
        await all_ended(left)


__all__ = ["BESIDE", "Group", "all_ended"]
