"""Streams that read one another: only the last is read from outside, all are closed together."""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any

from chainviz.runnables.streams import aclose, close

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator


class Pipeline:
    """A loop over it reads its last stage, with nothing in between; who reads it closes it in the end. Stages that
    were made are closed where the next one cannot be."""

    __slots__ = ("_stages", "last")

    def __init__(self, stages: Iterable[Iterator[Any]]) -> None:
        self._stages: list[Iterator[Any]] = []
        try:
            for stage in stages:
                self._stages.append(stage)
        except BaseException:
            self.close()
            raise
        self.last = self._stages[-1]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.last)

    def __next__(self) -> Any:
        return next(self.last)

    def close(self) -> None:
        """Close every stage, the last one first."""
        with ExitStack() as stages:
            for stage in self._stages:
                stages.callback(close, stage)


class APipeline:
    """`Pipeline` for asynchronous streams: none of these can have begun before the last one is read."""

    __slots__ = ("_stages", "last")

    def __init__(self, stages: Iterable[AsyncIterator[Any]]) -> None:
        self._stages = list(stages)
        self.last = self._stages[-1]

    def __aiter__(self) -> AsyncIterator[Any]:
        return aiter(self.last)

    def __anext__(self) -> Awaitable[Any]:
        return anext(self.last)

    async def aclose(self) -> None:
        """Close every stage, the last one first."""
        async with AsyncExitStack() as stages:
            for stage in self._stages:
                stages.push_async_callback(aclose, stage)


def flow(stages: Iterable[Iterator[Any]]) -> Iterator[Any]:
    """A pipeline that is made when it is first read and closes itself."""
    pipeline = Pipeline(stages)
    try:
        yield from pipeline.last
    finally:
        pipeline.close()


async def aflow(stages: Iterable[AsyncIterator[Any]], each: Callable[[Any], Any] | None = None) -> AsyncIterator[Any]:
    """`flow` for asynchronous streams, with `each` of its chunks made another."""
    pipeline = APipeline(stages)
    try:
        if each is None:
            async for chunk in pipeline.last:
                yield chunk
        else:
            async for chunk in pipeline.last:
                yield each(chunk)
    finally:
        await pipeline.aclose()


__all__ = ["APipeline", "Pipeline", "aflow", "flow"]
