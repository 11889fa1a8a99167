"""The run log: JSON Patch operations that build a RunState, and their fold."""

from __future__ import annotations

from collections.abc import Iterable
from pprint import pformat
from typing import TYPE_CHECKING, Any, TypedDict, cast

from chainviz.addable import added, total_of
from chainviz.errors import InvalidInputError
from chainviz.missing import MISSING

if TYPE_CHECKING:
    from jsonpatch import JsonPatch

Op = dict[str, Any]


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

    __slots__ = ("ops",)

    def __init__(self, *ops: Op) -> None:
        self.ops = list(ops)

    def __add__(self, other: RunLogPatch) -> RunLog:
        return _plus(_Fold([self]), 1, other) if _is_patch(other) else NotImplemented

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
    def from_jsonpatch(cls, patch: Iterable[Op]) -> RunLogPatch:
        """The operations of a patch of the `jsonpatch` package."""
        return RunLogPatch(*patch)

    def fold(self, state: _Changing) -> None:
        """Apply it to a state."""
        for op in self.ops:
            state.apply(op)


class RunLog(RunLogPatch):
    """The RunState so far, with the operations that made it."""

    __slots__ = ("_count", "_fold", "_state")

    def __init__(self, *ops: Op, state: RunState) -> None:
        self._fold = _Fold([RunLogPatch(*ops)])
        self._fold.known = 1, state
        self._count = 1
        self._state: Any = state

    @classmethod
    def of(cls, fold: _Fold, count: int) -> RunLog:
        """The log of the first `count` patches of a fold."""
        log = cls.__new__(cls)
        log._fold, log._count, log._state = fold, count, MISSING
        return log

    @property
    def ops(self) -> list[Op]:  # type: ignore[override]
        return [op for patch in self._fold.patches[: self._count] for op in patch.ops]

    @property
    def state(self) -> RunState:
        """The state, made when it is read; what did not change since one that was read before, it shares with that."""
        if self._state is MISSING:
            self._state = self._fold.state(self._count)
        return self._state

    def __add__(self, other: RunLogPatch) -> RunLog:
        return _plus(self._fold, self._count, other) if _is_patch(other) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunLog) and self.state == other.state and super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RunLog({pformat(self.state)})"


class ChunkPatch(RunLogPatch):
    """A chunk of a sub-run: appended to the list at `chunks`, and a model's text to the one at `texts`. There are many,
    so the operations are made when they are read."""

    __slots__ = ("_chunk", "_chunks", "_texts")

    def __init__(self, chunk: Any, chunks: str, texts: str | None) -> None:
        self._chunk = chunk
        self._chunks = chunks
        self._texts = texts

    @property
    def ops(self) -> list[Op]:  # type: ignore[override]
        add = {"op": "add", "path": self._chunks, "value": self._chunk}
        return [add] if self._texts is None else [{"op": "add", "path": self._texts, "value": self._text()}, add]

    def _text(self) -> str:
        return self._chunk if isinstance(self._chunk, str) else getattr(self._chunk, "text", "")

    def fold(self, state: _Changing) -> None:
        if self._texts is not None:
            state.append(self._texts, self._text())
        state.append(self._chunks, self._chunk)


class Growth:
    """The chunks of a root run, of which each patch repeats the sum so far: it is made when it is read."""

    def __init__(self) -> None:
        self.chunks: list[Any] = []
        self._last: tuple[int, Any] = 0, MISSING

    def total(self, count: int) -> Any:
        """The sum of the first `count` chunks, MISSING for none."""
        known, total = self._last
        if count == known + 1:
            chunk = self.chunks[known]
            total = chunk if total is MISSING else added(total, chunk)
        elif count != known:
            total = total_of(self.chunks[:count])
        self._last = count, total
        return total


class GrowthPatch(RunLogPatch):
    """A chunk of the root: appended to `streamed_output`, and the sum so far put in the place of `final_output`."""

    __slots__ = ("_count", "_growth")

    def __init__(self, growth: Growth, count: int) -> None:
        self._growth = growth
        self._count = count

    @property
    def ops(self) -> list[Op]:  # type: ignore[override]
        chunk = self._growth.chunks[self._count - 1]
        return [{"op": "add", "path": "/streamed_output/-", "value": chunk}, *self.final()]

    def total(self) -> Any:
        """The sum so far."""
        return self._growth.total(self._count)

    def final(self) -> list[Op]:
        """The operation that puts the sum in its place, none where that is unchanged."""
        before = self._growth.total(self._count - 1)
        total = self.total()
        if _same(total, None if before is MISSING else before):
            return []
        return [{"op": "replace", "path": "/final_output", "value": total}]

    def fold(self, state: _Changing) -> None:
        state.append("/streamed_output/-", self._growth.chunks[self._count - 1])
        state.growth = self  # of several, only the last one's sum will be seen


class _Fold:
    """Patches, and the last state that somebody read."""

    def __init__(self, patches: list[RunLogPatch]) -> None:
        self.patches = patches
        self.known: tuple[int, Any] = 0, None

    def state(self, count: int) -> RunState:
        known, state = self.known
        if count != known:
            changing = _Changing(state) if known < count else _Changing(None)
            for patch in self.patches[known if known < count else 0 : count]:
                patch.fold(changing)
            state = changing.done()
            self.known = count, state
        return cast("RunState", state)


class _Changing:
    """A state to which operations are applied; what it shares with the state before is copied when it changes first."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._own: dict[int, Any] = {}
        self._ends: dict[str, list[Any]] = {}
        self.growth: GrowthPatch | None = None

    def done(self) -> Any:
        if self.growth is not None:
            self.apply({"op": "replace", "path": "/final_output", "value": self.growth.total()})
        return self._state

    def append(self, path: str, value: Any) -> None:
        """Apply `{"op": "add", "path": path, "value": value}`, whose path ends in `/-`."""
        if path in self._ends:
            self._ends[path].append(value)
        else:
            self.apply({"op": "add", "path": path, "value": value})

    def apply(self, op: Op) -> None:
        path, replace = op["path"], op["op"] == "replace"
        if path in self._ends and op["op"] == "add":
            self._ends[path].append(op["value"])
            return
        if not replace and op["op"] != "add":
            raise InvalidInputError(f"a run log patch: expected op 'add' or 'replace', got {op['op']!r}")
        if not path:
            self._state, self._own, self._ends = op["value"], {}, {}
            return
        *keys, last = [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]
        node = self._state = self._owned(self._state)
        for key in keys:
            place = _place(node, key, path)
            node[place] = node = self._owned(node[place])
        if isinstance(node, list) and last == "-" and not replace:
            cast("list[Any]", node).append(op["value"])
            self._ends[path] = node  # until another operation may have put something else there
            return
        self._ends.clear()
        if replace:
            node[_place(node, last, path)] = op["value"]
        elif isinstance(node, dict):
            node[last] = op["value"]
        else:
            cast("list[Any]", node).insert(_place(node, last, path, 1), op["value"])

    def _owned(self, node: Any) -> Any:
        if id(node) in self._own or not isinstance(node, (list, dict)):
            return node
        copy = cast("Any", node).copy()
        self._own[id(copy)] = copy
        return copy


def _place(node: Any, key: str, path: str, beyond: int = 0) -> Any:
    """Where in a container the key leads, which must be there, or in a list so many places `beyond` its end."""
    if isinstance(node, dict) and key in node:
        return key
    if isinstance(node, list) and key.isdecimal() and int(key) < len(cast("list[Any]", node)) + beyond:
        return int(key)
    raise InvalidInputError(f"a run log patch: no place at path {path!r}")


def log_of(patches: Iterable[RunLogPatch]) -> RunLog:
    """The log that patches make."""
    several = list(patches)
    return RunLog.of(_Fold(several), len(several))


def _is_patch(other: object) -> bool:
    return isinstance(other, RunLogPatch) and not isinstance(other, RunLog)


def _plus(fold: _Fold, count: int, patch: RunLogPatch) -> RunLog:
    """The log that goes on with a patch; it shares the patches before, unless they have gone on in another way."""
    if count != len(fold.patches):
        fold = _Fold(fold.patches[:count])
    fold.patches.append(patch)
    return RunLog.of(fold, count + 1)


def _same(first: Any, second: Any) -> bool:
    try:
        return first is second or bool(first == second)
    except Exception:  # values like arrays do not compare to one truth
        return False


__all__ = [
    "ChunkPatch",
    "Growth",
    "GrowthPatch",
    "LogEntry",
    "RunLog",
    "RunLogPatch",
    "RunState",
    "log_of",
]
