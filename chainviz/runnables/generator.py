"""A generator function over a stream of chunks as a step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, cast, get_args, overload

from chainviz.errors import NotAStepError, shorten
from chainviz.runnables.base import Input, Output
from chainviz.runnables.compared import same_function
from chainviz.runnables.given import wanted, wants
from chainviz.runnables.one_sided import (
    ASYNC_VERBS,
    SYNC_VERBS,
    AsyncStreamOnly,
    SyncOnly,
    async_only,
    brings,
)
from chainviz.runnables.signature import hints, is_async_generator_function, is_generator_function, signature
from chainviz.runnables.step import Step, opening
from chainviz.runnables.streams import One, reading, whole
from chainviz.runnables.variant import varied

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.runnables.likes import From, To
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableGenerator(Step[Input, Output]):
    """A generator function over the stream of input chunks as a step; `atransform` is what the async verbs call."""

    _graph_kind = "lambda"
    defers_inputs: ClassVar[bool] = True

    @overload
    def __init__(
        self: RunnableGenerator[From, To],
        transform: Callable[Concatenate[AsyncIterator[From], ...], AsyncIterator[To]],
        atransform: None = None,
        *,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableGenerator[From, To],
        transform: Callable[Concatenate[Iterator[From], ...], Iterator[To]],
        atransform: Callable[Concatenate[AsyncIterator[From], ...], AsyncIterator[To]] | None = None,
        *,
        name: str | None = None,
    ) -> None: ...

    def __init__(
        self, transform: Callable[..., Any], atransform: Callable[..., Any] | None = None, *, name: str | None = None
    ) -> None:
        if is_async_generator_function(transform):
            self.func, self.afunc = None, transform
        elif is_generator_function(transform):
            self.func, self.afunc = transform, atransform
        else:
            raise NotAStepError(f"RunnableGenerator: expected a generator function, got {shorten(transform)}")
        self.name = name or transform.__name__
        self._wants = wants(self.func)
        self._awants = wants(self.afunc)
        if self.afunc is None and not brings(type(self), RunnableGenerator, ASYNC_VERBS):
            self.__class__ = varied(SyncOnly, type(self))
        elif self.func is None and not brings(type(self), RunnableGenerator, SYNC_VERBS):
            self.__class__ = varied(AsyncStreamOnly, type(self))

    def __repr__(self) -> str:
        return f"RunnableGenerator({self.name})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunnableGenerator) and same_function(self, cast("Any", other))

    __hash__ = None  # type: ignore[assignment]

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        if self.func is None:
            raise async_only(self)
        return self.func(chunks, **wanted(self._wants, run), **kwargs)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        output = cast("Any", self.afunc)(chunks, **wanted(self._awants, run), **kwargs)
        async with reading(output) as stream:
            async for chunk in stream:
                yield chunk

    @opening
    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        return whole(list(self.stream(input, config, **kwargs)))

    @opening
    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        async with reading(self.astream(input, config, **kwargs)) as stream:
            return whole([chunk async for chunk in stream])

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return whole(list(self._transform(iter((input,)), run, **kwargs)))

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        async with reading(self._atransform(One(input), run, **kwargs)) as stream:
            return whole([chunk async for chunk in stream])

    @property
    def InputType(self) -> Any:
        parameters = list(signature(self.func or self.afunc).parameters.values())
        arguments = get_args(hints(self.func or self.afunc).get(parameters[0].name, Any)) if parameters else ()
        return arguments[0] if arguments else Any

    @property
    def OutputType(self) -> Any:
        arguments = get_args(hints(self.func or self.afunc).get("return", Any))
        return arguments[0] if arguments else Any


__all__ = ["RunnableGenerator"]
