"""Calls under `config["timeout"]`: what is not over in time ends as cancelled, and the caller gets a StepTimeoutError.

What is asynchronous is cancelled and waited for. A thread cannot be stopped: it is abandoned, what is open in it ends
as cancelled, and what it still brings is thrown away.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import wait
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from chainviz.config import check_config
from chainviz.errors import StepTimeoutError
from chainviz.runnables.feed import Feed
from chainviz.runnables.streams import aclose
from chainviz.runnables.work import on_own_thread
from chainviz.tracing.gate import Gate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import TracebackType

    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable

Output = TypeVar("Output")


class Timed(Generic[Output]):
    """A step under the timeout of `config`: its verbs, in time.

    A stream's time begins when its first chunk is asked for, and goes on while the consumer is busy.
    Raises InvalidConfigError where the timeout is not a number of seconds above 0.
    """

    def __init__(self, step: Runnable[Any, Output], config: RunnableConfig, kwargs: dict[str, Any]) -> None:
        check_config(config)
        rest = cast("dict[str, Any]", config).copy()
        self._seconds: float = rest.pop("timeout")
        self._step = step
        self._config = cast("RunnableConfig", rest)
        self._kwargs = kwargs

    @property
    def reason(self) -> str:
        return f"timeout after {self._seconds:g} s"

    def error(self) -> StepTimeoutError:
        name = self._config.get("run_name") or self._step.get_name()
        return StepTimeoutError(f"{name}: expected an end within {self._seconds:g} s, got none")

    def invoke(self, input: Any) -> Output:
        gate = Gate()
        future = on_own_thread(gate, lambda: self._step.invoke(input, self._config, **self._kwargs))
        try:
            wait([future], self._seconds)
        except BaseException:
            gate.close("interrupted")
            raise
        if not future.done() and gate.expire(self.reason):
            raise self.error()
        return future.result()

    def stream(self, input: Any) -> Iterator[Output]:
        until = monotonic() + self._seconds
        feed: Feed[Output] = Feed(ahead=0)
        feed.start(lambda: self._step.stream(input, self._config, **self._kwargs), feed.put)
        try:
            while True:
                left = until - monotonic()
                if left <= 0 or not feed.wait(left):
                    if feed.gate.expire(self.reason):
                        raise self.error()
                    feed.wait()
                chunks = feed.take()
                if not chunks:
                    break
                yield from chunks
        except KeyboardInterrupt:
            feed.gate.close("interrupted")
            raise
        finally:
            feed.stop("the consumer stopped reading")
        feed.finish()

    async def ainvoke(self, input: Any) -> Output:
        with _Alarm(asyncio.get_running_loop().time() + self._seconds, self):
            return await self._step.ainvoke(input, self._config, **self._kwargs)

    async def astream(self, input: Any) -> AsyncIterator[Output]:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        stream = self._step.astream(input, self._config, **self._kwargs)
        following = aiter(stream)
        try:
            while True:
                if loop.time() >= until:
                    await self._expire(stream)
                try:
                    with _Alarm(until, self):
                        chunk = await anext(following)
                except StopAsyncIteration:
                    return
                yield chunk
        finally:
            await aclose(stream)

    async def _expire(self, stream: AsyncIterator[Output]) -> None:
        """The time went by while the consumer was busy: cancel the stream where it stands."""
        cancel = getattr(stream, "athrow", None)
        if cancel is not None:
            try:
                await cancel(asyncio.CancelledError(self.reason))
            except (asyncio.CancelledError, StopAsyncIteration):
                pass
        raise self.error()


class _Alarm:
    """Cancels the task that is in the block when the time has come, and turns this cancellation, but no other, into
    the error of `timed`."""

    __slots__ = ("_before", "_handle", "_rang", "_task", "_timed", "_until")

    def __init__(self, until: float, timed: Timed[Any]) -> None:
        self._until = until
        self._timed = timed
        self._rang = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._before = task.cancelling()
        self._handle = task.get_loop().call_at(self._until, self._ring)

    def _ring(self) -> None:
        self._rang = True
        self._task.cancel(self._timed.reason)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._handle.cancel()
        if self._rang and self._task.uncancel() <= self._before and isinstance(error, asyncio.CancelledError):
            raise self._timed.error() from error


__all__ = ["Timed"]
