"""What a user's function or method wants to be given."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)
def takes_run_manager(function: Callable[..., Any]) -> bool:
    """Whether it takes `run_manager`, by name or among any keywords."""
    parameters = inspect.signature(function).parameters
    return "run_manager" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


__all__ = ["takes_run_manager"]
