"""LangChain's runs that go on, as ours: which of our runs stands for which of theirs, and where a new one belongs."""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakValueDictionary

from chainviz.integrations.langchain.places import is_position, segment_below, segment_of
from chainviz.integrations.langchain.running import ambient_parent
from chainviz.integrations.langchain.step import StepAt, step_of
from chainviz.tracing.active import ActiveRun
from chainviz.tracing.events import Run, RunCancel, RunType, open_run
from chainviz.tracing.gate import GATE
from chainviz.tracing.scope import Scope, as_scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from chainviz.tracing.events import CustomEvent, RunChunk, TerminalEvent

UNNAMED = "RunnableCallable"
LEFT = "its caller ended without it"
DETACHED = "detached"
"""The tag of a run whose caller is not known: it came from a thread that the user's own code started."""


class CapturedRun(ActiveRun):
    """A run of LangChain's. A root, whose `root` is None, has those `below` it by their ids; `tap` is who reports the
    parts that the run streams, once somebody does; `pause` is why it waits, where its end will not say so;
    `checkpoint` is the id of the last one that was told of."""

    __slots__ = ("__weakref__", "below", "checkpoint", "pause", "root", "tap")

    def __init__(self, scope: Scope, root: CapturedRun | None) -> None:
        super().__init__(scope.bus, scope.record, scope.tags, scope.metadata, scope.slots, scope.rest)
        self.gate = GATE.get() if scope.bus.sinks else None
        self._open = True
        self._before = None
        self.root = root
        self.below: dict[int, CapturedRun] = {}
        self.tap: object = None
        self.pause: str | None = None
        self.checkpoint: str | None = None

    def tell(self, event: RunChunk | CustomEvent) -> None:
        """Report what happened in the run, as long as it goes on."""
        if self._open:
            if self.gate is None:
                self.bus.emit(event)
            else:
                self._emit_gated(self.gate, event)

    def close(self, event: TerminalEvent) -> None:
        """Report how the run ended."""
        self._close(event)


class CapturedRuns:
    """All that LangChain runs while somebody watches, by the number of its id there: a trace holds those in it, so that
    a root of which no end is told goes with the trace. Safe on any thread."""

    def __init__(self) -> None:
        self._runs: WeakValueDictionary[int, CapturedRun] = WeakValueDictionary()
        self._untraced: dict[int, CapturedRun] = {}

    def find(self, id: int | None) -> CapturedRun | None:
        """The run with this id, until its root has ended."""
        return None if id is None else self._runs.get(id)

    def open(
        self,
        t: int,
        type: RunType,
        name: str,
        id: int,
        parent_id: int | None,
        tags: list[str],
        metadata: dict[str, Any],
        thing: Any,
        ambient_id: int | None,
        ambient: Any,
    ) -> CapturedRun | None:
        """Open a run of which LangChain has told the start, None where it had told it before.

        `thing` is the object that runs, None where it is not known; `ambient_id` and `ambient` are the run and the
        config around the call, as LangChain's context and ours have them.
        """
        if id in self._runs:
            return None
        segment = segment_of(tags, metadata)
        claimed, current = self.find(parent_id), _scope(ambient)
        if current is None and ambient_id == parent_id:
            around: Scope | None = claimed
        else:
            around = deepest(claimed, self.find(ambient_id), current)
        step: Any = None
        if isinstance(around, CapturedRun):
            if around is not claimed:
                # LangChain gives the alternatives of fallbacks to whoever called these.
                tags = [tag for tag in tags if not (is_position(tag) and tag in around.record.tags)]
                segment = segment_of(tags, metadata)
            root = around.root or around
            run = root.below[id] = CapturedRun(around, root)
            if segment is None:
                segment = segment_below(around.record.step, thing)
            else:
                step = StepAt(around.record, segment)
        else:
            scope, tags = _outside(ambient, tags)
            run = CapturedRun(scope, None)
            self._held(run)[id] = run
            segment = scope.segment
        if step is None and thing is not None:
            step = step_of(thing)
        if name == UNNAMED and step is not None and step.thing is not None:  # LangGraph names no lambda
            name = step.get_name()
        run.record = open_run(type, name, run.record, segment, tags, metadata, step, UUID(int=id))
        run.record.start = t
        self._runs[id] = run
        return run

    def leave(self, id: int, t: int) -> CapturedRun | None:
        """The run that ends, None where it is not known. What is open below a root ends with it: of a stream that is
        left in the middle, LangChain tells no end."""
        run = self._runs.get(id)
        if run is not None and run.root is None:
            for below, inside in reversed(run.below.items()):
                self._runs.pop(below, None)
                inside.close(RunCancel(t, inside.record, LEFT))
            self._runs.pop(id, None)
            self._held(run).pop(id, None)
        return run

    def abandon(self, scope: Scope, reason: str) -> None:
        """End what goes on at this place of ours, which has been left: of a model that is cancelled, LangChain tells no
        end."""
        for run in list(self._runs.values()):
            record = run.record
            if run.root is None and record.parent is scope.record and record.segment == scope.segment:
                t = perf_counter_ns()
                self.leave(record.id.int, t)
                run.close(RunCancel(t, record, reason))

    def _held(self, run: CapturedRun) -> dict[Any, Any]:
        """What holds a root while it goes on."""
        return next((sink.keeps for sink in run.bus.sinks if hasattr(sink, "keeps")), self._untraced)  # type: ignore[attr-defined]


CAPTURED = CapturedRuns()


def settle() -> None:
    """Have it that all runs are known of which there are notes."""
    for trace in open_traces():
        trace.recorder.notes.settle()


def running(id: UUID | None) -> CapturedRun | None:
    """The run with this id in whose code this is called."""
    settle()
    return None if id is None else CAPTURED.find(id.int)


def surrounding(scope: Scope) -> Scope | None:
    """The open run of LangChain's in whose code a run of ours begins; None where that is not inside of `scope`."""
    inner = running(ambient_parent())
    return inner if inner is not None and deepest(scope, inner) is inner else None


def deepest(*scopes: Scope | None) -> Scope | None:
    """The innermost of the scopes around a call, as far as they lie in each other; the first of those that do not."""
    found: Scope | None = None
    for scope in scopes:
        if scope is None or scope.record is None:
            continue
        if found is None or found.record is None or _is_below(scope.record, found.record):
            found = scope
    return found


def _is_below(run: Run, around: Run) -> bool:
    return run is not around and _is_inside(run, around)


def _is_inside(run: Run, around: Run) -> bool:
    """Whether a run goes on below another one, or is it."""
    above: Run | None = run
    while above is not None and above is not around:
        above = above.parent
    return above is not None


def _scope(ambient: Any) -> Scope | None:
    """Our own scope there."""
    if ambient.__class__ is dict:
        ambient = ambient.get("callbacks")
    return ambient if isinstance(ambient, Scope) else None


def _outside(ambient: Any, tags: list[str]) -> tuple[Scope, list[str]]:
    """The scope of a run that no run of LangChain's is around, and its tags."""
    if ambient is None:
        return as_scope(open_traces()[-1:]), [*tags, DETACHED]
    if isinstance(ambient, Scope):
        return ambient, [ambient.position, *tags] if ambient.position else tags
    return as_scope(ambient.get("callbacks")), tags


__all__ = ["CAPTURED", "DETACHED", "LEFT", "CapturedRun", "CapturedRuns", "deepest", "running", "settle", "surrounding"]
