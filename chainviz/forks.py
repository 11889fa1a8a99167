"""What is to be done in a process that was forked from this one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def after_fork(callback: Callable[[], object]) -> None:
    """Have it called first in each child; does nothing where a process cannot fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=callback)


__all__ = ["after_fork"]
