"""Functions that are told when a step begins and ends."""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from chainviz.config import RunnableConfig, config_list, ensure_config, merge_configs
from chainviz.missing import MISSING
from chainviz.runnables.base import Input, Output
from chainviz.runnables.batched import check_inputs
from chainviz.runnables.binding import RunnableBinding, with_ambient
from chainviz.tracing.awaiting import await_now, running_loop
from chainviz.tracing.events import Run, RunCancel, RunEnd, RunError, RunEvent, RunStart
from chainviz.tracing.outputs import logged_output

if TYPE_CHECKING:
    from uuid import UUID

logger = logging.getLogger("chainviz")

Listener: TypeAlias = "Callable[[ListenedRun], Any] | Callable[[ListenedRun, RunnableConfig], Any]"
"""Takes a ListenedRun, and `config` if it names that; may be a coroutine function."""


class ListenedRun:
    """A run as its listeners see it: the root of what they listen to, with the runs inside it as `child_runs`.

    `inputs` and `outputs` are dicts, `error` a text with its traceback, the times are in UTC.
    """

    def __init__(self, event: RunStart, parent: ListenedRun | None, start_time: datetime) -> None:
        run = event.run
        self.id: UUID = run.id
        self.name = run.name
        self.run_type = run.type
        inputs = event.inputs_in_hand
        self.inputs: dict[str, Any] = _as_dict({"input": ""} if inputs is MISSING else inputs, "input")
        self.outputs: dict[str, Any] = {}
        self.error: str | None = None
        self.start_time = start_time
        self.end_time: datetime | None = None
        self.tags: list[str] = run.tags
        self.metadata: dict[str, Any] = run.metadata
        self.parent_run = parent
        self.parent_run_id = parent.id if parent else None
        self.trace_id: UUID = parent.trace_id if parent else self.id
        self.child_runs: list[ListenedRun] = []

    def end(self, event: RunEnd | RunError | RunCancel, end_time: datetime) -> None:
        """Note how the run ended."""
        self.end_time = end_time
        if event.inputs is not MISSING:
            self.inputs = _as_dict(event.inputs, "input")
        if isinstance(event, RunEnd):
            self.outputs = _as_dict(logged_output(event.run, event.output), "output")
        elif isinstance(event, RunError):
            self.error = repr(event.error) + "\n" + "".join(traceback.format_exception(event.error))
        else:
            self.error = repr(asyncio.CancelledError(event.reason))

    def __repr__(self) -> str:
        return f"<ListenedRun {self.run_type} {self.name!r}>"


def _as_dict(value: Any, key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {key: value}


class Listeners(NamedTuple):
    """What to call when a run starts, ends well, or fails or is cancelled."""

    on_start: Listener | None
    on_end: Listener | None
    on_error: Listener | None


class _Ears:
    """The sink of one call: tells the listeners of its first run, and keeps the runs inside that."""

    def __init__(self, listeners: Listeners, config: RunnableConfig) -> None:
        self._listeners = listeners
        self._config = config
        self._root: Run | None = None
        self._runs: dict[Run, ListenedRun] = {}
        self._anchor = time_ns() - perf_counter_ns()
        self._waiting: deque[Any] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._hurries = False

    def __repr__(self) -> str:
        return f"a listener to {self._root.name if self._root else 'a step'}"

    def __call__(self, event: RunEvent) -> None:
        run = event.run
        if isinstance(event, RunStart):
            parent = self._runs.get(run.parent) if run.parent else None
            seen = self._runs[run] = ListenedRun(event, parent, self._time(event.t))
            if parent is not None:
                parent.child_runs.append(seen)
            if self._root is None:
                self._root = run
                self._tell(self._listeners.on_start, seen)
        elif isinstance(event, RunEnd | RunError | RunCancel) and (seen := self._runs.pop(run, None)) is not None:
            seen.end(event, self._time(event.t))
            if run is self._root:
                told = self._listeners.on_end if isinstance(event, RunEnd) else self._listeners.on_error
                self._tell(told, seen)

    def _time(self, t: int) -> datetime:
        return datetime.fromtimestamp((self._anchor + t) / 1e9, UTC)

    def _tell(self, listener: Listener | None, run: ListenedRun) -> None:
        if listener is None:
            return
        tell: Callable[..., Any] = listener
        result = tell(run, config=self._config) if _wants_config(listener) else tell(run)
        if not inspect.isawaitable(result):
            return
        loop = None if self._hurries else running_loop()
        if loop is None:
            await_now(result)
            return
        self._waiting.append(result)
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            try:
                await self._waiting.popleft()
            except Exception as error:
                logger.warning("%r raised %s: %s; the run goes on", self, type(error).__name__, error)

    def hurry(self) -> None:
        """Wait for each listener as it is called: the call is a sync one."""
        self._hurries = True

    async def settle(self) -> None:
        """Wait until the listeners that are coroutines have run."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker


def _wants_config(listener: Listener) -> bool:
    try:
        return "config" in inspect.signature(listener).parameters
    except (TypeError, ValueError):
        return False


class RunnableWithListeners(RunnableBinding[Input, Output]):
    """A step whose calls the listeners are told of. Coroutines among them run one after another beside the step, and
    have ended when the call of it returns. Made by `with_listeners` and `with_alisteners`.
    """

    def __init__(self, bound: Any, listeners: tuple[Listeners, ...], **options: Any) -> None:
        super().__init__(bound, **options)
        self.listeners = listeners

    @classmethod
    def of(cls, step: Any, listeners: Listeners) -> RunnableWithListeners[Any, Any]:
        """The step with these listeners. A binding stays one: what is bound later takes the place of what it has."""
        is_binding = isinstance(step, RunnableBinding)
        binding = cast("RunnableBinding[Any, Any]", step if is_binding else RunnableBinding(step))
        earlier = binding.listeners if isinstance(binding, RunnableWithListeners) else ()
        return RunnableWithListeners(listeners=(listeners, *earlier), **binding._parts())

    @property
    def brings_handlers(self) -> bool:
        return True

    def _with(self, **changes: Any) -> RunnableWithListeners[Input, Output]:
        return RunnableWithListeners(listeners=self.listeners, **{**self._parts(), **changes})

    def _merged(self, config: RunnableConfig | None) -> RunnableConfig:
        merged = super()._merged(config) or RunnableConfig()
        seen = ensure_config(merged)
        return merge_configs(merged, with_ambient({"callbacks": [_Ears(one, seen) for one in self.listeners]}))

    def _merged_all(
        self, config: RunnableConfig | Sequence[RunnableConfig] | None, inputs: Sequence[Any]
    ) -> list[RunnableConfig]:
        check_inputs(self, inputs)
        return [self._merged(one) for one in config_list(config, len(inputs))]


__all__ = ["ListenedRun", "Listeners", "RunnableWithListeners"]
