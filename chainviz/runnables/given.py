"""What a user's function wants to be given besides its input, and what it is then given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.runnables.signature import parameter_names
from chainviz.tracing.manager import RunManager

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched


def wants(func: Any) -> tuple[str, ...]:
    """Which of `config` and `run_manager` are parameters of the function."""
    return tuple(name for name in ("config", "run_manager") if func and name in parameter_names(func))


def wanted(names: tuple[str, ...], run: ActiveRun | Unwatched) -> dict[str, Any]:
    """What it is given under these names in this run."""
    known = {"config": run.config, "run_manager": lambda: RunManager(run)}
    return {name: known[name]() for name in names}


__all__ = ["wanted", "wants"]
