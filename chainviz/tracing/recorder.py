"""The recorder: the sink that keeps the events of a trace; an event's place in it is its `seq`."""

from __future__ import annotations

from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING

from chainviz.tracing.events import RunStart

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainviz.tracing.events import Run, RunEvent


class Recorder:
    """Keeps every event in order. `anchor` is the trace's time zero: (monotonic ns, wall-clock ns since the epoch)."""

    streaming = True

    def __init__(self) -> None:
        self.events: list[RunEvent] = []
        self.anchor = (perf_counter_ns(), time_ns())
        self._subscribers: tuple[Callable[[], None], ...] = ()

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)
        for changed in self._subscribers:
            changed()

    def __repr__(self) -> str:
        return f"<Recorder of {len(self.events)} events>"

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` after each event, on the event's thread; returns what ends that."""
        self._subscribers = (*self._subscribers, changed)

        def unsubscribe() -> None:
            self._subscribers = tuple(other for other in self._subscribers if other is not changed)

        return unsubscribe

    def roots(self) -> list[Run]:
        """The runs that no other run of this trace started, in order."""
        started = [event.run for event in self.events if isinstance(event, RunStart)]
        known = set(started)
        return [run for run in started if run.parent is None or run.parent not in known]


__all__ = ["Recorder"]
