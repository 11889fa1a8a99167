"""A run while it goes on: opens with a start event, closes with exactly one terminal event."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast

from chainviz.config import CURRENT, RunnableConfig, default_config, ensure_config
from chainviz.tracing.bus import SILENT
from chainviz.tracing.events import (
    MISSING,
    CustomEvent,
    Run,
    RunCancel,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
    TerminalEvent,
    open_run,
)
from chainviz.tracing.gate import GATE, Gate
from chainviz.tracing.scope import NO_SCOPE, Place, Scope, as_bus, united

if TYPE_CHECKING:
    from types import TracebackType


class ActiveRun(Scope):
    """What a step is given while somebody watches or a config was passed: the scope of what it calls, and its means
    to report.

    As a context manager it is the ambient scope, so that whatever the step's own code calls becomes its child, and it
    closes the run with an error or a cancel event if the block did not end it.
    """

    __slots__ = ("_before", "_open", "gate")
    record: Run

    @property
    def streaming(self) -> bool:
        """True where a sink wants tokens: a model then streams even when it is invoked."""
        return self.bus.streaming

    def child(self, position: str | None = None, segment: str | None = None, step: Any = None) -> RunnableConfig:
        """The config for a `step` inside: `position` is its tag, `segment` its place in the static graph."""
        if step is not None and step.opens_runs:
            return Place((self, position, segment))  # type: ignore[return-value]
        return self.at(position, segment).config()

    def start(self, inputs: Any, streamed: bool = False) -> None:
        """Report the start. What a sink asks to be raised ends the run, too."""
        event = RunStart(self.record.start, self.record, inputs, streamed)
        try:
            if self.gate is None:
                if self.bus.only is None:
                    self.bus.emit(event)
                    return
                try:
                    self.bus.only(event)
                except BaseException as error:
                    self.bus.failed(error)
                return
            with self.gate.lock:
                if not self.gate.enter(self):
                    self.bus = SILENT
                self.bus.emit(event)
        except BaseException as error:
            self.fail(error)
            raise

    def refuse(self, error: BaseException) -> None:
        """Take note of what the only sink raised at the start. What it asks to be raised ends the run, too."""
        try:
            self.bus.failed(error)
        except BaseException:
            self.fail(error)
            raise

    def chunk(self, value: Any) -> None:
        """Report a part of the output."""
        bus = self.bus
        if not self._open or not bus.sinks:
            return
        event = RunChunk(perf_counter_ns(), self.record, value)
        if self.gate is not None:
            self._emit_gated(self.gate, event)
        elif bus.only is None:
            bus.emit(event)
        else:
            try:
                bus.only(event)
            except BaseException as error:
                bus.failed(error)

    def teller(self) -> Callable[[Any], None]:
        """`chunk` for a stream of many: what does not change meanwhile is looked up once."""
        bus, record, only = self.bus, self.record, self.bus.only
        if only is None or self.gate is not None:
            return self.chunk
        if hasattr(only, "taker"):
            return only.taker(record)  # type: ignore[attr-defined]

        def tell(value: Any) -> None:
            if bus.only is None:  # it has raised
                self.chunk(value)
                return
            try:
                only(RunChunk(perf_counter_ns(), record, value))
            except BaseException as error:
                bus.failed(error)

        return tell

    def custom(self, name: str, data: Any) -> None:
        """Report an event of the step's own."""
        if self._open and self.bus.sinks:
            event = CustomEvent(perf_counter_ns(), self.record, name, data, self.tags)
            if self.gate is None:
                self.bus.emit(event)
            else:
                self._emit_gated(self.gate, event)

    def end(self, output: Any, inputs: Any = MISSING) -> None:
        """Close the run with its output."""
        bus = self.bus
        if not self._open or not bus.sinks:
            return
        if self.gate is not None:
            self._close(RunEnd(perf_counter_ns(), self.record, output, inputs))
            return
        self._open = False
        try:
            if bus.direct is not None:
                bus.direct.ended(self.record, output, inputs)
                return
            if bus.only is not None:
                bus.only(RunEnd(perf_counter_ns(), self.record, output, inputs))
                return
        except BaseException as error:
            bus.failed(error)
            return
        bus.emit(RunEnd(perf_counter_ns(), self.record, output, inputs))

    def fail(self, error: BaseException, inputs: Any = MISSING) -> None:
        """Close with what an exception means: a cancel where the run was stopped from outside, else an error."""
        if not self._open or not self.bus.sinks:
            return
        reason = cancel_reason(error)
        if reason is None:
            self._close(RunError(perf_counter_ns(), self.record, error, inputs))
        else:
            self._close(RunCancel(perf_counter_ns(), self.record, reason, inputs))

    def abandon(self, reason: str) -> None:
        """Close a run whose thread was shut out; what is left of it is silent."""
        self._close(RunCancel(perf_counter_ns(), self.record, reason))
        self.bus = SILENT

    def _emit_gated(self, gate: Gate, event: RunEvent) -> None:
        with gate.lock:
            self.bus.emit(event)  # to nobody, if the thread has been shut out meanwhile

    def _close(self, event: TerminalEvent) -> None:
        if self.gate is None:
            was_open, self._open = self._open, False
            if was_open:
                self.bus.emit(event)
            return
        with self.gate.lock:
            was_open, self._open = self._open, False
            if was_open:
                self.bus.emit(event)
            self.gate.leave(self)

    def __enter__(self) -> ActiveRun:
        self._before = CURRENT.get()
        CURRENT.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        CURRENT.set(self._before)
        if error is not None:
            self.fail(error)


class Unwatched:
    """Stands in for an ActiveRun where nobody watches: there is one, and it does nothing."""

    __slots__ = ()

    record = None
    streaming = False
    slots = None

    def child(self, position: str | None = None, segment: str | None = None, step: Any = None) -> None:
        return None

    def config(self) -> RunnableConfig:
        return cast("RunnableConfig", default_config())

    def chunk(self, value: Any) -> None: ...

    def teller(self) -> Callable[[Any], None]:
        return self.chunk

    def custom(self, name: str, data: Any) -> None: ...

    def end(self, output: Any) -> None: ...


UNWATCHED = Unwatched()


def cancel_reason(error: BaseException) -> str | None:
    """Why a run was stopped from outside; None for an error of its own."""
    if isinstance(error, GeneratorExit):
        return "the consumer stopped reading"
    asyncio = sys.modules.get("asyncio")  # where nobody has imported it, nothing was cancelled
    if asyncio is not None and isinstance(error, asyncio.CancelledError):
        reason = str(error.args[0]) if error.args and error.args[0] else "cancelled"
        return "; ".join([reason, *getattr(error, "__notes__", ())])
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return None


_new = object.__new__


def begin(
    step: Any,
    config: Any,
    inputs: Any = MISSING,
    *,
    root_inputs: Any = MISSING,
    asynchronous: bool = False,
) -> ActiveRun:
    """Open a run of `step` under `config`, a RunnableConfig, a Place or None, and the ambient config.

    `root_inputs` are told of a root that is given as a stream what is in truth a whole. `asynchronous` says that the
    caller waits for what the sinks leave for the event loop.
    """
    if config.__class__ is Place:
        around, position, segment = config
        bus, parent, tags = around.bus, around.record, around.tags
        metadata, slots, rest = around.metadata, around.slots, around.rest
        name, id = step.get_name(), None
    else:
        bus, parent, tags, metadata, slots, rest, position, segment, name, id = _opened(config)
        name = name or step.get_name()
        if not asynchronous and bus.sinks and parent is bus.outside:
            bus.hurry()
    if not position:
        own_tags = [*tags]
    elif tags:
        own_tags = [*united(united(tags, (position,)), rest.get("tags"))]
    else:
        own_tags = [position]
    own_metadata = {**metadata} if metadata else {}
    if step.describes_runs:
        own_tags = [*united((*own_tags,), step._run_tags())]
        own_metadata |= step._run_metadata()
    if parent is None:
        segment = ""
    run = _new(ActiveRun)  # a call of the class costs as much as all that it does
    run.bus = bus
    run.record = record = open_run(step.run_type, name, parent, segment, own_tags, own_metadata, step, id)
    run.tags = tags
    run.metadata = metadata
    run.slots = slots
    run.rest = rest
    run.position = run.segment = None
    run._open = True  # pyright: ignore[reportPrivateUsage]
    run._before = None  # pyright: ignore[reportPrivateUsage]
    run.gate = GATE.get() if bus.sinks else None
    if bus.direct is not None and run.gate is None:
        try:
            bus.direct.started(record, inputs)
        except BaseException as error:
            run.refuse(error)
    elif bus.sinks:
        if parent is None and inputs is MISSING:
            run.start(root_inputs, streamed=True)
        else:
            run.start(inputs)
    return run


def _opened(config: RunnableConfig | None) -> tuple[Any, ...]:
    """What a config given as a dict says to the run that it opens: its bus, the run around it, what it hands down
    (tags, metadata, slots, the rest), its position and segment, its name and id."""
    rest: Any
    if config.__class__ is dict and len(config) == 1 and CURRENT.get() is None:  # type: ignore[arg-type]
        handlers = config.get("callbacks")  # type: ignore[union-attr]
        if handlers and handlers.__class__ is list:  # what is passed most, by a shorter way
            rest = default_config()
            del rest["callbacks"]
            return as_bus(handlers), None, (), {}, None, rest, None, None, None, None
    rest = ensure_config(config)
    callbacks = rest.pop("callbacks")
    if isinstance(callbacks, Scope):
        scope, bus = callbacks, callbacks.bus
    else:
        scope, bus = NO_SCOPE, as_bus(callbacks) if callbacks else SILENT
    if limit := rest.get("max_concurrency"):
        scope = scope.limited(limit)
    for surrounding in SURROUNDINGS:
        if bus.sinks and (found := surrounding(scope)) is not None:
            scope, bus = found, found.bus.plus(bus.sinks)
    tags, metadata = scope.tags, scope.metadata
    if given := rest.get("tags"):
        tags = united(tags, given)
    if given := rest.get("metadata"):
        metadata = {**metadata, **given}
    name, id = rest.pop("run_name", None), rest.pop("run_id", None)
    rest.pop("executor", None)
    return bus, scope.record, tags, metadata, scope.slots, rest, scope.position, scope.segment, name, id


SURROUNDINGS: list[Callable[[Scope], Scope | None]] = []
"""What knows of runs of other frameworks: the scope of one that goes on here, inside of a scope of ours, or None."""


__all__ = ["SURROUNDINGS", "UNWATCHED", "ActiveRun", "Unwatched", "begin", "cancel_reason"]
