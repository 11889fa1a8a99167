"""LangChain's runs that go on, as ours: which of our runs stands for which of theirs, and where a new one belongs."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, cast

from chainviz.config import CURRENT
from chainviz.integrations.langchain.places import is_position, segment_of
from chainviz.integrations.langchain.running import ambient_parent, running_step
from chainviz.integrations.langchain.step import LangChainStep
from chainviz.tracing.active import ActiveRun
from chainviz.tracing.events import Run, RunType, open_run
from chainviz.tracing.scope import Scope, as_scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from uuid import UUID

_REMEMBERED = 10_000
"""How many runs that have ended are still found as parents."""
LEFT = "its caller ended without it"
DETACHED = "detached"
"""The tag of a run whose caller is not known: it came from a thread that the user's own code started."""


class CapturedRuns:
    """All that LangChain runs while somebody watches, by its id there. Safe on any thread."""

    def __init__(self) -> None:
        self._open: dict[UUID, ActiveRun] = {}
        self._ended: OrderedDict[UUID, ActiveRun] = OrderedDict()
        self._roots: set[UUID] = set()
        self._streamed: set[UUID] = set()

    def open(self, id: UUID) -> ActiveRun | None:
        """The open run with this id."""
        return self._open.get(id)

    def find(self, id: UUID | None) -> ActiveRun | None:
        """The open run with this id, or one that has ended not long ago."""
        return None if id is None else self._open.get(id) or self._ended.get(id)

    def start(self, type: RunType, name: str, id: UUID, inputs: Any, told: dict[str, Any]) -> None:
        """Open a run that LangChain has told the start of; `told` is what else it said."""
        if id in self._open:
            return
        tags: list[str] = [*(told.get("tags") or ())]
        metadata: dict[str, Any] = {**(told.get("metadata") or {})}
        step = running_step()
        claimed = self.find(told.get("parent_run_id"))
        around = deepest(claimed, self.find(ambient_parent()), _current())
        if isinstance(around, ActiveRun) and self.find(around.record.id) is around:
            if around is not claimed:
                # LangChain gives the alternatives of fallbacks to whoever called these.
                tags = [tag for tag in tags if not (is_position(tag) and tag in around.record.tags)]
            scope: Scope = around
            segment = segment_of(thing_of(around), step, tags, metadata)
        else:
            scope, tags = _outside(tags)
            segment = scope.segment
            self._roots.add(id)
        run = ActiveRun(scope.bus, None, scope.tags, scope.metadata, scope.slots, scope.rest)
        described = None if step is None else LangChainStep(step)
        run.record = open_run(type, name, scope.record, segment, tags, metadata, described, id)
        self._open[id] = run
        run.start(inputs)

    def streams(self, id: UUID) -> ActiveRun | None:
        """The run, the first time that somebody wants to tell of the parts that it streams."""
        run = self._open.get(id)
        if run is None or id in self._streamed:
            return None
        self._streamed.add(id)
        return run

    def is_streamed(self, id: UUID) -> bool:
        """Whether somebody tells of the parts of this run already."""
        return id in self._streamed

    def leave(self, id: UUID) -> ActiveRun | None:
        """Take a run that ends out of the open ones, and what is open below a root: of a stream that is left in the
        middle, LangChain tells no end."""
        run = self._open.get(id)
        if run is not None and id in self._roots:
            self._roots.discard(id)
            for other, inside in reversed([*self._open.items()]):
                if other != id and _is_inside(inside.record, run.record):
                    self._forget(other)
                    inside.abandon(LEFT)
        return self._forget(id)

    def _forget(self, id: UUID) -> ActiveRun | None:
        run = self._open.pop(id, None)
        if run is not None:
            self._streamed.discard(id)
            self._ended[id] = run
            if len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)
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


def thing_of(run: ActiveRun) -> Any:
    """The object of LangChain's that runs, as far as it is known."""
    step = run.record.step
    return step.thing if isinstance(step, LangChainStep) else None


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
    if isinstance(around, dict):
        around = cast("dict[str, Any]", around).get("callbacks")
    return around if isinstance(around, Scope) else None


def _outside(tags: list[str]) -> tuple[Scope, list[str]]:
    """The scope of a run that no run of LangChain's is around, and its tags."""
    around: Any = CURRENT.get()
    if around is None:
        return as_scope(open_traces()[-1:]), [*tags, DETACHED]
    if isinstance(around, Scope):
        return around, [around.position, *tags] if around.position else tags
    return as_scope(around.get("callbacks")), tags


__all__ = ["CAPTURED", "DETACHED", "LEFT", "CapturedRuns", "deepest", "surrounding", "thing_of"]
