"""Which object runs: LangChain tells its handlers a run's name, but not whose run it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

_FRAMES = 12
"""How far above a handler the verb of the step stands at most."""


def running_step() -> Any:
    """The Runnable whose verb has just told a handler of its start, or None. To be called by the handler itself.

    The verb is the nearest caller with a Runnable for its `self`.
    """
    runnable: Any = _theirs("langchain_core.runnables.base").Runnable
    frame: Any = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        if code.co_argcount and code.co_varnames[0] == "self":
            owner = frame.f_locals.get("self")
            if isinstance(owner, runnable):
                return owner
        frame = frame.f_back
    return None


def ambient_parent() -> UUID | None:
    """The id of the run in whose code this is called, as LangChain's own context has it; None outside of any."""
    config: dict[str, Any] | None = _theirs("langchain_core.runnables.config").var_child_runnable_config.get()
    return None if config is None else getattr(config.get("callbacks"), "parent_run_id", None)


def _theirs(module: str) -> Any:
    """A module of LangChain's, which is loaded where something of it runs."""
    return sys.modules[module]


__all__ = ["ambient_parent", "running_step"]
