"""Steps side by side on the same input."""

from __future__ import annotations

import asyncio
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from chainviz.addable import AddableDict
from chainviz.runnables.base import Input, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.step import Step
from chainviz.runnables.tee import DONE, ATee, Tee
from chainviz.runnables.work import await_all, call_all, submit
from chainviz.tracing.events import escape_segment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableParallel(Step[Input, dict[str, Any]]):
    """Gives its input to every step and returns a dict of their outputs, under the steps' keys in their order.

    Steps that may block run at the same time. Raises NotAStepError where a value is no step.
    """

    _graph_kind = "parallel"

    def __init__(self, steps: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        self.name = None
        self.steps: dict[str, Runnable[Any, Any]] = {
            key: as_step(thing, f"key {key!r} of a parallel") for key, thing in {**(steps or {}), **more}.items()
        }

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return super().get_name(suffix, name=name or self.name or f"RunnableParallel<{','.join(self.steps)}>")

    def __repr__(self) -> str:
        return "{\n" + "".join(f"  {key}: {step!r},\n" for key, step in self.steps.items()) + "}"

    def _child(self, run: ActiveRun | Unwatched, key: str) -> RunnableConfig | None:
        return run.child(f"map:key:{key}", _segment(key))

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        inline = {key for key, step in self.steps.items() if getattr(step, "inline", False)}
        calls: dict[str, Callable[[], Any]] = {
            key: partial(step.invoke, input, self._child(run, key), **kwargs) for key, step in self.steps.items()
        }
        slow = [key for key in calls if key not in inline]
        limit = run.config.get("max_concurrency")
        results = dict(zip(slow, call_all([calls[key] for key in slow], limit), strict=True))
        return {key: calls[key]() if key in inline else results[key] for key in calls}

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        calls = [partial(step.ainvoke, input, self._child(run, key), **kwargs) for key, step in self.steps.items()]
        outputs = await await_all(calls, run.config.get("max_concurrency"))
        return dict(zip(self.steps, outputs, strict=True))

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        tee = Tee(chunks, len(self.steps))
        streams = {
            key: step.transform(tee.reader(index), self._child(run, key), **kwargs)
            for index, (key, step) in enumerate(self.steps.items())
        }
        slow = [key for key, step in self.steps.items() if not getattr(step, "inline", False)]
        alone = slow if len(slow) == 1 else []
        together = [] if alone else slow
        waiting: dict[Future[Any], str] = {}
        try:
            waiting = {submit(next, streams[key], DONE): key for key in together}
            for key in [*(key for key in streams if key not in slow), *alone]:
                for chunk in streams[key]:
                    yield AddableDict({key: chunk})
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    key = waiting.pop(future)
                    chunk = future.result()
                    if chunk is not DONE:
                        waiting[submit(next, streams[key], DONE)] = key
                        yield AddableDict({key: chunk})
        finally:
            wait(waiting)
            for stream in streams.values():
                cast("Any", stream).close()

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        tee = ATee(chunks, len(self.steps))
        streams = {
            key: step.atransform(tee.reader(index), self._child(run, key), **kwargs)
            for index, (key, step) in enumerate(self.steps.items())
        }
        waiting: dict[asyncio.Future[Any], str] = {}
        try:
            for key, stream in streams.items():
                waiting[asyncio.ensure_future(anext(stream, DONE))] = key
            while waiting:
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in [future for future in waiting if future in done]:
                    key = waiting.pop(future)
                    chunk = future.result()
                    if chunk is not DONE:
                        waiting[asyncio.ensure_future(anext(streams[key], DONE))] = key
                        yield AddableDict({key: chunk})
        finally:
            for future in waiting:
                future.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            for stream in streams.values():
                await cast("Any", stream).aclose()

    @property
    def InputType(self) -> Any:
        for step in self.steps.values():
            if step.InputType is not Any:
                return step.InputType
        return Any

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import parallel_input_schema

        return parallel_input_schema(self.get_name("Input"), list(self.steps.values()))

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import parallel_output_schema

        return parallel_output_schema(self.get_name("Output"), self.steps)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(_segment(key), key, step) for key, step in self.steps.items()]


RunnableMap = RunnableParallel


def _segment(key: str) -> str:
    return f"map:{escape_segment(key)}"


__all__ = ["RunnableMap", "RunnableParallel"]
