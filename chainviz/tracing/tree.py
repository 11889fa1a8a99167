"""The runs of a trace as trees: what went into each, what came out, what ran inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from chainviz.tracing.events import MISSING, Run, RunCancel, RunChunk, RunEnd, RunError, RunEvent, RunStart

if TYPE_CHECKING:
    from collections.abc import Iterable

Status = Literal["running", "done", "failed", "cancelled", "waiting"]


class RunTree:
    """One run and the runs inside it, with what went in and came out (MISSING where not known)."""

    __slots__ = ("children", "end", "error", "inputs", "output", "run", "start", "status")

    def __init__(self, event: RunStart) -> None:
        self.run = event.run
        self.start = event.t
        self.end: int | None = None
        self.status: Status = "running"
        self.inputs = event.inputs
        self.output: Any = MISSING
        self.error: BaseException | str | None = None
        self.children: list[RunTree] = []

    def take_in(self, event: RunEvent) -> None:
        """Note how the run ended, where the event says so."""
        if not isinstance(event, RunEnd | RunError | RunCancel):
            return
        self.end = event.t
        if event.inputs is not MISSING:
            self.inputs = event.inputs
        if isinstance(event, RunEnd):
            self.status, self.output = "done", event.output
        elif isinstance(event, RunError):
            self.status, self.error = "failed", event.error
        else:
            self.status, self.error = "waiting" if event.waits else "cancelled", event.reason
            self.output = event.output

    @property
    def seconds(self) -> float | None:
        """How long the run took, None while it goes on."""
        return None if self.end is None else (self.end - self.start) / 1e9

    def __repr__(self) -> str:
        return "\n".join(self._lines(""))

    def _lines(self, indent: str) -> list[str]:
        time = "" if self.seconds is None else f" {self.seconds * 1000:.1f} ms"
        lines = [f"{indent}{self.run.name} ({self.run.type}) {self.status}{time}"]
        for child in self.children:
            lines += child._lines(indent + "  ")
        return lines


def trees(events: Iterable[RunEvent]) -> list[RunTree]:
    """The root runs of these events, in order of their start."""
    nodes: dict[Run, RunTree] = {}
    roots: list[RunTree] = []
    for event in list(events):
        if isinstance(event, RunStart):
            node = nodes[event.run] = RunTree(event)
            parent = nodes.get(event.run.parent) if event.run.parent else None
            (parent.children if parent else roots).append(node)
        elif not isinstance(event, RunChunk) and (node := nodes.get(event.run)) is not None:
            node.take_in(event)
    return roots


__all__ = ["RunTree", "trees"]
