"""Which object runs: LangChain tells its handlers a run's name, but not whose run it is."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from types import CodeType
    from uuid import UUID

_FRAMES = 12
"""How far above a handler the verb of the step stands at most."""
_of_a_step: dict[int, tuple[bool, CodeType]] = {}
"""Whether a method is one of a Runnable, as far as it has been seen in a call: to look into a frame costs more. By the
id of its code, which is kept, as no other hash of it is quick."""


def running_thing() -> Any:
    """The Runnable whose verb has just told a handler of its start, or None. To be called by the handler's method.

    The verb is the nearest caller with a Runnable for its `self`: it calls a method of a callback manager, that another
    function, and that the handler. Or it awaits the task in which this is called, with those of other inputs.
    """
    thing = _runnable_above(sys._getframe(3))  # pyright: ignore[reportPrivateUsage]
    return _waiting_thing() if thing is None and "asyncio" in sys.modules else thing


def _runnable_above(frame: Any) -> Any:
    for _ in range(_FRAMES):
        if frame is None:
            return None
        code = frame.f_code
        seen = _of_a_step.get(id(code))
        if seen is None:
            of_a_step = code.co_varnames[:1] == ("self",) and _is_runnable(frame.f_locals["self"])
            seen = _of_a_step[id(code)] = of_a_step, code
        if seen[0]:
            return frame.f_locals["self"]
        frame = frame.f_back
    return None


def _waiting_thing() -> Any:
    """The Runnable whose coroutine has gathered the current task; where that cannot be seen, None."""
    import asyncio

    with suppress(RuntimeError, ValueError):  # no loop on this thread, a closure that is not complete yet
        for told, _ in getattr(asyncio.current_task(), "_callbacks", None) or ():
            for cell in getattr(told, "__closure__", None) or ():
                for wake, _ in getattr(cell.cell_contents, "_callbacks", None) or ():
                    waiting = getattr(wake, "__self__", None)
                    if isinstance(waiting, asyncio.Task):
                        return _innermost(cast("asyncio.Task[Any]", waiting).get_coro())
    return None


def _innermost(coroutine: Any) -> Any:
    """The Runnable of the innermost of the coroutines that wait for each other."""
    thing = None
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        found = None if frame is None else frame.f_locals.get("self")
        thing = found if _is_runnable(found) else thing
        coroutine = getattr(coroutine, "cr_await", None)
    return thing


def _is_runnable(value: Any) -> bool:
    # Loaded, as something of it runs.
    return isinstance(value, sys.modules["langchain_core.runnables.base"].Runnable)


def ambient_parent() -> UUID | None:
    """The id of the run in whose code this is called, as LangChain's own context has it; None outside of any."""
    config: Any = sys.modules["langchain_core.runnables.config"].var_child_runnable_config.get()
    return None if config is None else getattr(config.get("callbacks"), "parent_run_id", None)


__all__ = ["ambient_parent", "running_thing"]
