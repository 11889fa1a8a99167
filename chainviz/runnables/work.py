"""Doing several calls at once, structured: none is left running when the whole returns or raises."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Condition
from typing import Any, TypeVar, cast

T = TypeVar("T")

MAX_THREADS = 64
DEFAULT_HELPERS = 32

_pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="chainviz")


class _Crew:
    """Threads that take calls from one queue. The caller works too, so crews inside crews cannot starve; a helper
    recruits the next one only when it gets to run, so calls that never wait cost no threads."""

    def __init__(self, calls: Sequence[Callable[[], Any]], limit: int) -> None:
        self.results: list[Any] = [None] * len(calls)
        self.error: BaseException | None = None
        self._pending = deque(enumerate(calls))
        self._places = limit - 1
        self._working = 0
        self._closed = False
        self._changed = Condition()

    def run(self) -> list[Any]:
        try:
            self._recruit()
            self._work()
            with self._changed:
                self._closed = True
                self._changed.wait_for(lambda: self._working == 0)
        except BaseException:
            self._closed = True
            self._pending.clear()
            raise
        if self.error is not None:
            raise self.error
        return self.results

    def _recruit(self) -> None:
        if self._places > 0 and self._pending:
            self._places -= 1
            _pool.submit(copy_context().run, self._help)

    def _help(self) -> None:
        with self._changed:
            if self._closed:
                return
            self._working += 1
        try:
            self._recruit()
            self._work()
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _work(self) -> None:
        while True:
            try:
                index, call = self._pending.popleft()
            except IndexError:
                return
            try:
                self.results[index] = call()
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                self._pending.clear()
                if self.error is None:
                    self.error = error


def call_all(calls: Sequence[Callable[[], T]], limit: int | None = None) -> list[T]:
    """The results of all calls, in order, at most `limit` at once.

    The first exception is raised as it is, once the calls that had begun have ended; the others never begin.
    """
    limit = min(limit or DEFAULT_HELPERS, len(calls))
    if limit <= 1:
        return [call() for call in calls]
    return cast("list[T]", _Crew(calls, limit).run())


async def await_all(calls: Sequence[Callable[[], Awaitable[T]]], limit: int | None = None) -> list[T]:
    """The results of all awaitables, in order, at most `limit` at once.

    The first exception is raised as it is, once the others have been cancelled and have ended.
    """
    if len(calls) == 1:
        return [await calls[0]()]
    if not limit or limit >= len(calls):
        return await _gather([cast("Coroutine[Any, Any, T]", call()) for call in calls])
    results: list[Any] = [None] * len(calls)
    numbered = iter(enumerate(calls))

    async def work() -> None:
        for index, call in numbered:
            results[index] = await call()

    await _gather([work() for _ in range(limit)])
    return results


async def _gather(coroutines: list[Coroutine[Any, Any, T]]) -> list[T]:
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call a function that may block on a thread of the shared pool, with this task's context."""
    call = partial(copy_context().run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_pool, cast("Callable[[], T]", call))


def submit(function: Callable[..., T], *args: Any) -> Future[T]:
    """Begin a call on a thread of the shared pool, with a copy of this context."""
    return _pool.submit(cast("Callable[..., T]", copy_context().run), function, *args)


__all__ = ["await_all", "call_all", "in_thread", "submit"]
