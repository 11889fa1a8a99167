"""`batch` and `abatch`: one step on each of many inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.config import CURRENT
from chainviz.errors import InputTypeError, shorten
from chainviz.runnables.crew import amap_all, map_all
from chainviz.runnables.joint import Joint, ajoined, joined
from chainviz.runnables.limit import Call, arranged

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable


def batched(
    step: Runnable[Any, Any],
    plain: Callable[[Any], Any],
    inputs: Sequence[Any],
    config: RunnableConfig | Sequence[RunnableConfig] | None,
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> list[Any]:
    """What `batch` does; `plain` is what it calls where nobody watches."""
    check_inputs(step, inputs)
    joint = step if isinstance(step, Joint) and step.joins else None
    if config is None and not kwargs and joint is None and CURRENT.get() is None:
        return map_all(settled(plain) if return_exceptions else plain, inputs, spares=True)

    def call(one: Call) -> Any:
        return one.step.invoke(one.input, one.config, **kwargs)

    with arranged(step, inputs, config) as (slots, calls):
        if joint is not None and _stay(step, calls):
            return joined(joint, calls, slots, return_exceptions, kwargs)
        return map_all(settled(call) if return_exceptions else call, calls, slots, spares=True)


async def abatched(
    step: Runnable[Any, Any],
    plain: Callable[[Any], Coroutine[Any, Any, Any]],
    inputs: Sequence[Any],
    config: RunnableConfig | Sequence[RunnableConfig] | None,
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> list[Any]:
    """What `abatch` does; `plain` is what it calls where nobody watches."""
    check_inputs(step, inputs)
    joint = step if isinstance(step, Joint) and step.joins else None
    if config is None and not kwargs and joint is None and CURRENT.get() is None:
        return await amap_all(asettled(plain) if return_exceptions else plain, inputs)

    async def call(one: Call) -> Any:
        return await one.step.ainvoke(one.input, one.config, **kwargs)

    with arranged(step, inputs, config) as (slots, calls):
        if joint is not None and _stay(step, calls):
            return await ajoined(joint, calls, slots, return_exceptions, kwargs)
        return await amap_all(asettled(call) if return_exceptions else call, calls, slots)


def check_inputs(step: Runnable[Any, Any], inputs: Any) -> None:
    """Raise InputTypeError where the inputs of a batch are no list."""
    if not hasattr(inputs, "__len__"):
        raise InputTypeError(f"{step.get_name()}: expected a list of inputs for a batch, got {shorten(inputs)}")


def _stay(step: Runnable[Any, Any], calls: list[Call]) -> bool:
    """Whether the calls go on here, and not on an executor, where each has a place of its own."""
    return all(call.step is step for call in calls)


def settled(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The call with what it raises as its result."""

    def attempt(item: Any) -> Any:
        try:
            return call(item)
        except Exception as error:
            return error

    return attempt


def asettled(call: Callable[[Any], Coroutine[Any, Any, Any]]) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    async def attempt(item: Any) -> Any:
        try:
            return await call(item)
        except Exception as error:
            return error

    return attempt


__all__ = ["abatched", "asettled", "batched", "check_inputs", "settled"]
