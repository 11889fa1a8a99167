"""The recorder: the sink that keeps the events of a trace; an event's place in what was recorded is its `seq`."""

from __future__ import annotations

from bisect import bisect_left
from threading import RLock
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING

from chainviz.errors import InvalidConfigError, shorten
from chainviz.tracing.events import CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chainviz.tracing.events import Run, RunEvent

MAX_EVENTS = 1_000_000


class Recorder:
    """Keeps the events in order, at most `max_events` of them.

    When it is full it makes room for a tenth: the oldest chunks and custom events go, then the runs that have ended,
    the first of them first. Runs that are open keep their start. `dropped` counts what is gone, `count` all there was.
    `anchor` is the trace's time zero: (monotonic ns, wall-clock ns since the epoch).
    `notes` are made events of when somebody reads these.

    Raises InvalidConfigError for a `max_events` that is no positive number.
    """

    streaming = True

    def __init__(self, max_events: int = MAX_EVENTS) -> None:
        if type(max_events) is not int or max_events < 1:
            raise InvalidConfigError(f"max_events: expected a whole number above 0, got {shorten(max_events)}")
        self.max_events = max_events
        self.notes = Notes(max_events)
        self.anchor = (perf_counter_ns(), time_ns())
        self._events: list[RunEvent] = []
        self._count = 0
        self._dropped = 0
        self._seqs: list[int] | None = None  # of the events kept; None while that is their index
        self._room = max_events
        self._lock = RLock()

    def __call__(self, event: RunEvent) -> None:
        with self._lock:
            if self._seqs is not None:
                self._seqs.append(self._count)  # first: who reads needs one for each event that is there
            self._events.append(event)
            self._count += 1
            if len(self._events) > self._room:
                self._make_room()

    @property
    def events(self) -> list[RunEvent]:
        self.notes.settle()
        return self._events

    @property
    def count(self) -> int:
        self.notes.settle()
        return self._count

    @property
    def dropped(self) -> int:
        self.notes.settle()
        return self._dropped

    def __repr__(self) -> str:
        return f"<Recorder of {len(self.events)} events>"

    def numbered(self, start: int = 0) -> Iterator[tuple[int, RunEvent]]:
        """The events from `seq` `start` on, each with its own; those that come meanwhile too."""
        self.notes.settle()
        with self._lock:
            events, seqs = self._events, self._seqs
        index = start if seqs is None else bisect_left(seqs, start)
        while index < len(events):
            yield index if seqs is None else seqs[index], events[index]
            index += 1

    def some(self, start: int, most: int) -> tuple[Sequence[int], list[RunEvent]]:
        """The events from `seq` `start` on, at most so many: the `seq` of each, and they themselves."""
        self.notes.settle()
        with self._lock:
            events, seqs = self._events, self._seqs
        first = start if seqs is None else bisect_left(seqs, start)
        found = events[first : first + most]
        return range(start, start + len(found)) if seqs is None else seqs[first : first + len(found)], found

    def take(self, events: list[RunEvent], wall_ns: int, dropped: int) -> None:
        """Hold events of old, whose times count from `wall_ns`; `dropped` of them were lost."""
        self._events, self._count = events, len(events)
        self._dropped = dropped
        self.anchor = (0, wall_ns)

    def after_fork(self) -> None:
        """In a forked process: wait for no thread that is not here."""
        self._lock = RLock()
        self.notes.after_fork()

    def roots(self) -> list[Run]:
        """The runs that no other run of this trace started, in order."""
        started = [event.run for event in self.events if isinstance(event, RunStart)]
        known = set(started)
        return [run for run in started if run.parent is None or run.parent not in known]

    def _make_room(self) -> None:
        """Leave out what is oldest, in new lists: who reads the old ones goes on reading them. Holds the lock."""
        spare = len(self._events) - self.max_events + self.max_events // 10
        gone = {i for i, event in enumerate(self._events) if isinstance(event, RunChunk | CustomEvent)}
        gone = set(sorted(gone)[:spare])
        if len(gone) < spare:
            gone |= self._ended(spare - len(gone))
        seqs = range(self._count) if self._seqs is None else self._seqs
        self._seqs = [seq for i, seq in enumerate(seqs) if i not in gone]
        self._events = [event for i, event in enumerate(self._events) if i not in gone]
        self._dropped += len(gone)
        self._room = max(self.max_events, len(self._events) + max(1, self.max_events // 10))

    def _ended(self, spare: int) -> set[int]:
        """The places of the starts and ends of the runs that ended first; what is inside a run has ended before it."""
        starts: dict[Run, int] = {}
        gone: set[int] = set()
        for i, event in enumerate(self._events):
            if isinstance(event, RunStart):
                starts[event.run] = i
            elif isinstance(event, RunEnd | RunError | RunCancel) and event.run in starts and len(gone) < spare:
                gone |= {i, starts[event.run]}
        return gone


__all__ = ["MAX_EVENTS", "Recorder"]
