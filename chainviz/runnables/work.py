"""Threads for calls that block, and waiting for what was begun."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from chainviz.forks import after_fork
from chainviz.tracing.gate import GATE, Gate

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig

T = TypeVar("T")

THREADS = 64
"""How many threads a pool has at most."""

ABANDONED = "abandoned: its caller no longer waits"
STILL_RUNS = "a thread that still runs was abandoned"

_lock = threading.Lock()
_pools: list[ThreadPoolExecutor] = []
_here = threading.local()


def _begin_process() -> None:
    """In a forked process: wait for no thread that is not here. The one that is may have been of any depth."""
    global _lock
    _lock = threading.Lock()
    _pools.clear()
    _begin_thread(0)


after_fork(_begin_process)


def depth_here() -> int:
    """How deep this thread is: it waits only for threads that are deeper, so none starves."""
    return getattr(_here, "depth", 0)


def _pool(depth: int) -> ThreadPoolExecutor:
    """The pool for what a thread at this depth starts."""
    with _lock:
        if depth == len(_pools):
            _pools.append(ThreadPoolExecutor(THREADS, f"chainviz-{depth}", _begin_thread, (depth + 1,)))
        return _pools[depth]


def _begin_thread(depth: int) -> None:
    _here.depth = depth


def new_gate() -> Gate:
    """A gate for the runs of threads that are about to be started here: also where nobody watches yet, as what they
    call may bring its own listeners."""
    return Gate()


def submit(gate: Gate, function: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
    """Begin a call on a thread with a copy of this context, behind `gate`."""
    return submit_from(depth_here(), gate, function, *args, **kwargs)


def submit_from(depth: int, gate: Gate, function: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
    """`submit` for a thread at `depth`, which is the one that will wait for the call."""
    context = copy_context()
    context.run(GATE.set, gate)
    return _pool(depth).submit(context.run, function, *args, **kwargs)


def on_own_thread(gate: Gate, function: Callable[..., T], *args: Any) -> Future[T]:
    """`submit`, on a new thread that may never come back: no pool lacks it, and the process does not wait for it."""
    context = copy_context()
    context.run(GATE.set, gate)
    depth = depth_here()
    future: Future[T] = Future()

    def work() -> None:
        _here.depth = depth
        try:
            result = context.run(function, *args)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=work, name="chainviz-own", daemon=True).start()
    return future


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The result of a call that may block, made on a thread with a copy of this task's context.

    Raises what the call raises, a RuntimeError for StopIteration. A task that is cancelled does not wait for the
    thread: what it still does is thrown away, and the runs that are open in it end as cancelled.
    """
    gate = new_gate()
    thread = submit(gate, without_stop, function, *args, **kwargs)
    try:
        return await asyncio.wrap_future(thread)
    except asyncio.CancelledError as error:
        gate.close(ABANDONED)
        if thread.running():
            error.add_note(STILL_RUNS)  # for the runs around it: it is part of why they were cancelled
        raise


async def run_in_executor(
    executor_or_config: Executor | RunnableConfig | None, func: Callable[..., T], *args: Any, **kwargs: Any
) -> T:
    """The result of a call that may block, made by an executor, or on one of our threads where a config or None is
    given. Raises what the call raises, a RuntimeError for StopIteration, which no future can hold."""
    if executor_or_config is None or isinstance(executor_or_config, dict):
        return await in_thread(func, *args, **kwargs)
    call = partial(without_stop, func, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(executor_or_config, call)


def without_stop(func: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The result of a call. Raises what it raises, a RuntimeError for StopIteration: a future of asyncio refuses that,
    so that who waits would wait for ever."""
    try:
        return func(*args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("a function raised StopIteration") from error


__all__ = [
    "ABANDONED",
    "STILL_RUNS",
    "depth_here",
    "in_thread",
    "new_gate",
    "on_own_thread",
    "run_in_executor",
    "submit",
    "submit_from",
    "without_stop",
]
