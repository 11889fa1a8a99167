"""`batch` and `abatch`: one step on each of many inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.config import CURRENT
from chainviz.errors import InputTypeError, shorten
from chainviz.runnables.crew import amap_all, map_all
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
    if config is None and not kwargs and CURRENT.get() is None:
        return map_all(_settled(plain) if return_exceptions else plain, inputs, spares=True)

    def call(one: Call) -> Any:
        return one.step.invoke(one.input, one.config, **kwargs)

    with arranged(step, inputs, config) as (slots, calls):
        return map_all(_settled(call) if return_exceptions else call, calls, slots, spares=True)


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
    if config is None and not kwargs and CURRENT.get() is None:
        return await amap_all(_asettled(plain) if return_exceptions else plain, inputs)

    async def call(one: Call) -> Any:
        return await one.step.ainvoke(one.input, one.config, **kwargs)

    with arranged(step, inputs, config) as (slots, calls):
        return await amap_all(_asettled(call) if return_exceptions else call, calls, slots)


def check_inputs(step: Runnable[Any, Any], inputs: Any) -> None:
    """Raise InputTypeError where the inputs of a batch are no list."""
    if not hasattr(inputs, "__len__"):
        raise InputTypeError(f"{step.get_name()}: expected a list of inputs for a batch, got {shorten(inputs)}")


def _settled(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The call with what it raises as its result."""

    def settled(item: Any) -> Any:
        try:
            return call(item)
        except Exception as error:
            return error

    return settled


def _asettled(call: Callable[[Any], Coroutine[Any, Any, Any]]) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    async def settled(item: Any) -> Any:
        try:
            return await call(item)
        except Exception as error:
            return error

    return settled


__all__ = ["abatched", "batched", "check_inputs"]
