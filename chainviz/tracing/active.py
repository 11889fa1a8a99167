"""A run while it goes on: opens with a start event, closes with exactly one terminal event."""

from __future__ import annotations

from asyncio import CancelledError
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast

from chainviz.config import CURRENT, RunnableConfig, ensure_config, is_complete
from chainviz.tracing.bus import SILENT, Bus
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
    RunType,
    TerminalEvent,
)
from chainviz.tracing.gate import GATE, Gate
from chainviz.tracing.scope import Scope, as_scope

if TYPE_CHECKING:
    from types import TracebackType

    from chainviz.config import Slots


class ActiveRun:
    """What a step is given while somebody watches or a config was passed.

    As a context manager it makes its config the ambient one, so that whatever the step's own code calls becomes its
    child, and closes the run with an error or a cancel event if the block did not end it.
    """

    __slots__ = ("_before", "_gate", "_open", "_scope", "bus", "inside", "record")

    def __init__(self, record: Run, config: RunnableConfig, scope: Scope) -> None:
        self.record = record
        self.bus: Bus = scope.bus
        self._scope = scope
        self._open = True
        self._before: RunnableConfig | None = None
        self._gate: Gate | None = GATE.get() if scope.bus.sinks else None
        inside = cast("dict[str, Any]", config).copy()
        inside.pop("run_name", None)
        inside.pop("run_id", None)
        inside["callbacks"] = scope
        self.inside = cast("RunnableConfig", inside)
        """The config for what the step's own code calls."""

    @property
    def streaming(self) -> bool:
        """True where a sink wants tokens: a model then streams even when it is invoked."""
        return self.bus.streaming

    @property
    def slots(self) -> Slots | None:
        """How much may go on at once inside this run; None where nothing limits it."""
        return self._scope.slots

    def child(self, position: str | None = None, segment: str | None = None) -> RunnableConfig:
        """The config for a step inside: `position` is its tag, `segment` its place in the static graph."""
        config = self.inside.copy()
        if position is not None or segment is not None:
            config["callbacks"] = self._scope.at(position, segment)
        return config

    def start(self, inputs: Any) -> None:
        """Report the start. What a sink asks to be raised ends the run, too."""
        gate = self._gate
        try:
            if gate is None:
                self.bus.emit(RunStart(self.record.start, self.record, inputs))
                return
            with gate.lock:
                if not gate.enter(self):
                    self.bus = SILENT
                self.bus.emit(RunStart(self.record.start, self.record, inputs))
        except BaseException as error:
            self.fail(error)
            raise

    def chunk(self, value: Any) -> None:
        """Report a part of the output."""
        if self._open and self.bus.sinks:
            self._emit(RunChunk(perf_counter_ns(), self.record, value))

    def custom(self, name: str, data: Any) -> None:
        """Report an event of the step's own."""
        if self._open and self.bus.sinks:
            self._emit(CustomEvent(perf_counter_ns(), self.record, name, data))

    def end(self, output: Any, inputs: Any = MISSING) -> None:
        """Close the run with its output."""
        if self.bus.sinks:
            self._close(RunEnd(perf_counter_ns(), self.record, output, inputs))

    def fail(self, error: BaseException, inputs: Any = MISSING) -> None:
        """Close with what an exception means: a cancel where the run was stopped from outside, else an error."""
        if not self.bus.sinks:
            return
        reason = _cancel_reason(error)
        if reason is None:
            self._close(RunError(perf_counter_ns(), self.record, error, inputs))
        else:
            self._close(RunCancel(perf_counter_ns(), self.record, reason, inputs))

    def abandon(self, reason: str) -> None:
        """Close a run whose thread was shut out; what is left of it is silent."""
        self._close(RunCancel(perf_counter_ns(), self.record, reason))
        self.bus = SILENT

    def _emit(self, event: RunEvent) -> None:
        if self._gate is None:
            self.bus.emit(event)
        else:
            with self._gate.lock:
                self.bus.emit(event)  # to nobody, if the thread has been shut out meanwhile

    def _close(self, event: TerminalEvent) -> None:
        if self._gate is None:
            was_open, self._open = self._open, False
            if was_open:
                self.bus.emit(event)
            return
        with self._gate.lock:
            was_open, self._open = self._open, False
            if was_open:
                self.bus.emit(event)
        self._gate.leave(self)

    def __enter__(self) -> ActiveRun:
        self._before = CURRENT.get()
        CURRENT.set(self.inside)
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

    def child(self, position: str | None = None, segment: str | None = None) -> None:
        return None

    def chunk(self, value: Any) -> None: ...

    def custom(self, name: str, data: Any) -> None: ...


UNWATCHED = Unwatched()


def _cancel_reason(error: BaseException) -> str | None:
    if isinstance(error, GeneratorExit):
        return "the consumer stopped reading"
    if isinstance(error, CancelledError):
        return str(error.args[0]) if error.args and error.args[0] else "cancelled"
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return None


def begin(
    step: Any,
    type: RunType,
    name: str,
    config: RunnableConfig | None,
    inputs: Any = MISSING,
    tags: list[str] | None = None,
    metadata: dict[str, Any] | None = None,
    *,
    root_inputs: Any = MISSING,
) -> ActiveRun:
    """Open a run of `step` under `config` and the ambient config. `tags` and `metadata` are the step's own.

    `root_inputs` are told of a root that is given as a stream what is in truth a whole.
    """
    if config is None or not is_complete(config):
        config = ensure_config(config)
    scope = as_scope(config.get("callbacks")).limited(config.get("max_concurrency"))
    given_tags, given_metadata = config.get("tags"), config.get("metadata")
    inherited_tags = _united(scope.tags, given_tags)
    inherited_metadata = {**scope.metadata, **given_metadata} if given_metadata else scope.metadata
    own_tags = _united(scope.tags, (scope.position,)) if scope.position else scope.tags
    own_tags = _united(_united(own_tags, given_tags), tags)
    record = Run(
        type,
        config.get("run_name") or name,
        parent=scope.parent,
        segment=scope.segment if scope.parent else "",
        tags=list(own_tags),
        metadata={**inherited_metadata, **(metadata or {})},
        step=step,
        id=config.get("run_id"),
    )
    run = ActiveRun(record, config, Scope(scope.bus, record, inherited_tags, inherited_metadata, scope.slots))
    if scope.bus.sinks:
        run.start(root_inputs if inputs is MISSING and scope.parent is None else inputs)
    return run


def _united(first: tuple[str, ...], second: Any) -> tuple[str, ...]:
    """Both, without repeats; a tag of the second stands at its place there."""
    if not second:
        return first
    return (*(tag for tag in first if tag not in second), *dict.fromkeys(second))


__all__ = ["UNWATCHED", "ActiveRun", "Unwatched", "begin"]
