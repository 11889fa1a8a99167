"""`astream_log`: run events as the patches of a run log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from time import perf_counter_ns, time_ns
from typing import Any, NamedTuple

from chainviz.errors import describe
from chainviz.tracing.events import (
    CustomEvent,
    Run,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
    Told,
    escape_segment,
)
from chainviz.tracing.outputs import gave_nothing, logged_output, shown_output
from chainviz.tracing.run_filter import ALL_RUNS, RunFilter
from chainviz.tracing.run_log import ChunkPatch, Growth, GrowthPatch, LogEntry, RunLog, RunLogPatch, log_of


class LogProjection:
    """Turns the run events under one root into patches.

    `anchor` is a moment as (monotonic ns, wall-clock ns), by which the log's times are told.
    """

    def __init__(
        self,
        chosen: RunFilter = ALL_RUNS,
        *,
        root: Run | None = None,
        with_streamed_output_list: bool = True,
        anchor: tuple[int, int] | None = None,
    ) -> None:
        self.root = root
        self._chosen = chosen
        self._with_list = with_streamed_output_list
        self._anchor = anchor or (perf_counter_ns(), time_ns())
        self._places: dict[Run, _Place | None] = {}
        self._names: dict[str, int] = {}
        self._growth = Growth()

    def feed(self, event: Any) -> RunLogPatch | None:
        """The patch that an event (`Told`) makes, None where it makes none."""
        if event.__class__ is tuple:
            run, chunk = event
            return self._growing(chunk) if run is self.root else self._token(self._places.get(run), chunk)
        run = event.run
        if self.root is None:
            self.root = run
        if run is self.root:
            return self._of_root(run, event)
        if isinstance(event, RunStart):
            return self._entry(run)
        place = self._places.get(run)
        if isinstance(event, RunChunk):
            return self._token(place, event.chunk)
        if place is None or isinstance(event, CustomEvent):
            return None
        end = _add(f"{place.entry}/end_time", self._time(event.t))
        if isinstance(event, RunEnd):
            return RunLogPatch(_add(f"{place.entry}/final_output", logged_output(run, event.output)), end)
        if isinstance(event, RunError):
            error = describe(event.error)
        else:
            error = f"cancelled: {event.reason}"
        return RunLogPatch(_add(f"{place.entry}/error", error), end)

    def _token(self, place: _Place | None, chunk: Any) -> RunLogPatch | None:
        return None if place is None else ChunkPatch(chunk, place.chunks, place.texts)

    def _of_root(self, run: Run, event: RunEvent) -> RunLogPatch | None:
        if isinstance(event, RunChunk):
            return self._growing(event.chunk)
        if isinstance(event, RunStart):
            state: dict[str, Any] = {
                "id": str(run.id),
                "streamed_output": [],
                "final_output": None,
                "logs": {},
                "name": run.name,
                "type": _type(run),
            }
            return RunLogPatch({"op": "replace", "path": "", "value": state})
        if isinstance(event, RunEnd) and not self._growth.chunks and not gave_nothing(event):
            return self._growing(event.output if run.type == "llm" else shown_output(run, event.output))
        return None

    def _growing(self, chunk: Any) -> RunLogPatch | None:
        chunks = self._growth.chunks
        chunks.append(chunk)
        patch = GrowthPatch(self._growth, len(chunks))
        if self._with_list:
            return patch
        ops = patch.final()
        return RunLogPatch(*ops) if ops else None

    def _entry(self, run: Run) -> RunLogPatch | None:
        if not self._chosen.chooses(run, _type(run)):
            self._places[run] = None
            return None
        path = f"/logs/{escape_segment(self._new_key(run.name))}"
        texts = f"{path}/streamed_output_str/-" if _type(run) == "llm" else None
        self._places[run] = _Place(path, f"{path}/streamed_output/-", texts)
        entry: LogEntry = {
            "id": str(run.id),
            "name": run.name,
            "type": _type(run),
            "tags": run.tags,
            "metadata": run.metadata,
            "start_time": self._time(run.start),
            "streamed_output": [],
            "streamed_output_str": [],
            "final_output": None,
            "end_time": None,
        }
        return RunLogPatch(_add(path, entry))

    def _new_key(self, name: str) -> str:
        count = self._names[name] = self._names.get(name, 0) + 1
        key = name if count == 1 else f"{name}:{count}"
        if count > 1 and key in self._names:
            return self._new_key(name)
        self._names.setdefault(key, 1)
        return key

    def _time(self, t: int) -> str:
        monotonic, wall = self._anchor
        moment = datetime.fromtimestamp((wall + t - monotonic) / 1e9, UTC)
        return moment.isoformat(timespec="milliseconds")


class _Place(NamedTuple):
    """Where a sub-run stands in the log: its entry, its chunks, and a model's texts."""

    entry: str
    chunks: str
    texts: str | None


def _add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def _type(run: Run) -> str:
    return "llm" if run.type == "chat_model" else run.type


async def project_log(
    observed: AsyncIterator[list[Told]], chosen: RunFilter = ALL_RUNS, with_streamed_output_list: bool = True
) -> AsyncIterator[RunLogPatch]:
    """The patches of the run events."""
    projection = LogProjection(chosen, with_streamed_output_list=with_streamed_output_list)
    stream: Any = observed
    try:
        async for events in observed:
            for event in events:
                patch = projection.feed(event)
                if patch is not None:
                    yield patch
    finally:
        await stream.aclose()


async def project_states(patches: AsyncIterator[RunLogPatch]) -> AsyncIterator[RunLog]:
    """The states that the patches make, one after each."""
    log: RunLog | None = None
    stream: Any = patches
    try:
        async for patch in patches:
            log = log_of([patch]) if log is None else log + patch
            yield log
    finally:
        await stream.aclose()


__all__ = ["LogProjection", "project_log", "project_states"]
