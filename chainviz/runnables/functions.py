"""A function as a step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Concatenate, Self, cast, get_args, overload

from chainviz.config import DEFAULT_RECURSION_LIMIT
from chainviz.errors import NotAStepError, RecursionDepthError, SyncOnlyError, shorten
from chainviz.runnables.base import RUNNABLE, Input, Output, PlainPart, Runnable
from chainviz.runnables.compared import same_function
from chainviz.runnables.given import wanted, wants
from chainviz.runnables.one_sided import SYNC_VERBS, AsyncOnly, SyncOnly, async_only, brings
from chainviz.runnables.signature import (
    hints,
    is_async_generator_function,
    is_coroutine_function,
    is_generator_function,
    signature,
)
from chainviz.runnables.source import lambda_of
from chainviz.runnables.step import Step
from chainviz.runnables.streams import reading, whole
from chainviz.runnables.variant import varied
from chainviz.tracing.active import UNWATCHED, begin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.runnables.likes import From, To
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableLambda(Step[Input, Output]):
    """A function as a step; `afunc` is what the async verbs call, a coroutine function given alone serves only these.

    The function may also take `config` and `run_manager`. A generator's chunks are streamed, and added up where one
    output is asked for; a Runnable that it returns is run on the same input.
    Raises NotAStepError where `func` is not callable.
    """

    _graph_kind = "lambda"

    @overload
    def __init__(
        self: RunnableLambda[From, To],
        func: Callable[Concatenate[From, ...], Runnable[From, To]],
        afunc: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableLambda[From, To],
        func: Callable[Concatenate[From, ...], AsyncIterator[To]],
        afunc: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableLambda[From, To],
        func: Callable[Concatenate[From, ...], Iterator[To]],
        afunc: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableLambda[From, To],
        func: Callable[Concatenate[From, ...], Awaitable[To]],
        afunc: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableLambda[From, To],
        func: Callable[Concatenate[From, ...], To],
        afunc: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None: ...

    def __init__(
        self, func: Callable[..., Any], afunc: Callable[..., Any] | None = None, name: str | None = None
    ) -> None:
        if not callable(func):
            raise NotAStepError(f"RunnableLambda: expected a function, got {shorten(func)}")
        if afunc is None and _is_async(func):
            self.func, self.afunc = None, func
        else:
            self.func, self.afunc = func, afunc
        given = getattr(func, "__name__", None)
        self.name = name or (given if given != "<lambda>" else None)
        self._wants = wants(self.func)
        self._awants = wants(self.afunc)
        self._generates = is_generator_function(self.func)
        self._agenerates = is_async_generator_function(self.afunc)
        self._is_plain = self.func is not None and not self._wants and not self._generates
        if self.func is None and not brings(type(self), _LAMBDA, SYNC_VERBS):
            self.__class__ = varied(AsyncOnly, type(self))

    def __repr__(self) -> str:
        function = self.func or self.afunc
        shown = getattr(function, "__name__", "<lambda>")
        if shown == "<lambda>":
            getter = isinstance(function, itemgetter)
            shown = repr(cast("Any", function)).removeprefix("operator.") if getter else lambda_of(self) or "..."
        return f"RunnableLambda({shown})" if self.func else f"RunnableLambda(afunc={shown})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunnableLambda) and same_function(self, cast("Any", other))

    __hash__ = None  # type: ignore[assignment]

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return super().get_name(suffix, name=name) if suffix or name else self.name or type(self).__name__

    def _invoke_plain(self, input: Any) -> Any:
        if not self._is_plain:
            return self._invoke(input, UNWATCHED)
        output = self.func(input)  # type: ignore[misc]
        return self._run_plain(output, input) if isinstance(output, RUNNABLE) else output

    def _plain_call(self) -> Callable[[Any], Any]:
        func = self.func
        if func is None or not self._is_plain:
            return self._invoke_plain

        def call(input: Any) -> Any:
            output = func(input)
            return self._run_plain(output, input) if isinstance(output, RUNNABLE) else output

        return call

    def _plain_part(self) -> PlainPart:
        mine: Any = type(self)
        if self._is_plain and mine._plain_call is _LAMBDA._plain_call:
            return cast("Any", self.func), self._run_plain
        return super()._plain_part()

    def _aplain_call(self) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        afunc = self.afunc
        if afunc is None or self._awants or self._agenerates:
            return self._ainvoke_plain

        async def call(input: Any) -> Any:
            output = await afunc(input)
            return (
                await output.ainvoke(input, self._deeper(UNWATCHED, output)) if isinstance(output, RUNNABLE) else output
            )

        return call

    def _call(self, input: Any, run: ActiveRun | Unwatched, kwargs: dict[str, Any]) -> Any:
        if self.func is None:
            raise async_only(self)
        if self._wants:
            kwargs = {**wanted(self._wants, run), **kwargs}
        output = self.func(input, **kwargs)
        return whole(list(output)) if self._generates else output

    async def _acall(self, input: Any, run: ActiveRun | Unwatched, kwargs: dict[str, Any]) -> Any:
        if self.afunc is None:
            from chainviz.runnables.work import in_thread

            return await in_thread(self._call, input, run, kwargs)
        if self._awants:
            kwargs = {**wanted(self._awants, run), **kwargs}
        output = self.afunc(input, **kwargs)
        return whole([chunk async for chunk in output]) if self._agenerates else await output

    def _run(self, step: Runnable[Any, Any], input: Any, run: ActiveRun | Unwatched) -> Any:
        return step.invoke(input, self._deeper(run, step))

    def _run_plain(self, step: Runnable[Any, Any], input: Any) -> Any:
        return self._run(step, input, UNWATCHED)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if kwargs or not self._is_plain:
            output = self._call(input, run, kwargs)
        else:
            output = self.func(input)  # type: ignore[misc]
        return self._run(output, input, run) if isinstance(output, RUNNABLE) else output

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        output = await self._acall(input, run, kwargs)
        return await output.ainvoke(input, self._deeper(run, output)) if isinstance(output, RUNNABLE) else output

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        input = whole(list(chunks))
        if self._generates:
            yield from cast("Any", self.func)(input, **wanted(self._wants, run), **kwargs)
            return
        output = self._call(input, run, kwargs)
        if isinstance(output, RUNNABLE):
            yield from output.stream(input, self._deeper(run, output))
        else:
            yield output

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        input = whole([chunk async for chunk in chunks])
        if self._agenerates:
            output = cast("Any", self.afunc)(input, **wanted(self._awants, run), **kwargs)
        elif self.afunc is None and self._generates:
            raise SyncOnlyError(
                f"{self.get_name()}: a generator function streams for the sync verbs only; use `ainvoke` or `stream`, "
                "or an async generator function"
            )
        else:
            output = await self._acall(input, run, kwargs)
            if not isinstance(output, RUNNABLE):
                yield output
                return
            output = output.astream(input, self._deeper(run, output))
        async with reading(output) as stream:
            async for chunk in stream:
                yield chunk

    def _deeper(self, run: ActiveRun | Unwatched, step: Runnable[Any, Any]) -> RunnableConfig:
        """The config for a runnable that the function returned. Where nobody watches, its handlers hear of a run around
        it all the same."""
        config = (begin(self, {}) if run.record is None and step.brings_handlers else run).config()
        left = config.get("recursion_limit", DEFAULT_RECURSION_LIMIT) - 1
        if left <= 0:
            raise RecursionDepthError(f"{self.get_name()}: functions returned runnables past `recursion_limit`")
        return {**config, "recursion_limit": left}

    @property
    def InputType(self) -> Any:
        parameters = list(signature(self.func or self.afunc).parameters.values())
        hint = hints(self.func or self.afunc).get(parameters[0].name, Any) if parameters else Any
        return hint

    @property
    def OutputType(self) -> Any:
        function = self.func or self.afunc
        hint = hints(function).get("return", Any)
        if hint is Self:
            owner = getattr(function, "__self__", Any)
            return owner if isinstance(owner, type) else type(owner)
        if getattr(hint, "__origin__", None) in (Iterator, AsyncIterator):
            return get_args(hint)[0]
        return hint

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import lambda_input_schema

        return lambda_input_schema(self)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        return []


_LAMBDA: Any = RunnableLambda


def streams_sync_only(step: Any) -> bool:
    """Whether this is or has a step of a generator function that serves no async stream."""
    if isinstance(step, RunnableLambda):
        return is_generator_function(step.func) and step.afunc is None
    inside = step._graph_children() if isinstance(step, RUNNABLE) else ()
    return isinstance(step, SyncOnly) or any(streams_sync_only(child) for _, _, child in inside)


@overload
def chain(func: Callable[Concatenate[From, ...], Runnable[From, To]]) -> RunnableLambda[From, To]: ...


@overload
def chain(func: Callable[Concatenate[From, ...], AsyncIterator[To]]) -> RunnableLambda[From, To]: ...


@overload
def chain(func: Callable[Concatenate[From, ...], Iterator[To]]) -> RunnableLambda[From, To]: ...


@overload
def chain(func: Callable[Concatenate[From, ...], Awaitable[To]]) -> RunnableLambda[From, To]: ...


@overload
def chain(func: Callable[Concatenate[From, ...], To]) -> RunnableLambda[From, To]: ...


def chain(func: Callable[..., Any]) -> RunnableLambda[Any, Any]:
    """Decorator: the function as a step under its own name; what it calls inside becomes its children."""
    return RunnableLambda(func, name=getattr(func, "__name__", None))


def _is_async(func: Any) -> bool:
    target = func.func if isinstance(func, partial) else func
    call = getattr(target, "__call__", None)  # noqa: B004
    return any(is_coroutine_function(f) or is_async_generator_function(f) for f in (target, call))


__all__ = ["RunnableLambda", "chain", "streams_sync_only"]
