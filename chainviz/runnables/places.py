"""Where the items of a batch go on: `config["executor"]`.

The threads of a ThreadPoolExecutor make the calls themselves. Every other executor (of processes, a Dask client's) is
given pickled items, and brings back their outputs and run events; the item's own run is opened and closed here, so it
is seen from the start and ends even if its worker dies.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures import (
    CancelledError as FutureCancelled,
)
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from copy import copy
from itertools import count
from threading import Lock
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from chainviz.config import RunnableConfig, ensure_config
from chainviz.errors import ExecutorError
from chainviz.runnables.attempts import Attempts
from chainviz.runnables.base import Runnable
from chainviz.runnables.binding import RunnableBinding
from chainviz.runnables.remote import Item, Parcel, Return, around, dumps, events_of, returned, why, work
from chainviz.runnables.step import Step
from chainviz.runnables.work import in_thread
from chainviz.tracing.active import ActiveRun, Unwatched
from chainviz.tracing.gate import GATE, Gate
from chainviz.tracing.scope import Scope, as_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_INSIDE: ContextVar[tuple[Executor, ...]] = ContextVar("chainviz_executors", default=())
"""The executors on whose threads this code runs: waiting there for more of their threads could be for ever."""


_numbers = count(1)


class Site:
    """An executor for one batch. `workers` is how many items it runs at once, None where it does not say."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        said = getattr(executor, "workers", None) or getattr(executor, "_max_workers", None)
        self.workers: int | None = said if isinstance(said, int) else None

    def moved(self, step: Runnable[Any, Any], index: int) -> Runnable[Any, Any]:
        """The step that does the same for the item at `index`, over there."""
        raise NotImplementedError

    def close(self) -> None:
        """The batch is over."""


@contextmanager
def opened(executor: Executor) -> Generator[Site | None]:
    """The site for a batch while the block lasts; None where the batch has to go on right here."""
    if executor in _INSIDE.get():
        yield None
        return
    site = _Threads(executor) if isinstance(executor, ThreadPoolExecutor) else _Processes(executor)
    try:
        yield site
    finally:
        site.close()


# --- threads -----------------------------------------------------------------------------------------------------


class _Threads(Site):
    def moved(self, step: Runnable[Any, Any], index: int) -> Runnable[Any, Any]:
        return _OnThread(step, self.executor)


class _OnThread(Runnable[Any, Any]):
    """A step on a thread of the executor, with a copy of the caller's context."""

    def __init__(self, step: Runnable[Any, Any], executor: Executor) -> None:
        self._step = step
        self._executor = executor

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        gate = Gate()
        future = self._begin(gate, self._step.invoke, input, config, kwargs)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            gate.close("interrupted")
            raise

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

        async def call() -> Any:
            task = asyncio.current_task()
            assert task is not None
            begun.set_result((asyncio.get_running_loop(), task))
            return await self._step.ainvoke(input, config, **kwargs)

        future = self._begin(Gate(), lambda: asyncio.run(call()))
        waiting = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError as cancelled:
            if not future.cancel() and not future.done():
                loop, task = begun.result()
                loop.call_soon_threadsafe(task.cancel, *cancelled.args)
            await asyncio.wait([waiting])
            if not waiting.cancelled():
                waiting.exception()
            raise

    def _begin(self, gate: Gate, function: Any, *args: Any) -> Future[Any]:
        context = copy_context()
        context.run(GATE.set, gate)
        context.run(_INSIDE.set, (*_INSIDE.get(), self._executor))
        return self._executor.submit(context.run, _called, function, *args)


def _called(function: Any, *args: Any) -> Any:
    if not args:
        return function()
    input, config, kwargs = args
    return function(input, config, **kwargs)


# --- processes ---------------------------------------------------------------------------------------------------


class _Processes(Site):
    def __init__(self, executor: Executor) -> None:
        super().__init__(executor)
        self._current = executor
        self._lock = Lock()
        self._alone = Lock()
        self._flying: set[Future[bytes]] = set()
        self._pickled: dict[int, tuple[str, bytes]] = {}

    def moved(self, step: Runnable[Any, Any], index: int) -> Runnable[Any, Any]:
        return self._moved(step, f"item {index}")

    def _moved(self, step: Runnable[Any, Any], label: str) -> Runnable[Any, Any]:
        if isinstance(step, RunnableBinding):
            binding = copy(step)
            binding.bound = self._moved(binding.bound, label)
            return binding
        if isinstance(step, Attempts):
            return _Moved(step, *step.moved(lambda inner, number: self._moved(inner, f"{label}, attempt {number}")))
        errand = _Errand(self, step, label)
        if isinstance(step, Step) and step.opens_runs:
            return _Moved(step, errand.run, errand.arun)
        return _Elsewhere(errand)

    def pickled(self, step: Runnable[Any, Any]) -> tuple[str, bytes]:
        """A step as it is sent, made once, with the key by which workers know it."""
        with self._lock:
            if id(step) not in self._pickled:
                self._pickled[id(step)] = uuid4().hex, dumps(step)
            return self._pickled[id(step)]

    def submit(self, parcel: Parcel) -> Future[bytes]:
        """Begin an item. A pool of processes that broke when one of them died is replaced by one like it."""
        with self._lock:
            current = self._current
        try:
            return self._submitted(current, parcel)
        except BrokenExecutor:
            if type(current) is not ProcessPoolExecutor:
                raise
            return self._submitted(self._renewed(current), parcel)

    def _submitted(self, executor: Executor, parcel: Parcel) -> Future[bytes]:
        once = getattr(executor, "once", None)  # an executor that can send equal bytes once has this
        step: Any = parcel.step if once is None else once(parcel.key, parcel.step)
        future = executor.submit(work, parcel.key, step, parcel.item)
        self._flying.add(future)
        future.add_done_callback(self._flying.discard)
        return future

    def _renewed(self, broken: ProcessPoolExecutor) -> Executor:
        with self._lock:
            if self._current is broken:
                self._drop()
                self._current = _like(broken)
            return self._current

    def alone(self, parcel: Parcel) -> bytes:
        """Run an item whose worker died again, after all that was under way with it: a pool that breaks takes along
        what is in it, and a cluster what stands in line behind the culprit. Neither tells whose fault it was."""
        if type(self.executor) is not ProcessPoolExecutor:
            with self._alone:
                wait(list(self._flying))
                return self.submit(parcel).result()
        pool = _like(self.executor, 1)
        try:
            return self._submitted(pool, parcel).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._current is not self.executor:
            self._current.shutdown(wait=False, cancel_futures=True)


def _like(pool: ProcessPoolExecutor, workers: int | None = None) -> ProcessPoolExecutor:
    given: Any = pool
    return ProcessPoolExecutor(
        workers or given._max_workers,
        mp_context=given._mp_context,
        initializer=given._initializer,
        initargs=given._initargs,
        max_tasks_per_child=given._max_tasks_per_child,
    )


class _Errand:
    """One item that is sent away and waited for. Raises ExecutorError where that fails.

    `run` is the item's own run; a Runnable that opens none is sent under the scope around it.
    """

    def __init__(self, site: _Processes, step: Runnable[Any, Any], label: str) -> None:
        self.step = step
        self._site = site
        self._label = label

    def run(self, input: Any, run: Any, **kwargs: Any) -> Any:
        parcel = self._parcel(input, run, kwargs, asynchronous=False)
        sent = perf_counter_ns()
        future: Future[bytes] | None = None
        try:
            try:
                future = self._site.submit(parcel)
                data = future.result()
            except Exception as error:
                if not _died(error):
                    raise
                data = self._site.alone(parcel)
        except FutureCancelled:
            raise self._error("its executor cancelled it") from None
        except KeyboardInterrupt:
            if future is not None:
                future.cancel()
            raise
        except Exception as error:
            raise self._lost(error) from error
        return self._taken(data, run, sent)

    async def arun(self, input: Any, run: Any, **kwargs: Any) -> Any:
        parcel = self._parcel(input, run, kwargs, asynchronous=True)
        sent = perf_counter_ns()
        try:
            try:
                data = await asyncio.wrap_future(self._site.submit(parcel))
            except Exception as error:
                if not _died(error):
                    raise
                data = await in_thread(self._site.alone, parcel)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise self._error("its executor cancelled it") from None
        except Exception as error:
            raise self._lost(error) from error
        return self._taken(data, run, sent)

    def _parcel(self, input: Any, scope: Scope, kwargs: dict[str, Any], *, asynchronous: bool) -> Parcel:
        try:
            key, step = self._site.pickled(self.step)
        except Exception as error:
            raise self._error(
                f"the step does not pickle ({why(error)}); a function has to have a name in a module, unless the "
                "package cloudpickle is installed"
            ) from error
        rest, parent, segment = {**scope.rest}, scope.record, scope.segment
        if isinstance(scope, ActiveRun):
            record = scope.record
            rest["run_name"], rest["run_id"], parent, segment = record.name, record.id, record.parent, record.segment
        if scope.slots is not None:
            rest["max_concurrency"] = 1  # the item has one of the slots, which cannot be shared with another process
        where = around(scope, parent, segment)
        bus = scope.bus
        item = Item(next(_numbers), input, kwargs, rest, where, bool(bus.sinks), bus.streaming, asynchronous)
        try:
            return Parcel(key, step, dumps(item))
        except Exception as error:
            raise self._error(f"its input or its config does not pickle ({why(error)})") from error

    def _taken(self, data: bytes, scope: Scope, sent: int) -> Any:
        back: Return = returned(data)
        root = scope.record if isinstance(scope, ActiveRun) else None
        gate = GATE.get()
        for event in events_of(back, root, scope.record, sent):
            if gate is None:
                scope.bus.emit(event)
            else:
                with gate.lock:
                    if not gate.closed:
                        scope.bus.emit(event)
        if back.problem is not None:
            raise self._error(back.problem)
        if back.error is not None:
            raise back.error
        return back.output

    def _error(self, what: str) -> ExecutorError:
        return ExecutorError(f"{self.step.get_name()}, {self._label}: {what}")

    def _lost(self, error: Exception) -> ExecutorError:
        if _died(error):
            return self._error(f"its worker died ({why(error)})")
        return self._error(f"its executor failed ({why(error)})")


def _died(error: Exception) -> bool:
    """Whether an executor says by this that a worker died; KilledWorker is Dask's."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


class _Moved(Step[Any, Any]):
    """A step that does something else, in runs of its own."""

    def __init__(self, step: Step[Any, Any], invoke: Callable[..., Any], ainvoke: Callable[..., Any]) -> None:
        self._step = step
        self._do = invoke
        self._ado = ainvoke
        self.run_type = step.run_type  # pyright: ignore[reportAttributeAccessIssue]

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self._step.get_name(suffix, name=name)

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return self._step._run_input(input, **kwargs)

    def _run_tags(self) -> list[str]:
        return self._step._run_tags()

    def _run_metadata(self) -> dict[str, Any]:
        return self._step._run_metadata()

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self._do(input, self._owned(run), **kwargs)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return await self._ado(input, self._owned(run), **kwargs)

    def _owned(self, run: ActiveRun | Unwatched) -> ActiveRun | Unwatched:
        if run.record is not None:
            run.record.step = self._step
        return run


class _Elsewhere(Runnable[Any, Any]):
    """A Runnable that opens no run of its own, elsewhere."""

    def __init__(self, errand: _Errand) -> None:
        self._errand = errand

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self._errand.step.get_name(suffix, name=name)

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return self._errand.run(input, _scope_of(config), **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return await self._errand.arun(input, _scope_of(config), **kwargs)


def _scope_of(config: RunnableConfig | None) -> Scope:
    rest = cast("dict[str, Any]", ensure_config(config))
    rest.pop("executor", None)
    scope = as_scope(rest.pop("callbacks", None))
    return Scope(scope.bus, scope.record, scope.tags, scope.metadata, scope.slots, rest, scope.position, scope.segment)


__all__ = ["Site", "opened"]
