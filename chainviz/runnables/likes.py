"""The types of what may stand where a step is expected: for annotations only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from chainviz.runnables.base import Runnable

From = TypeVar("From")
To = TypeVar("To")

StepLike: TypeAlias = (
    Runnable[From, To]
    | Callable[[AsyncIterator[From]], AsyncIterator[To]]
    | Callable[[Iterator[From]], Iterator[To]]
    | Callable[[From], Awaitable[To]]
    | Callable[[From], To]
)
"""A step, or a function that becomes one."""

AnyStepLike: TypeAlias = (
    Runnable[From, Any]
    | Callable[[From], Any]
    | Callable[[Iterator[From]], Iterator[Any]]
    | Callable[[AsyncIterator[From]], AsyncIterator[Any]]
    | Mapping[str, Any]
)
"""What may stand under a key: a step, a function that becomes one, or a dict of these."""

Steps: TypeAlias = Mapping[str, AnyStepLike[From]]
"""A dict that becomes a RunnableParallel."""

__all__ = ["AnyStepLike", "StepLike", "Steps"]
