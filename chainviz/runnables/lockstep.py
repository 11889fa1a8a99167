"""A sequence on several inputs at once: each step answers all of them before the next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from chainviz.config import ambient
from chainviz.runnables.batched import asettled, settled
from chainviz.runnables.crew import amap_all, map_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chainviz.runnables.base import Runnable
    from chainviz.tracing.active import ActiveRun

Placed: TypeAlias = "tuple[Runnable[Any, Any], str, str]"
"""A step, its position and its segment."""
Item: TypeAlias = "tuple[Any, ActiveRun]"
"""What one of the inputs has become, and the run of the sequence on it."""


def in_lockstep(
    steps: Iterable[Placed],
    inputs: Sequence[Any],
    runs: Sequence[ActiveRun],
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> list[Any]:
    """What the steps make of the inputs. With `return_exceptions`, an input that fails takes no further step."""
    values, going = list(inputs), list(range(len(inputs)))
    for step in steps:
        outputs = _stage(step, [(values[index], runs[index]) for index in going], return_exceptions, kwargs)
        going = _note(outputs, values, going, return_exceptions)
        if not going:
            break
        kwargs = {}
    return values


async def ain_lockstep(
    steps: Iterable[Placed],
    inputs: Sequence[Any],
    runs: Sequence[ActiveRun],
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> list[Any]:
    """`in_lockstep` without blocking the event loop."""
    values, going = list(inputs), list(range(len(inputs)))
    for step in steps:
        outputs = await _astage(step, [(values[index], runs[index]) for index in going], return_exceptions, kwargs)
        going = _note(outputs, values, going, return_exceptions)
        if not going:
            break
        kwargs = {}
    return values


def _stage(placed: Placed, items: list[Item], return_exceptions: bool, kwargs: dict[str, Any]) -> list[Any]:
    step, position, segment = placed
    if step.batches:
        configs = [run.child(position, segment) for _, run in items]
        return step.batch([value for value, _ in items], configs, return_exceptions=return_exceptions, **kwargs)

    def call(item: Item) -> Any:
        value, run = item
        with ambient(run):
            return step.invoke(value, run.child(position, segment, step), **kwargs)

    return map_all(settled(call) if return_exceptions else call, items, items[0][1].slots, spares=True)


async def _astage(placed: Placed, items: list[Item], return_exceptions: bool, kwargs: dict[str, Any]) -> list[Any]:
    step, position, segment = placed
    if step.batches:
        configs = [run.child(position, segment) for _, run in items]
        return await step.abatch([value for value, _ in items], configs, return_exceptions=return_exceptions, **kwargs)

    async def call(item: Item) -> Any:
        value, run = item
        with ambient(run):
            return await step.ainvoke(value, run.child(position, segment, step), **kwargs)

    return await amap_all(asettled(call) if return_exceptions else call, items, items[0][1].slots)


def _note(outputs: Sequence[Any], values: list[Any], going: list[int], return_exceptions: bool) -> list[int]:
    """Put outputs in the places of the inputs, and say which of them go on."""
    for index, output in zip(going, outputs, strict=True):
        values[index] = output
    return [index for index in going if not (return_exceptions and isinstance(values[index], Exception))]


__all__ = ["ain_lockstep", "in_lockstep"]
