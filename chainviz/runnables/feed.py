"""What a thread of its own makes, for a reader who may stop reading, and who need not wait for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from threading import Condition
from typing import Any, Generic, TypeVar

from chainviz.runnables.streams import close
from chainviz.runnables.work import on_own_thread
from chainviz.tracing.gate import Gate

T = TypeVar("T")


class Feed(Generic[T]):
    """The items that have been put and not yet read. The maker may be `ahead` items ahead; with 0 it goes on only
    while the reader waits."""

    def __init__(self, ahead: int) -> None:
        self.gate = Gate()
        self._ahead = ahead
        self._items: deque[T] = deque()
        self._changed = Condition()
        self._reads = False
        self._rests = False
        self._ended = False
        self._closed = False
        self._made: Future[None] | None = None

    # --- the maker -------------------------------------------------------------------------------------------

    def start(self, make: Callable[[], Iterator[Any]], passed: Callable[[Any], None] | None = None) -> None:
        """Read the stream that `make` makes, both on one thread. After each chunk that `passed` is told of, the
        thread waits for room."""
        self._made = on_own_thread(self.gate, self._make, make, passed)

    def put(self, item: T) -> None:
        """Add an item, on any thread."""
        with self._changed:
            self._items.append(item)
            if self._reads:
                self._changed.notify_all()

    def _make(self, make: Callable[[], Iterator[Any]], passed: Callable[[Any], None] | None) -> None:
        try:
            stream = make()
            try:
                for chunk in stream:
                    if passed is not None:
                        passed(chunk)
                    if not self._room():
                        break
            finally:
                close(stream)
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _room(self) -> bool:
        """Wait until the reader has read; False where he will read no more."""
        with self._changed:
            self._rests = True
            self._changed.wait_for(self._has_room)
            self._rests = False
            return not self._closed

    def _has_room(self) -> bool:
        return self._closed or len(self._items) < self._ahead or (self._reads and not self._items)

    # --- the reader ------------------------------------------------------------------------------------------

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until something has come, or all has ended; False where neither happens within the seconds."""
        with self._changed:
            self._reads = True
            self._changed.notify_all()
            try:
                return self._changed.wait_for(lambda: bool(self._items) or self._ended, seconds)
            finally:
                self._reads = False

    def take(self) -> list[T]:
        """What has come meanwhile."""
        with self._changed:
            items = list(self._items)
            self._items.clear()
            if self._rests:
                self._changed.notify_all()
            return items

    def finish(self) -> None:
        """Once all has ended: raise what the maker raised."""
        assert self._made is not None
        self._made.result()

    def stop(self, reason: str) -> None:
        """Read no more. A maker that rests ends its stream, and is waited for; one that is busy is abandoned: what is
        open in it ends as cancelled."""
        with self._changed:
            self._closed = True
            rests = self._rests or self._ended
            self._changed.notify_all()
        if rests and self._made is not None:
            wait([self._made])
        else:
            self.gate.close(reason)


__all__ = ["Feed"]
