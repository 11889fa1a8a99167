"""Streams that read one another: only the last is read from outside, all are closed together."""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any

from chainviz.runnables.streams import aclose, close

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator


class Pipeline:
    """A loop over it reads its last stage, with nothing in between; who reads it closes it in the end."""

    __slots__ = ("_stages", "last")

    def __init__(self, stages: list[Iterator[Any]]) -> None:
        self._stages = stages
        self.last = stages[-1]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.last)

    def __next__(self) -> Any:
        return next(self.last)

    def chunks(self) -> Iterator[Any]:
        """The same as a stream that closes itself."""
        try:
            yield from self.last
        finally:
            self.close()

    def close(self) -> None:
        """Close every stage, the last one first."""
        with ExitStack() as stages:
            for stage in self._stages:
                stages.callback(close, stage)


class APipeline:
    """`Pipeline` for asynchronous streams."""

    __slots__ = ("_stages", "last")

    def __init__(self, stages: list[AsyncIterator[Any]]) -> None:
        self._stages = stages
        self.last = stages[-1]

    def __aiter__(self) -> AsyncIterator[Any]:
        return aiter(self.last)

    def __anext__(self) -> Awaitable[Any]:
        return anext(self.last)

    async def chunks(self, each: Callable[[Any], Any] | None = None) -> AsyncIterator[Any]:
        """The same as a stream that closes itself, with `each` of its chunks made another."""
        try:
            if each is None:
                async for chunk in self.last:
                    yield chunk
            else:
                async for chunk in self.last:
                    yield each(chunk)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Close every stage, the last one first."""
        async with AsyncExitStack() as stages:
            for stage in self._stages:
                stages.push_async_callback(aclose, stage)


__all__ = ["APipeline", "Pipeline"]
