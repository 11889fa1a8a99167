"""Trace: everything that runs while it is open, as data, and the moment at which nothing more will follow."""

from __future__ import annotations

from itertools import takewhile
from threading import Condition
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import uuid4
from weakref import WeakValueDictionary

from chainviz.config import CURRENT, RunnableConfig, inherited, merge_callbacks
from chainviz.errors import ChainvizError, InvalidInputError
from chainviz.forks import after_fork
from chainviz.tracing.events import MISSING, CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunEvent, RunStart
from chainviz.tracing.gate import GATE
from chainviz.tracing.recorder import MAX_EVENTS, Recorder
from chainviz.tracing.screen import Screen
from chainviz.tracing.tree import RunTree, trees

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from os import PathLike

    from pandas import DataFrame

    from chainviz.tracing.journal.writer import Journal
    from chainviz.tracing.run_log import RunLog, RunState
    from chainviz.tracing.stream_events import StreamEvent


class TraceError(NamedTuple):
    """One run that raised."""

    run: Run
    error: BaseException


class Trace:
    """What runs while the trace is open, sync or async, in this context and in what it starts.

        with chainviz.trace() as t:
            chain.invoke(...)
        t.errors, t.tree, t.events(), t.state

    It is a sink too: it may stand among a config's `callbacks`. Runs that are open when the block is left are recorded
    to their end; then the trace is closed, and nothing more will follow.
    """

    streaming = True
    stoppable = False

    def __init__(
        self,
        name: str | None = None,
        *,
        journal: str | PathLike[str] | None = None,
        max_events: int = MAX_EVENTS,
    ) -> None:
        self.id = uuid4().hex
        self.name = name
        self.recorder = Recorder(max_events)
        self.screen = Screen()
        self.journal = None if journal is None else _journal(journal, self)
        self.keeps: dict[Any, Any] = {}
        """What of another framework goes on in this trace, held as long as the trace is."""
        self._open_runs: set[Run] = set()
        self._changed = Condition()
        self._state: Literal["new", "open", "left", "closed"] = "new"
        self._before: Any = None
        self._watchers: tuple[Callable[[], None], ...] = ()
        _TRACES[self.id] = self

    # --- recording ---------------------------------------------------------------------------------------------

    def __call__(self, event: RunEvent) -> None:
        recorder = self.recorder
        notes = recorder.notes
        if self._state == "closed" and not notes.settling:
            return
        if notes:
            notes.settle()
        if self.journal is None:
            recorder(event)
        else:
            self.journal.record(event, recorder)
        kind = event.__class__
        if kind is RunStart:
            self._open_runs.add(event.run)
        elif kind is not RunChunk and kind is not CustomEvent:
            self._open_runs.discard(event.run)
            if not self._open_runs:
                with self._changed:
                    self._settle()
        if not notes.settling:  # whose watchers have heard of them
            for changed in self._watchers:
                changed()

    def hurry(self) -> None:
        """From now on, have events at once, and no notes."""
        notes = self.recorder.notes
        notes.close()
        notes.watch(notes.settle)  # for whoever is just about to take one
        notes.settle()

    def _settle(self) -> None:
        """Close the trace once it is left and no run is open. Holds the lock."""
        if self._open_runs:
            return
        if self._state == "left":
            self._state = "closed"
            if self.journal is not None:
                self.journal.close()
        self._changed.notify_all()

    def after_fork(self) -> None:
        """In a forked process: wait for no thread that is not here, and leave the journal to the parent."""
        self._changed = Condition()
        self.recorder.after_fork()
        if self.journal is not None:
            self.journal.leave_to_parent()

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call `changed` after each event and when the trace is closed, on whatever thread; it must be quick."""
        self._watchers = (*self._watchers, changed)
        self.recorder.notes.watch(changed)

    def begin(self) -> None:
        """Record what this context runs from now on, until `finish`. A trace is opened once."""
        if self._state != "new":
            raise ChainvizError("a trace is opened once: make another with chainviz.trace()")
        self._state = "open"
        self._before = CURRENT.get()
        around: RunnableConfig = inherited() or {}
        config: RunnableConfig = {**around, "callbacks": merge_callbacks(around.get("callbacks"), [self])}
        CURRENT.set(config)
        is_alone = not around.get("callbacks") and self.journal is None and GATE.get() is None
        # What has begun in a trace that is left may end here.
        if is_alone and not any(trace._state == "left" for trace in _alive()):
            self.recorder.notes.open(config)
        _OPEN.append(self)

    def finish(self) -> None:
        """Start no more recording; the trace is closed when the runs that are open have ended."""
        if self._state == "open":
            CURRENT.set(self._before)
            if self in _OPEN:
                _OPEN.remove(self)
            self.leave()

    def leave(self) -> None:
        """`finish` without touching the context: for a trace that was never made ambient."""
        notes = self.recorder.notes
        if notes.begun or self._open_runs:
            self.hurry()
        notes.close()
        if self._open_runs:  # whose ends others may come to know of
            for trace in list(_OPEN):
                trace.hurry()
        with self._changed:
            if self._state in ("new", "open"):
                self._state = "left"
                self._settle()
        for changed in self._watchers:
            changed()

    def __enter__(self) -> Trace:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    async def __aenter__(self) -> Trace:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.finish()

    @property
    def closed(self) -> bool:
        """True once nothing more will follow."""
        return self._state == "closed"

    @property
    def dropped(self) -> int:
        """How many events went when there was no more room: the oldest chunks, then the oldest runs."""
        return self.recorder.dropped

    # --- what its views share ----------------------------------------------------------------------------------

    @property
    def selected(self) -> str | None:
        """The id of the run that is selected in the views; may be set, by id or by a run."""
        return self.screen.selected

    @selected.setter
    def selected(self, run: Run | str | None) -> None:
        self.screen.set(selected=run)

    @property
    def filter(self) -> str:
        """The filter of the views; may be set. Raises FilterError for one that does not parse."""
        return self.screen.filter

    @filter.setter
    def filter(self, source: str) -> None:
        self.screen.set(filter=source)

    @property
    def cursor(self) -> int | None:
        """The time cursor of the views: they show the moment after so many events. None is the newest; may be set."""
        return self.screen.cursor

    @cursor.setter
    def cursor(self, seq: int | None) -> None:
        self.screen.set(cursor=seq)

    # --- the trace as data -------------------------------------------------------------------------------------

    @property
    def roots(self) -> list[Run]:
        """The runs that were called from outside, in order."""
        return self.recorder.roots()

    def events(self, version: Literal["v1", "v2"] = "v2") -> list[StreamEvent]:
        """What `astream_events` would have given, of every root run."""
        from chainviz.tracing.stream_events import EventProjection

        projections: dict[Run, EventProjection] = {}
        result: list[StreamEvent] = []
        for root, event in self._rooted():
            if root not in projections:
                projections[root] = EventProjection(version)
            result += projections[root].feed(event)
        return result

    @property
    def log(self) -> RunLog:
        """What `astream_log` would have given, of the last root run. Raises ChainvizError where nothing has run."""
        from chainviz.tracing.log_projection import LogProjection
        from chainviz.tracing.run_log import log_of

        last = self._last_root()
        projection = LogProjection(root=last, anchor=self.recorder.anchor)
        patches = [projection.feed(event) for root, event in self._rooted() if root is last]
        return log_of(patch for patch in patches if patch)

    @property
    def state(self) -> RunState:
        """The RunState of the last root run, as far as it has come."""
        return self.log.state

    @property
    def tree(self) -> list[RunTree]:
        """The root runs, each with the runs inside it."""
        return trees(self.recorder.events)

    @property
    def errors(self) -> list[TraceError]:
        """The runs that raised, innermost first."""
        return [TraceError(event.run, event.error) for event in self.recorder.events if isinstance(event, RunError)]

    def result(self, timeout: float | None = None) -> Any:
        """The output of the last root run, of one that waits for an answer what it has given so far; waits until no run
        is open.

        Raises what that run raised, the same object; CancelledError where it was cancelled; TimeoutError after
        `timeout` seconds; ChainvizError where nothing has run.
        """
        self.hurry()
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open_runs, timeout):
                raise TimeoutError(f"the trace still has open runs after {timeout} seconds")
        return self._outcome()

    def __await__(self) -> Generator[Any, Any, Any]:
        import asyncio

        return asyncio.to_thread(self.result).__await__()

    def stop(self) -> None:
        """Stop the run that `chainviz.watch` started. Raises ChainvizError for a trace that started none."""
        raise ChainvizError("this trace started no run of its own to stop; interrupt the kernel, or use chainviz.watch")

    def to_html(self, path: str | PathLike[str], *, redact: bool = True) -> str:
        """Write one page that shows this trace, interactive and without network; returns its path.

        It can be passed on: what is known for a secret by its form, by the name it stands under, or because the
        environment or a step's `SecretStr` holds it, is masked. With `redact=False` only `SecretStr`s are.

        Raises InvalidInputError for more than a browser opens: a million events, or 250 MB of values.
        """
        from chainviz.wire.page import write_html

        return write_html(self, path, redact=redact)

    def to_dataframe(self) -> DataFrame:
        """The runs as a pandas DataFrame, a row each: id, parent_id, path, name, type, status, start, seconds, tags,
        error, input_tokens, output_tokens. Raises MissingPackageError where pandas is not installed."""
        from chainviz.tracing.frame import to_dataframe

        return to_dataframe(self)

    def save(self, path: str | PathLike[str], *, redact: bool = True) -> str:
        """Write what has been recorded as a journal, which `chainviz.load` reads; returns its path.

        Secrets are masked as in `to_html`. A file under the path is replaced at once by the whole of the new one.
        Raises OSError where it can't be written, InvalidInputError where this trace's own journal stands there.
        """
        from chainviz.tracing.journal.writer import save

        if self.journal is not None and self.journal.is_at(path):
            raise InvalidInputError(f"Trace.save: expected another path than that of the trace's journal, got {path!r}")
        end = self.recorder.count
        events = takewhile(lambda numbered: numbered[0] < end, self.recorder.numbered())
        return save(path, self.id, self.name, self.recorder.anchor, events, redact=redact)

    def _rooted(self) -> Iterator[tuple[Run, RunEvent]]:
        """Each event with the root of its run in this trace."""
        roots: dict[Run, Run] = {}
        for event in list(self.recorder.events):
            run = event.run
            if isinstance(event, RunStart):
                roots[run] = roots.get(run.parent, run) if run.parent else run
            if run in roots:
                yield roots[run], event

    def _last_root(self) -> Run:
        roots = self.roots
        if not roots:
            raise ChainvizError("nothing has run in this trace")
        return roots[-1]

    def _outcome(self) -> Any:
        root = self._last_root()
        for event in reversed(self.recorder.events):
            if event.run is root and not isinstance(event, RunChunk):
                if isinstance(event, RunEnd):
                    return event.output
                if isinstance(event, RunError):
                    raise event.error
                if isinstance(event, RunCancel):
                    if event.output is not MISSING:
                        return event.output
                    from concurrent.futures import CancelledError

                    raise CancelledError(event.reason)
        raise ChainvizError("the last run of this trace has not ended")

    def __repr__(self) -> str:
        count, roots = len(self.recorder.events), len(self.roots)
        what = f"{roots} run{'' if roots == 1 else 's'}, {count} events, {len(self.errors)} errors"
        if self.dropped:
            what += f", {self.dropped:,} events dropped"
        return f"<Trace{f' {self.name!r}' if self.name else ''}: {what}, {'closed' if self.closed else 'open'}>"


def _journal(path: str | PathLike[str], trace: Trace) -> Journal:
    from chainviz.tracing.journal.writer import Journal

    return Journal(path, trace.id, trace.name, trace.recorder.anchor)


def trace(
    name: str | None = None,
    *,
    journal: str | PathLike[str] | None = None,
    max_events: int = MAX_EVENTS,
) -> Trace:
    """A trace to open by `with` or `async with`. It needs no notebook; in one, `t` on a cell's last line shows it.

    `journal` is a new file that gets each event as it happens, so that it outlives the process; `chainviz.load` reads
    it. `max_events` is how many events are kept in memory; `t.dropped` counts those beyond.

    Raises OSError where the journal can't be opened, InvalidConfigError where something stands in it already.
    """
    return Trace(name, journal=journal, max_events=max_events)


_TRACES: WeakValueDictionary[str, Trace] = WeakValueDictionary()
_OPEN: list[Trace] = []


def _alive() -> list[Trace]:
    """Every trace that somebody still has; by references, as other threads may make traces meanwhile."""
    return [trace for reference in _TRACES.valuerefs() if (trace := reference()) is not None]


def open_traces() -> list[Trace]:
    """The traces whose blocks have been entered and not left, the innermost last: of all threads and contexts."""
    return _OPEN


def _after_fork() -> None:
    for trace in _alive():
        trace.after_fork()


after_fork(_after_fork)


__all__ = ["Trace", "TraceError", "open_traces", "trace"]
