"""LangChain's runs that go on, as ours: which of our runs stands for which of theirs, and where a new one belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.config import CURRENT
from chainviz.integrations.langchain.places import is_position, segment_below, segment_of
from chainviz.integrations.langchain.running import ambient_parent, running_thing
from chainviz.integrations.langchain.step import StepAt, step_of
from chainviz.tracing.active import ActiveRun
from chainviz.tracing.events import Run, RunType, open_run
from chainviz.tracing.scope import Scope, as_scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from uuid import UUID

LEFT = "its caller ended without it"
DETACHED = "detached"
"""The tag of a run whose caller is not known: it came from a thread that the user's own code started."""


class CapturedRun(ActiveRun):
    """A run of LangChain's. A root has the ids of those `below` it; `tapped` tells whether somebody reports the parts
    that the run streams."""

    __slots__ = ("below", "root", "tapped")

    def __init__(self, scope: Scope, root: CapturedRun | None) -> None:
        super().__init__(scope.bus, scope.record, scope.tags, scope.metadata, scope.slots, scope.rest)
        self.root: CapturedRun = root or self
        self.below: list[UUID] = []
        self.tapped = False


class CapturedRuns:
    """All that LangChain runs while somebody watches, by its id there. Safe on any thread."""

    def __init__(self) -> None:
        self._runs: dict[UUID, CapturedRun] = {}

    def find(self, id: UUID | None) -> CapturedRun | None:
        """The run with this id, until its root has ended."""
        return None if id is None else self._runs.get(id)

    def open(
        self,
        type: RunType,
        name: str,
        id: UUID,
        inputs: Any,
        parent_id: UUID | None,
        tags: list[str],
        metadata: dict[str, Any],
    ) -> None:
        """Open a run that LangChain has told the start of."""
        if id in self._runs:
            return
        claimed, ambient_id, current = self.find(parent_id), ambient_parent(), _current()
        if current is None and (ambient_id is parent_id or ambient_id == parent_id):
            around: Scope | None = claimed
        else:
            around = deepest(claimed, self.find(ambient_id), current)
        if isinstance(around, CapturedRun):
            if around is not claimed:
                # LangChain gives the alternatives of fallbacks to whoever called these.
                tags = [tag for tag in tags if not (is_position(tag) and tag in around.record.tags)]
            run = CapturedRun(around, around.root)
            run.root.below.append(id)
            segment = segment_of(tags, metadata)
            if segment is None:
                thing = running_thing()
                segment = segment_below(around.record.step, thing)
                step = None if thing is None else step_of(thing)
            else:
                step = StepAt(around.record, segment)
        else:
            scope, tags = _outside(tags)
            run = CapturedRun(scope, None)
            segment = scope.segment
            thing = running_thing()
            step = None if thing is None else step_of(thing)
        run.record = open_run(type, name, run.record, segment, tags, metadata, step, id)
        self._runs[id] = run
        run.start(inputs)

    def leave(self, id: UUID) -> CapturedRun | None:
        """The run that ends, None where it is not known. What is open below a root ends with it: of a stream that is
        left in the middle, LangChain tells no end."""
        run = self._runs.get(id)
        if run is not None and run.root is run:
            for below in reversed(run.below):
                self._runs.pop(below).abandon(LEFT)
            del self._runs[id]
        return run


CAPTURED = CapturedRuns()


def surrounding(scope: Scope) -> Scope | None:
    """The open run of LangChain's in whose code a run of ours begins; None where that is not inside of `scope`."""
    inner = CAPTURED.find(ambient_parent())
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


def _current() -> Scope | None:
    """Our own scope here."""
    around: Any = CURRENT.get()
    if around.__class__ is dict:
        around = around.get("callbacks")
    return around if isinstance(around, Scope) else None


def _outside(tags: list[str]) -> tuple[Scope, list[str]]:
    """The scope of a run that no run of LangChain's is around, and its tags."""
    around: Any = CURRENT.get()
    if around is None:
        return as_scope(open_traces()[-1:]), [*tags, DETACHED]
    if isinstance(around, Scope):
        return around, [around.position, *tags] if around.position else tags
    return as_scope(around.get("callbacks")), tags


__all__ = ["CAPTURED", "DETACHED", "LEFT", "CapturedRun", "CapturedRuns", "deepest", "surrounding"]
