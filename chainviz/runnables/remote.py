"""One item of a batch in another process: how it gets there, runs, and comes back with its run events.

Everything is pickled here and not by the executor, so that what does not pickle fails its own item, in a sentence. With
`cloudpickle` installed (Dask brings it), lambdas, closures and what is defined in `__main__` pickle too.
"""

from __future__ import annotations

import pickle
import traceback
from collections import OrderedDict
from contextvars import Context
from importlib import import_module
from threading import Lock
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from chainviz.config import RunnableConfig
from chainviz.errors import ExecutorError, shorten
from chainviz.missing import MISSING
from chainviz.tracing.bus import Bus
from chainviz.tracing.events import (
    CustomEvent,
    Run,
    RunCancel,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
)
from chainviz.tracing.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS_KEPT = 8
"""How many steps a worker keeps unpickled."""


class Parcel(NamedTuple):
    """What is sent for one item: a step under a key by which a worker knows it again, and the rest."""

    key: str
    step: bytes
    item: bytes


class Item(NamedTuple):
    """The rest: `around` describes the scope in which the step runs. `number` makes it unlike any other: an executor
    may take equal arguments for one task."""

    number: int
    input: Any
    kwargs: dict[str, Any]
    rest: dict[str, Any]
    around: tuple[Any, ...]
    watched: bool
    streaming: bool
    asynchronous: bool


class Return(NamedTuple):
    """What comes back. `problem` says why there is neither an output nor an error; `runs` and `events` are rows."""

    output: Any
    error: BaseException | None
    problem: str | None
    runs: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]
    anchor: tuple[int, int]


def dumps(value: Any) -> bytes:
    """The value pickled, by cloudpickle where that is installed."""
    try:
        pickler: Any = import_module("cloudpickle")
    except ImportError:
        pickler = pickle
    return pickler.dumps(value, pickle.HIGHEST_PROTOCOL)


def why(error: BaseException) -> str:
    """An exception in half a sentence."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def around(scope: Scope, parent: Run | None, segment: str | None) -> tuple[Any, ...]:
    """A scope as plain data, without its bus, for a step at `segment` of `parent`."""
    above: list[tuple[Any, ...]] = []
    while parent is not None:
        above.append((parent.type, parent.name, parent.segment, parent.id))
        parent = parent.parent
    return scope.tags, scope.metadata, segment, scope.position, above[::-1]


# --- in the worker -----------------------------------------------------------------------------------------------

_steps: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def work(key: str, step: bytes, item: bytes) -> bytes:
    """Run the item of a Parcel; returns a pickled Return. In a context of its own, as a fork inherits the caller's."""
    return Context().run(_work, Parcel(key, step, item))


def _work(parcel: Parcel) -> bytes:
    try:
        step = _step(parcel)
        item: Item = pickle.loads(parcel.item)
    except Exception as error:
        return _packed(MISSING, None, f"it does not unpickle in the worker ({why(error)})", _Outbox(False))
    outbox = _Outbox(item.streaming)
    config = cast("RunnableConfig", {**item.rest, "callbacks": _scope(item, outbox)})
    try:
        if item.asynchronous:
            import asyncio

            output = asyncio.run(step.ainvoke(item.input, config, **item.kwargs))
        else:
            output = step.invoke(item.input, config, **item.kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        error.add_note(f"In the worker process:\n{''.join(traceback.format_exception(error))}")
        return _packed(MISSING, error, None, outbox)
    return _packed(output, None, None, outbox)


def _step(parcel: Parcel) -> Any:
    with _lock:
        step = _steps.get(parcel.key)
        if step is None:
            step = _steps[parcel.key] = pickle.loads(parcel.step)
            while len(_steps) > STEPS_KEPT:
                _steps.popitem(last=False)
        else:
            _steps.move_to_end(parcel.key)
        return step


def _scope(item: Item, outbox: _Outbox) -> Scope:
    tags, metadata, segment, position, above = item.around
    parent: Run | None = None
    for type, name, place, id in above:
        parent = Run(type, name, parent, place, id=id)
    bus = Bus([outbox] if item.watched else [])
    return Scope(bus, parent, tags, metadata, position=position, segment=segment)


class _Outbox:
    """The sink that keeps what is to be sent back."""

    def __init__(self, streaming: bool) -> None:
        self.streaming = streaming
        self.events: list[RunEvent] = []

    def __call__(self, event: RunEvent) -> None:
        self.events.append(event)

    def rows(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The runs, each with its parent's number, and the events, each with its run's."""
        numbers: dict[Run, int] = {}
        runs: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for event in list(self.events):
            run = event.run
            if run not in numbers:
                numbers[run] = len(runs)
                parent = numbers.get(run.parent, -1) if run.parent else -1
                about = (run.tags, run.metadata, run.start, run.id, run.result)
                runs.append((parent, run.type, run.name, run.segment, *about))
            events.append((type(event).__name__, event.t, numbers[run], *_values(event)))
        return runs, events


def _values(event: RunEvent) -> tuple[Any, ...]:
    return tuple(getattr(event, name) for name in _FIELDS[type(event).__name__])


_KINDS: dict[str, Any] = {
    kind.__name__: kind for kind in (RunStart, RunChunk, RunEnd, RunError, RunCancel, CustomEvent)
}
_FIELDS = {
    "RunStart": ("inputs",),
    "RunChunk": ("chunk",),
    "RunEnd": ("output", "inputs"),
    "RunError": ("error", "inputs"),
    "RunCancel": ("reason", "inputs"),
    "CustomEvent": ("name", "data", "tags", "metadata"),
}


def _packed(output: Any, error: BaseException | None, problem: str | None, outbox: _Outbox) -> bytes:
    """A pickled Return. Of a run event, what does not pickle is replaced by its text; of the outcome, it is a
    problem."""
    runs, events = outbox.rows()
    if error is not None and (fault := _fault(error)):
        error, problem = None, f"it raised {shorten(error)}, which does not pickle ({fault})"
    events = [
        row if row[0] != "RunError" or not _fault(row[3]) else (*row[:3], _told(row[3]), *row[4:]) for row in events
    ]
    anchor = perf_counter_ns(), time_ns()
    try:
        return dumps(Return(output, error, problem, runs, events, anchor))
    except Exception:  # whatever it was: below is found out what does not pickle
        pass
    if fault := _fault(output):
        output, problem = MISSING, f"its output does not pickle ({fault})"
    runs = [tuple(_sendable(value) for value in row) for row in runs]
    events = [tuple(_sendable(value) for value in row) for row in events]
    return dumps(Return(output, error, problem, runs, events, anchor))


def _fault(value: Any) -> str | None:
    """Why a value does not survive pickling, None where it does. Some exceptions pickle, but do not unpickle."""
    try:
        pickled = dumps(value)
        if isinstance(value, BaseException):
            pickle.loads(pickled)
    except Exception as error:
        return why(error)
    return None


def _told(error: BaseException) -> ExecutorError:
    return ExecutorError(f"{shorten(error)}, raised in a worker")


def _sendable(value: Any) -> Any:
    return shorten(value) if _fault(value) else value


# --- back in the caller's process --------------------------------------------------------------------------------


def returned(data: bytes) -> Return:
    """What a worker sent."""
    try:
        return pickle.loads(data)
    except Exception as error:
        problem = f"its output does not unpickle here ({why(error)})"
        return Return(MISSING, None, problem, [], [], (perf_counter_ns(), time_ns()))


def events_of(back: Return, root: Run | None, parent: Run | None, sent: int) -> Iterator[RunEvent]:
    """The run events of an item, in order, as if they had happened here since `sent`.

    Where the item's own run is open here, as `root`, its start and end are left out; else the item's runs stand under
    `parent`. A worker's clock is ours by way of the time of day, and by that nothing happened before it was sent or
    after it came back.
    """
    if not back.events:
        return
    there = back.anchor[1] - back.anchor[0]
    shift = there - (time_ns() - perf_counter_ns())
    shift = max(shift, sent - min(row[1] for row in back.events))
    shift = min(shift, perf_counter_ns() - max(row[1] for row in back.events))
    runs: list[Run] = []
    for number, (above, type, name, segment, tags, metadata, start, id, result) in enumerate(back.runs):
        if number == 0 and root is not None:
            runs.append(root)
        else:
            run_parent: Run | None = parent if above < 0 else runs[int(above)]
            runs.append(Run(type, name, run_parent, segment, tags, metadata, id=id, start=start + shift))
        if not isinstance(result, str):  # the text of one that does not pickle
            runs[-1].result = result
    for kind, t, number, *values in back.events:
        run = runs[int(number)]
        if run is not root or kind in ("RunChunk", "CustomEvent"):
            yield _KINDS[kind](t + shift, run, *values)


__all__ = ["Item", "Parcel", "Return", "around", "dumps", "events_of", "returned", "why", "work"]
