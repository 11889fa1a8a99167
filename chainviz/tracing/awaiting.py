"""The coroutines of a handler: awaited one after another, and done before the call that they watch."""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chainviz.tracing.callbacks import CallbackSink


class Awaiting:
    """What one handler still has to have awaited, on `home`, the loop where the watched call began; None where that is
    a sync call, which waits for each coroutine and raises nothing of it. After a few faults the handler is given up."""

    def __init__(self, sink: CallbackSink) -> None:
        self._sink = sink
        self.home = running_loop()
        self._arrived: deque[Any] = deque()
        self._waiting: deque[Any] = deque()
        self._worker: asyncio.Task[None] | None = None

    def add(self, result: Any) -> None:
        """Have it awaited after what came before; here and now where the watched call began on a thread without one."""
        if self.home is None or self.home.is_closed():
            try:
                await_now(result)
            except Exception as error:
                self._sink.faults.add(self._sink, error)
        elif running_loop() is self.home:
            self._queue(result)
        else:
            self._arrived.append(result)
            self.home.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        """Queue what other threads have left."""
        while self._arrived:
            self._queue(self._arrived.popleft())

    def _queue(self, result: Any) -> None:
        self._waiting.append(result)
        worker = self._worker
        if worker is None or (worker.done() and not worker.cancelled() and worker.exception() is None):
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            try:
                await self._waiting.popleft()
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt) or self._sink.raise_error or _is_cancelled():
                    raise
                faults = self._sink.faults
                faults.add(self._sink, error)
                if not faults.allow(self._sink):
                    self._drop()

    def _drop(self) -> None:
        """Let go of what has not been awaited."""
        for left in self._waiting:
            if inspect.iscoroutine(left):
                left.close()
        self._waiting.clear()

    async def settle(self) -> None:
        """Wait until all is awaited. Raises what a coroutine raises if the handler has `raise_error`."""
        self._take()
        while (worker := self._worker) is not None:
            try:
                await worker  # what comes meanwhile, of other calls that are watched, is awaited there too
                return
            except BaseException as error:
                if self._worker is worker:
                    self._worker = None
                    self._drop()
                if not isinstance(error, asyncio.CancelledError) or _is_cancelled():
                    raise


def await_now(result: Any) -> None:
    """Wait for a coroutine, which gets a loop of its own in this context: a running one is another's, and in use."""
    if running_loop() is None:
        asyncio.run(_awaited(result))
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        thread.submit(copy_context().run, asyncio.run, _awaited(result)).result()


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _is_cancelled() -> bool:
    """Whether somebody asked the task to end: a CancelledError may also be all that a handler raises."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _awaited(result: Any) -> Any:
    return await result


__all__ = ["Awaiting", "await_now", "running_loop"]
