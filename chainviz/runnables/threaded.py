"""A stream that may block, read on one thread."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from threading import Condition
from typing import Generic, TypeVar

from chainviz.runnables.streams import close
from chainviz.runnables.work import ABANDONED, STILL_RUNS, new_gate, submit, without_stop
from chainviz.tracing.tasks import all_ended

T = TypeVar("T")

READ_AHEAD = 64
"""How many chunks may wait until the thread has to."""


class _Reader(Generic[T]):
    def __init__(self, make: Callable[[], Iterator[T]]) -> None:
        self.chunks: deque[T] = deque()
        self.come = asyncio.Event()
        self.ended = False
        self.closed = False
        self.waits = False
        self.changed = Condition()
        self._make = make
        self._loop = asyncio.get_running_loop()

    def read(self) -> None:
        try:
            stream = self._make()
            try:
                for chunk in stream:
                    if not self._put(chunk):
                        break
            finally:
                close(stream)
        finally:
            with self.changed:
                self.ended = True
                self._wake()

    def _put(self, chunk: T) -> bool:
        with self.changed:
            self.chunks.append(chunk)
            if len(self.chunks) == 1:
                self._wake()
            self.waits = True
            self.changed.wait_for(lambda: self.closed or len(self.chunks) < READ_AHEAD)
            self.waits = False
            return not self.closed

    def _wake(self) -> None:
        if not self.closed:
            self._loop.call_soon_threadsafe(self.come.set)


async def threaded(make: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """The stream that `make` makes, both on one thread that is never far ahead.

    Left early, it waits for a thread that is between two chunks; one that is busy is abandoned.
    """
    reader = _Reader(make)
    gate = new_gate()
    thread = submit(gate, without_stop, reader.read)
    chunks = reader.chunks
    try:
        while not reader.ended or chunks:
            reader.come.clear()
            if not chunks and not reader.ended:
                await reader.come.wait()
            while chunks:
                yield chunks.popleft()
                if reader.waits:
                    with reader.changed:
                        reader.changed.notify_all()
        await asyncio.wrap_future(thread)
    finally:
        with reader.changed:
            reader.closed = True
            between = reader.waits or reader.ended
            reader.changed.notify_all()
        if between:
            await all_ended([asyncio.wrap_future(thread)])
        elif not thread.cancel():
            gate.close(ABANDONED)
            if (error := sys.exception()) is not None:
                error.add_note(STILL_RUNS)


__all__ = ["threaded"]
