"""What the tests of tracing share."""

from __future__ import annotations

from typing import Any

from chainviz.tracing.events import CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunEvent, RunStart

WORDS = {
    RunStart: "start",
    RunChunk: "chunk",
    RunEnd: "end",
    RunError: "error",
    RunCancel: "cancel",
    CustomEvent: "custom",
}


class Watcher:
    """A sink that keeps the events."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)

    @property
    def config(self) -> Any:
        return {"callbacks": [self]}

    def story(self, *, chunks: bool = False) -> list[str]:
        """What happened, as in 'start upper'."""
        shown = [event for event in self.events if chunks or not isinstance(event, RunChunk)]
        return [f"{WORDS[type(event)]} {event.run.name}" for event in shown]

    def last(self) -> Any:
        return self.events[-1]
