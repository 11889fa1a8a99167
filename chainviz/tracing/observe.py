"""Running a chain in order to see its run events, as they happen."""

from __future__ import annotations

import asyncio
from collections import deque
from threading import get_ident
from typing import TYPE_CHECKING, Any, cast

from chainviz.config import merge_callbacks
from chainviz.tracing.active import cancel_reason
from chainviz.tracing.tasks import all_ended

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from chainviz.config import RunnableConfig
    from chainviz.tracing.events import Run, RunEvent, Told

READ_AHEAD = 1_000
"""How many events the chain may be ahead of a slow reader before it has to wait."""


class _Inbox:
    """The sink of one reader: one queue, and one wake-up for whatever came while it slept."""

    streaming = True

    def __init__(self) -> None:
        self.events: deque[Told] = deque()
        self._loop = asyncio.get_running_loop()
        self._thread = get_ident()
        self._sleeping: asyncio.Future[None] | None = None
        self._full: asyncio.Future[None] | None = None

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)
        if self._sleeping is not None:
            self.wake()

    def taker(self, run: Run) -> Callable[[Any], None]:
        append = self.events.append

        def take(chunk: Any) -> None:
            append((run, chunk))
            if self._sleeping is not None:
                self.wake()

        return take

    def __repr__(self) -> str:
        return "the reader of astream_events"

    def wake(self, *_: object) -> None:
        if get_ident() == self._thread:
            self._wake_here()
        else:
            self._loop.call_soon_threadsafe(self._wake_here)

    def _wake_here(self) -> None:
        sleeping, self._sleeping = self._sleeping, None
        if sleeping is not None and not sleeping.done():
            sleeping.set_result(None)

    async def sleep(self) -> None:
        """Until something has come."""
        self._sleeping = self._loop.create_future()
        if not self.events:
            await self._sleeping
        self._sleeping = None

    async def room(self) -> None:
        """Until the reader has read what is there."""
        if len(self.events) >= READ_AHEAD:
            self._full = self._loop.create_future()
            await self._full

    def emptied(self) -> None:
        full, self._full = self._full, None
        if full is not None and not full.done():
            full.set_result(None)


async def observe(
    runnable: Any, input: Any, config: RunnableConfig | None, kwargs: dict[str, Any]
) -> AsyncIterator[list[Told]]:
    """Stream the chain's output to its end and give every run event in it, each time those that have come meanwhile.

    What the chain raises is raised after its last event. Leaving early cancels the chain, and waits until it has ended.
    """
    inbox = _Inbox()
    watched = cast("RunnableConfig", {**(config or {})})
    watched["callbacks"] = merge_callbacks(watched.get("callbacks"), [inbox])

    async def run() -> None:
        stream = runnable.astream(input, watched, **kwargs)
        try:
            async for _ in stream:
                if len(inbox.events) >= READ_AHEAD:
                    await inbox.room()
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    task = asyncio.create_task(run())
    task.add_done_callback(inbox.wake)
    events = inbox.events
    try:
        while True:
            while events:
                yield [events.popleft() for _ in range(len(events))]
            inbox.emptied()
            if task.done():
                if events:
                    continue
                break
            await inbox.sleep()
        await task
    except BaseException as error:
        task.cancel(cancel_reason(error))
        raise
    finally:
        await all_ended([task])


__all__ = ["observe"]
