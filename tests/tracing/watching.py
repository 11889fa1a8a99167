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
    """A sink that keeps the events, and knows which rules they break; with `streaming` it wants tokens."""

    def __init__(self, *, streaming: bool = False) -> None:
        self.events: list[RunEvent] = []
        self.streaming = streaming

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

    def violations(self) -> list[str]:
        """Each start has one terminal event, nothing follows that, and children end before their parents."""
        open_runs: dict[Any, RunStart] = {}
        ended: set[Any] = set()
        wrong: list[str] = []
        for event in list(self.events):
            run = event.run
            if isinstance(event, RunStart):
                if run in open_runs or run in ended:
                    wrong.append(f"{run} began twice")
                if run.parent is not None and run.parent not in open_runs:
                    wrong.append(f"{run} began outside of its parent")
                open_runs[run] = event
            elif run not in open_runs:
                wrong.append(f"{type(event).__name__} of {run} came while it was not open")
            elif isinstance(event, (RunEnd, RunError, RunCancel)):
                wrong += [f"{run} ended before {other}" for other in open_runs if other.parent is run]
                del open_runs[run]
                ended.add(run)
        return wrong + [f"{run} never ended" for run in open_runs]
