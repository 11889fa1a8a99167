"""One step on each item of a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from chainviz.errors import InputTypeError, shorten
from chainviz.runnables.base import Other, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.compared import Compared
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.merge import amerge, merge
from chainviz.runnables.step import Step
from chainviz.runnables.streams import reading

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.runnables.listeners import Listener
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableEach(Step[Sequence[Any], list[Other]], Compared):
    """Gives a list of the step's outputs for the items of a list, in their order. Made by `step.map()`.

    Its stream gives lists of one output each, as soon as that and those before it are there.
    """

    _graph_kind = "each"

    def __init__(self, bound: Any) -> None:
        self.bound: Runnable[Any, Other] = as_step(bound, "a map")
        open_for_handlers(self, [self.bound])

    def _default_name(self) -> str:
        return f"RunnableEach<{self.bound.get_name()}>"

    def __repr__(self) -> str:
        return f"RunnableEach(bound={self.bound!r})"

    @property
    def blocks(self) -> bool:
        return self.bound.blocks

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Any]:
        items = self._items(input)
        return self.bound.batch(items, self._configs(items, run), **kwargs)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Any]:
        items = self._items(input)
        return await self.bound.abatch(items, self._configs(items, run), **kwargs)

    def _items(self, input: Any) -> list[Any]:
        if not isinstance(input, Iterable):
            raise InputTypeError(f"{self.get_name()}: expected a list to map over, got {shorten(input)}")
        return list(cast("Iterable[Any]", input))

    def _configs(self, items: list[Any], run: ActiveRun | Unwatched) -> list[RunnableConfig] | None:
        config = run.child(None, "each")
        return None if config is None else [config] * len(items)

    def _stream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        if self.bound.batches:
            yield from ([output] for output in self._invoke(input, run, **kwargs))
            return

        def one(item: Any) -> Iterator[Any]:
            yield self.bound.invoke(item, run.child(None, "each", self.bound), **kwargs)

        ready = _InOrder()
        for number, output in merge([one(item) for item in self._items(input)], run.slots):
            yield from ready.add(number, output)

    async def _astream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        if self.bound.batches:
            for output in await self._ainvoke(input, run, **kwargs):
                yield [output]
            return

        async def one(item: Any) -> AsyncIterator[Any]:
            yield await self.bound.ainvoke(item, run.child(None, "each", self.bound), **kwargs)

        ready = _InOrder()
        async with reading(amerge([one(item) for item in self._items(input)], run.slots)) as outputs:
            async for number, output in outputs:
                for chunk in ready.add(number, output):
                    yield chunk

    def with_listeners(
        self, *, on_start: Listener | None = None, on_end: Listener | None = None, on_error: Listener | None = None
    ) -> RunnableEach[Other]:
        """The map whose step has the listeners: they are called for each item."""
        return RunnableEach(self.bound.with_listeners(on_start=on_start, on_end=on_end, on_error=on_error))

    @property
    def InputType(self) -> Any:
        return list[self.bound.InputType]

    @property
    def OutputType(self) -> Any:
        return list[self.bound.OutputType]

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import type_schema

        return type_schema(self.get_name("Input"), list[self.bound.get_input_schema(config)])

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import type_schema

        return type_schema(self.get_name("Output"), list[self.bound.get_output_schema(config)])

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("each", "each item", self.bound)]


class _InOrder:
    """Holds outputs back until those before them have come."""

    def __init__(self) -> None:
        self._waiting: dict[int, Any] = {}
        self._due = 0

    def add(self, number: int, output: Any) -> Iterator[list[Any]]:
        self._waiting[number] = output
        while self._due in self._waiting:
            yield [self._waiting.pop(self._due)]
            self._due += 1


__all__ = ["RunnableEach"]
