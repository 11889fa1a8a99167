"""Shutting out a thread that cannot be stopped: its open runs end as cancelled, and it reports nothing more."""

from __future__ import annotations

from contextvars import ContextVar
from threading import RLock
from typing import Protocol


class GatedRun(Protocol):
    """A run that was opened behind a gate."""

    def abandon(self, reason: str) -> None:
        """End as cancelled, and be silent from then on."""
        ...


class Gate:
    """Stands between the runs of one thread and whoever watches them.

    Runs report while they hold `lock`, so that none has a word left to say once `close` has returned.
    """

    __slots__ = ("_closed", "_entered", "_outer", "_runs", "lock")

    def __init__(self) -> None:
        self.lock = RLock()
        self._outer = GATE.get()
        self._runs: dict[GatedRun, None] = {}
        self._closed = False
        self._entered = False

    @property
    def closed(self) -> bool:
        return self._closed or (self._outer is not None and self._outer.closed)

    def enter(self, run: GatedRun) -> bool:
        """Note an open run; False where its thread was shut out."""
        with self.lock:
            if self._closed:
                return False
            self._entered = True
            self._runs[run] = None
        return self._outer is None or self._outer.enter(run)

    def leave(self, run: GatedRun) -> None:
        """Forget a run that has ended."""
        with self.lock:
            self._runs.pop(run, None)
        if self._outer is not None:
            self._outer.leave(run)

    def close(self, reason: str) -> None:
        """End the open runs, innermost first, and let none begin."""
        with self.lock:
            runs = self._shut()
        for run in reversed(runs):
            run.abandon(reason)

    def expire(self, reason: str) -> bool:
        """`close`, unless the one call behind the gate has told its end already; False where it has."""
        with self.lock:
            if self._entered and not self._runs:
                return False
            runs = self._shut()
        for run in reversed(runs):
            run.abandon(reason)
        return True

    def _shut(self) -> list[GatedRun]:
        self._closed = True
        runs = list(self._runs)
        self._runs.clear()
        return runs


GATE: ContextVar[Gate | None] = ContextVar("chainviz_gate", default=None)
"""The gate that this thread is behind."""

__all__ = ["GATE", "Gate"]
