"""The slots of `max_concurrency`."""

from __future__ import annotations

from threading import Lock


class Slots:
    """How many calls may go on at once, in all that a call with `max_concurrency` starts.

    Whoever makes a call has a slot, and keeps it while he waits for others; so `take` never waits, and who gets no
    slot for a helper does the work himself. `outer` is the limit around this one, which holds too.
    """

    __slots__ = ("_lock", "_outer", "free", "number")

    def __init__(self, number: int, outer: Slots | None = None) -> None:
        self.number = number
        self.free = number - 1
        self._outer = outer
        self._lock = Lock()

    def take(self) -> bool:
        """Take a slot, if one is free."""
        with self._lock:
            if self.free <= 0:
                return False
            self.free -= 1
        if self._outer is None or self._outer.take():
            return True
        with self._lock:
            self.free += 1
        return False

    def give(self) -> None:
        """Give one back."""
        with self._lock:
            self.free += 1
        if self._outer is not None:
            self._outer.give()


__all__ = ["Slots"]
