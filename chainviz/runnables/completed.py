"""A batch whose outputs are given as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from chainviz.runnables.batched import check_inputs
from chainviz.runnables.limit import Call, arranged
from chainviz.runnables.merge import amerge, merge
from chainviz.runnables.streams import reading

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable


def completed(
    step: Runnable[Any, Any],
    inputs: Sequence[Any],
    config: RunnableConfig | Sequence[RunnableConfig] | None,
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> Iterator[tuple[int, Any]]:
    """Each input's index and output, as they come. Left early, it waits for the calls that go on; no other begins."""

    def one(call: Call) -> Iterator[Any]:
        try:
            yield call.step.invoke(call.input, call.config, **kwargs)
        except Exception as error:
            if not return_exceptions:
                raise
            yield error

    check_inputs(step, inputs)
    with arranged(step, inputs, config) as (slots, calls):
        streams = [one(call) for call in calls]
        yield from enumerate(streams[0]) if len(streams) == 1 else merge(streams, slots)


async def acompleted(
    step: Runnable[Any, Any],
    inputs: Sequence[Any],
    config: RunnableConfig | Sequence[RunnableConfig] | None,
    return_exceptions: bool,
    kwargs: dict[str, Any],
) -> AsyncIterator[tuple[int, Any]]:
    """`completed` without blocking the event loop. Left early, it cancels the calls that go on."""

    async def one(call: Call) -> AsyncIterator[Any]:
        try:
            yield await call.step.ainvoke(call.input, call.config, **kwargs)
        except Exception as error:
            if not return_exceptions:
                raise
            yield error

    check_inputs(step, inputs)
    with arranged(step, inputs, config) as (slots, calls):
        async with reading(amerge([one(call) for call in calls], slots)) as outputs:
            async for pair in outputs:
                yield pair


__all__ = ["acompleted", "completed"]
