"""`astream_log`: run events as JSON Patch operations that build a RunState, and the fold of these."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from pprint import pformat
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, TypedDict, cast

from chainviz.addable import added
from chainviz.errors import InvalidInputError
from chainviz.missing import MISSING
from chainviz.tracing.events import CustomEvent, Run, RunChunk, RunEnd, RunError, RunEvent, RunStart, escape_segment
from chainviz.tracing.outputs import logged_output, shown_output
from chainviz.tracing.run_filter import ALL_RUNS, RunFilter

if TYPE_CHECKING:
    from jsonpatch import JsonPatch


class LogEntry(TypedDict):
    """One sub-run of a RunState."""

    id: str
    name: str
    type: str
    """The run's type; a chat model's is 'llm' here."""
    tags: list[str]
    metadata: dict[str, Any]
    start_time: str
    """ISO 8601, milliseconds, UTC."""
    streamed_output: list[Any]
    streamed_output_str: list[str]
    """A model's tokens."""
    final_output: Any
    """None until the run has ended well."""
    end_time: str | None


class RunState(TypedDict):
    """What a run and its sub-runs have done so far."""

    id: str
    name: str
    type: str
    streamed_output: list[Any]
    final_output: Any
    """The sum of `streamed_output`."""
    logs: dict[str, LogEntry]
    """The sub-runs that the filters chose, by name; the second of a name is 'name:2'."""


class RunLogPatch:
    """JSON Patch operations. Added up in order they make the RunState: `patch + patch` is a RunLog."""

    def __init__(self, *ops: dict[str, Any]) -> None:
        self.ops = list(ops)

    def __add__(self, other: RunLogPatch) -> RunLog:
        if type(other) is not RunLogPatch:
            return NotImplemented
        return RunLog(*self.ops, *other.ops, state=apply_ops(apply_ops(None, self.ops), other.ops))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunLogPatch) and self.ops == other.ops

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RunLogPatch({pformat(self.ops)[1:-1]})"

    def to_jsonpatch(self) -> JsonPatch:
        """The same as a patch of the `jsonpatch` package."""
        from jsonpatch import JsonPatch

        return JsonPatch(self.ops)

    @classmethod
    def from_jsonpatch(cls, patch: Iterable[dict[str, Any]]) -> RunLogPatch:
        """The operations of a patch of the `jsonpatch` package."""
        return cls(*patch)


class RunLog(RunLogPatch):
    """The RunState so far, with the operations that made it."""

    def __init__(self, *ops: dict[str, Any], state: RunState) -> None:
        super().__init__(*ops)
        self.state = state

    def __add__(self, other: RunLogPatch) -> RunLog:
        if type(other) is not RunLogPatch:
            return NotImplemented
        return RunLog(*self.ops, *other.ops, state=apply_ops(self.state, other.ops))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunLog) and self.state == other.state and super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RunLog({pformat(self.state)})"


def apply_ops(state: Any, ops: Iterable[dict[str, Any]]) -> RunState:
    """The state after `add` and `replace` operations; what they do not touch is shared with the state before.

    Raises InvalidInputError for another operation, or a path that does not exist.
    """
    for op in ops:
        if op["op"] not in ("add", "replace"):
            raise InvalidInputError(f"a run log patch: expected op 'add' or 'replace', got {op['op']!r}")
        keys = [key.replace("~1", "/").replace("~0", "~") for key in op["path"].split("/")[1:]]
        state = _with(state, keys, op["value"], op["path"], replace=op["op"] == "replace")
    return cast("RunState", state)


def _with(node: Any, keys: list[str], value: Any, path: str, *, replace: bool) -> Any:
    if not keys:
        return value
    key, *rest = keys
    if isinstance(node, list):
        items = list(cast("list[Any]", node))
        if key == "-" and not rest and not replace:
            items.append(value)
            return items
        if key.isdecimal() and int(key) < len(items):
            items[int(key)] = _with(items[int(key)], rest, value, path, replace=replace)
            return items
    elif isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        if rest and key in fields:
            return {**fields, key: _with(fields[key], rest, value, path, replace=replace)}
        if not rest and (key in fields or not replace):
            return {**fields, key: value}
    raise InvalidInputError(f"a run log patch: no place at path {path!r}")


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
        self._paths: dict[Run, str | None] = {}
        self._names: dict[str, int] = {}
        self._final: Any = MISSING

    def feed(self, event: RunEvent) -> RunLogPatch | None:
        """The patch that a run event makes, None where it makes none."""
        run = event.run
        if self.root is None:
            self.root = run
        ops = self._root_ops(run, event) if run is self.root else self._entry_ops(run, event)
        return RunLogPatch(*ops) if ops else None

    def _root_ops(self, run: Run, event: RunEvent) -> list[dict[str, Any]]:
        if isinstance(event, RunStart):
            state: dict[str, Any] = {
                "id": str(run.id),
                "streamed_output": [],
                "final_output": None,
                "logs": {},
                "name": run.name,
                "type": _type(run),
            }
            return [_op("replace", "", state)]
        if isinstance(event, RunChunk):
            return self._root_chunk(event.chunk)
        if isinstance(event, RunEnd) and self._final is MISSING:
            return self._root_chunk(event.output if run.type == "llm" else shown_output(run, event.output))
        return []

    def _root_chunk(self, chunk: Any) -> list[dict[str, Any]]:
        before = self._final
        self._final = chunk if before is MISSING else added(before, chunk)
        ops = [_op("add", "/streamed_output/-", chunk)] if self._with_list else []
        if not _same(self._final, None if before is MISSING else before):
            ops.append(_op("replace", "/final_output", self._final))
        return ops

    def _entry_ops(self, run: Run, event: RunEvent) -> list[dict[str, Any]]:
        if isinstance(event, RunStart):
            return self._entry(run)
        path = self._paths.get(run)
        if path is None or isinstance(event, CustomEvent):
            return []
        if isinstance(event, RunChunk):
            add = _op("add", f"{path}/streamed_output/-", event.chunk)
            if _type(run) != "llm":
                return [add]
            text = event.chunk if isinstance(event.chunk, str) else getattr(event.chunk, "text", "")
            return [_op("add", f"{path}/streamed_output_str/-", text), add]
        end = _op("add", f"{path}/end_time", self._time(event.t))
        if isinstance(event, RunEnd):
            return [_op("add", f"{path}/final_output", logged_output(run, event.output)), end]
        if isinstance(event, RunError):
            error = f"{type(event.error).__name__}: {event.error}"
        else:
            error = f"cancelled: {event.reason}"
        return [_op("add", f"{path}/error", error), end]

    def _entry(self, run: Run) -> list[dict[str, Any]]:
        if not self._chosen.chooses(run, _type(run)):
            self._paths[run] = None
            return []
        key = self._new_key(run.name)
        path = self._paths[run] = f"/logs/{escape_segment(key)}"
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
        return [_op("add", path, entry)]

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


def _same(first: Any, second: Any) -> bool:
    try:
        return first is second or bool(first == second)
    except Exception:  # values like arrays do not compare to one truth
        return False


def _op(op: str, path: str, value: Any) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


def _type(run: Run) -> str:
    return "llm" if run.type == "chat_model" else run.type


async def project_log(
    observed: AsyncIterator[list[RunEvent]], chosen: RunFilter = ALL_RUNS, with_streamed_output_list: bool = True
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
            log = RunLog(*patch.ops, state=apply_ops(None, patch.ops)) if log is None else log + patch
            yield log
    finally:
        await stream.aclose()


__all__ = ["LogEntry", "LogProjection", "RunLog", "RunLogPatch", "RunState", "apply_ops", "project_log"]
