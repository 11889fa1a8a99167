"""Several streams as one, each read at its own pace; all are closed when the one is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from threading import Condition
from typing import Generic, TypeVar

from chainviz.runnables.streams import aclose, close
from chainviz.runnables.work import depth_here, new_gate, submit_from
from chainviz.slots import Slots
from chainviz.tracing.active import cancel_reason
from chainviz.tracing.tasks import BESIDE, all_ended

T = TypeVar("T")

READERS = 32
"""How many streams are read at once on threads where nothing limits them."""
READ_AHEAD = 16
"""How many chunks may wait until the streams have to."""


class _Readers(Generic[T]):
    """Threads that each read a stream to its end and then take the next one that nobody reads."""

    def __init__(self, streams: Sequence[Iterator[T]], slots: Slots) -> None:
        self._pending = deque(enumerate(streams))
        self._slots = slots
        self._chunks: deque[tuple[int, T]] = deque()
        self._error: BaseException | None = None
        self._reading = 0
        self._closed = False
        self._changed = Condition()
        self._gate = new_gate()
        self._depth = depth_here()

    def chunks(self) -> Iterator[tuple[int, T]]:
        self._begin()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._chunks or not self._reading or self._interrupted)
                if not self._chunks or self._interrupted:
                    break
                chunk = self._chunks.popleft()
                self._changed.notify_all()
            yield chunk
        if self._error is not None:
            raise self._error

    @property
    def _interrupted(self) -> bool:
        return isinstance(self._error, KeyboardInterrupt)

    def stop(self, *, wait: bool) -> None:
        """Let no reader go on past the chunk that it is at."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            if wait:
                self._changed.wait_for(lambda: not self._reading)
        if not wait:
            self._gate.close("interrupted")
        for _, stream in self._pending:
            close(stream)

    def _begin(self) -> None:
        """Start a reader. The first has the caller's slot, as the caller does nothing but wait."""
        with self._changed:
            if self._closed or not self._pending or (self._reading and not self._slots.take()):
                return
            submit_from(self._depth, self._gate, self._read, self._reading > 0)
            self._reading += 1

    def _read(self, has_slot: bool) -> None:
        try:
            while (numbered := self._next()) is not None:
                number, stream = numbered
                self._begin()
                try:
                    for chunk in stream:
                        if not self._put((number, chunk)):
                            break
                finally:
                    close(stream)
        except BaseException as error:
            self._error = self._error or error
            self._closed = True
        finally:
            if has_slot:
                self._slots.give()
            with self._changed:
                self._reading -= 1
                self._changed.notify_all()

    def _next(self) -> tuple[int, Iterator[T]] | None:
        with self._changed:
            return None if self._closed or not self._pending else self._pending.popleft()

    def _put(self, chunk: tuple[int, T]) -> bool:
        with self._changed:
            if self._closed:
                return False
            self._chunks.append(chunk)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or len(self._chunks) < READ_AHEAD)
            return not self._closed


def merge(streams: Sequence[Iterator[T]], slots: Slots | None = None) -> Iterator[tuple[int, T]]:
    """The streams' chunks as they come, each with its stream's number; every stream is read on a thread.

    The first exception is raised once the chunks before it have been given.
    """
    readers = _Readers(streams, slots or Slots(READERS))
    wait = True
    try:
        yield from readers.chunks()
    except KeyboardInterrupt:
        wait = False
        raise
    finally:
        readers.stop(wait=wait)


def in_turn(streams: Sequence[Iterator[T]]) -> Iterator[tuple[int, T]]:
    """`merge` without threads: a chunk of each stream in turn."""
    turns = deque(enumerate(streams))
    while turns:
        number, stream = turns.popleft()
        for chunk in stream:
            yield number, chunk
            turns.append((number, stream))
            break


async def amerge(streams: Sequence[AsyncIterator[T]], slots: Slots | None = None) -> AsyncIterator[tuple[int, T]]:
    """`merge` with a task for every stream, all at once where `slots` does not limit them."""
    pending = deque(enumerate(streams))
    chunks: deque[tuple[int, T]] = deque()
    changed, room = asyncio.Event(), asyncio.Event()

    async def read(number: int, stream: AsyncIterator[T]) -> None:
        try:
            async for chunk in stream:
                chunks.append((number, chunk))
                changed.set()
                while len(chunks) >= READ_AHEAD:
                    room.clear()
                    await room.wait()
        finally:
            await aclose(stream)

    def ended(task: asyncio.Task[None]) -> None:
        if task in helpers and slots is not None:
            slots.give()
        changed.set()

    tasks: set[asyncio.Task[None]] = set()
    helpers: set[asyncio.Task[None]] = set()  # those that need a slot: the first has the caller's, who only waits
    try:
        while True:
            while pending and (slots is None or not tasks - helpers or slots.take()):
                task = asyncio.create_task(read(*pending.popleft()))
                if tasks - helpers:
                    helpers.add(task)
                task.add_done_callback(ended)
                tasks.add(task)
            changed.clear()
            while chunks:
                yield chunks.popleft()
            room.set()
            for task in [task for task in tasks if task.done()]:
                tasks.remove(task)
                task.result()
            if not tasks and not pending and not chunks:
                return
            if tasks and not chunks:
                await changed.wait()
    except BaseException as error:
        for task in tasks:
            task.cancel(cancel_reason(error) or BESIDE)
        raise
    finally:
        await all_ended(tasks)
        for _, stream in pending:
            await aclose(stream)


__all__ = ["amerge", "in_turn", "merge"]
