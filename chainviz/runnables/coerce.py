"""What may stand where a step is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from chainviz.errors import NotAStepError, shorten
from chainviz.runnables.base import Runnable
from chainviz.runnables.signature import is_async_generator_function, is_generator_function

ADOPTERS: list[Callable[[Any], Runnable[Any, Any] | None]] = []
"""What makes a step of another framework's objects, None of what it does not know."""


def adopted(thing: Any) -> Runnable[Any, Any] | None:
    """Another framework's object as a step; None for what none of them knows."""
    return next((step for adopt in ADOPTERS if (step := adopt(thing)) is not None), None)


def as_step(thing: Any, where: str = "") -> Runnable[Any, Any]:
    """A Runnable as it is, a dict of steps as a RunnableParallel, a function as a RunnableLambda or, where it is a
    generator function, a RunnableGenerator.

    `where` names the place in the chain. Raises NotAStepError for anything else.
    """
    if isinstance(thing, Runnable):
        return cast("Runnable[Any, Any]", thing)
    if (step := adopted(thing)) is not None:
        return step
    if isinstance(thing, Mapping):
        from chainviz.runnables.parallel import RunnableParallel

        return RunnableParallel(cast("Mapping[str, Any]", thing))
    if is_generator_function(thing) or is_async_generator_function(thing):
        from chainviz.runnables.generator import RunnableGenerator

        return RunnableGenerator(thing)
    if callable(thing):
        from chainviz.runnables.functions import RunnableLambda

        return RunnableLambda(thing)
    place = f"{where}: " if where else ""
    raise NotAStepError(f"{place}expected a Runnable, a function or a dict of these as a step, got {shorten(thing)}")


__all__ = ["ADOPTERS", "adopted", "as_step"]
