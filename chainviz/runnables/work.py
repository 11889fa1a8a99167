"""Threads for calls that block, and waiting for what was begun."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from chainviz.config import CURRENT
from chainviz.tracing.gate import GATE, Gate

T = TypeVar("T")

THREADS = 64
"""How many threads a pool has at most."""

ABANDONED = "abandoned: its caller no longer waits"

_lock = threading.Lock()
_pools: list[ThreadPoolExecutor] = []
_here = threading.local()

if hasattr(os, "register_at_fork"):  # not where a process cannot fork
    os.register_at_fork(after_in_child=_pools.clear)


def _pool() -> ThreadPoolExecutor:
    """The pool for what this thread starts: a thread waits only for threads of a deeper pool, so none starves."""
    depth: int = getattr(_here, "depth", 0)
    with _lock:
        if depth == len(_pools):
            _pools.append(ThreadPoolExecutor(THREADS, f"chainviz-{depth}", _begin_thread, (depth + 1,)))
        return _pools[depth]


def _begin_thread(depth: int) -> None:
    _here.depth = depth


def new_gate() -> Gate | None:
    """A gate for the runs of threads that are about to be started here; None where nobody watches."""
    return None if CURRENT.get() is None else Gate()


def submit(gate: Gate | None, function: Callable[..., T], *args: Any, **kwargs: Any) -> Future[T]:
    """Begin a call on a thread with a copy of this context, behind `gate`."""
    context = copy_context()
    if gate is not None:
        context.run(GATE.set, gate)
    return _pool().submit(context.run, function, *args, **kwargs)


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The result of a call that may block, made on a thread with a copy of this task's context.

    Raises what the call raises. A task that is cancelled does not wait for the thread: what it still does is
    thrown away, and the runs that are open in it end as cancelled.
    """
    gate = new_gate()
    try:
        return await asyncio.wrap_future(submit(gate, function, *args, **kwargs))
    except asyncio.CancelledError:
        if gate is not None:
            gate.close(ABANDONED)
        raise


__all__ = ["ABANDONED", "in_thread", "new_gate", "submit"]
