"""Functions as steps."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from chainviz.addable import total_of
from chainviz.errors import NotAStepError, RecursionDepthError, shorten
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.step import Step
from chainviz.runnables.work import in_thread
from chainviz.tracing.events import MISSING
from chainviz.tracing.manager import RunManager

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableLambda(Step[Input, Output]):
    """A function as a step; `afunc` is what the async verbs call, a coroutine function given alone serves only these.

    The function may also take `config` and `run_manager`. A generator's chunks are streamed, and added up where one
    output is asked for; a Runnable that it returns is run on the same input.
    Raises NotAStepError where `func` is not callable.
    """

    _graph_kind = "lambda"

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
        self._extras = _extras(self.func)
        self._aextras = _extras(self.afunc)

    def __repr__(self) -> str:
        return f"RunnableLambda({self.name or '...'})"

    def _call(self, input: Any, run: ActiveRun | Unwatched, kwargs: dict[str, Any]) -> Any:
        if self.func is None:
            raise TypeError(f"{self.get_name()}: a coroutine function serves the async verbs only; use `ainvoke`")
        return self.func(input, **_given(self._extras, run), **kwargs)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        output = self._call(input, run, kwargs)
        if isinstance(output, Runnable):
            return cast("Runnable[Any, Any]", output).invoke(input, _deeper(self, run))
        if inspect.isgenerator(output):
            return _none(total_of(list(output)))
        return output

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if self.afunc is None:
            output: Any = await in_thread(self._called, input, run, kwargs)
        else:
            output = self.afunc(input, **_given(self._aextras, run), **kwargs)
            if inspect.isasyncgen(output):
                return _none(total_of([chunk async for chunk in output]))
            output = await output
        if isinstance(output, Runnable):
            return await cast("Runnable[Any, Any]", output).ainvoke(input, _deeper(self, run))
        return output

    def _called(self, input: Any, run: ActiveRun | Unwatched, kwargs: dict[str, Any]) -> Any:
        output = self._call(input, run, kwargs)
        return _none(total_of(list(output))) if inspect.isgenerator(output) else output

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        input = _none(total_of(list(chunks)))
        output = self._call(input, run, kwargs)
        if isinstance(output, Runnable):
            yield from cast("Runnable[Any, Any]", output).stream(input, _deeper(self, run))
        elif inspect.isgenerator(output):
            yield from output
        else:
            yield output

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        input = _none(total_of([chunk async for chunk in chunks]))
        if self.afunc is None:
            output: Any = await in_thread(self._called, input, run, kwargs)
        else:
            output = self.afunc(input, **_given(self._aextras, run), **kwargs)
            if inspect.isasyncgen(output):
                async for chunk in output:
                    yield chunk
                return
            output = await output
        if isinstance(output, Runnable):
            async for chunk in cast("Runnable[Any, Any]", output).astream(input, _deeper(self, run)):
                yield chunk
        else:
            yield output

    @property
    def InputType(self) -> Any:
        parameters = list(_signature(self.func or self.afunc).parameters.values())
        hint = _hints(self.func or self.afunc).get(parameters[0].name, Any) if parameters else Any
        return Any if hint is inspect.Parameter.empty else hint

    @property
    def OutputType(self) -> Any:
        hint = _hints(self.func or self.afunc).get("return", Any)
        if getattr(hint, "__origin__", None) in (Iterator, AsyncIterator):
            return get_args(hint)[0]
        return hint

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        from chainviz.runnables.schema import lambda_input_schema

        return lambda_input_schema(self)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        return []


class RunnableGenerator(Step[Input, Output]):
    """A generator function over the stream of input chunks as a step; `atransform` is what the async verbs call."""

    _graph_kind = "lambda"

    def __init__(
        self, transform: Callable[..., Any], atransform: Callable[..., Any] | None = None, *, name: str | None = None
    ) -> None:
        if inspect.isasyncgenfunction(transform):
            self.func, self.afunc = None, transform
        elif inspect.isgeneratorfunction(transform):
            self.func, self.afunc = transform, atransform
        else:
            raise NotAStepError(f"RunnableGenerator: expected a generator function, got {shorten(transform)}")
        self.name = name or transform.__name__
        self._extras = _extras(self.func)
        self._aextras = _extras(self.afunc)

    def __repr__(self) -> str:
        return f"RunnableGenerator({self.name})"

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        if self.func is None:
            raise TypeError(f"{self.get_name()}: an async generator serves the async verbs only; use `astream`")
        return self.func(chunks, **_given(self._extras, run), **kwargs)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        if self.afunc is not None:
            async for chunk in self.afunc(chunks, **_given(self._aextras, run), **kwargs):
                yield chunk
            return
        stream = self._transform(iter([chunk async for chunk in chunks]), run, **kwargs)
        end: Any = object()
        while (chunk := await in_thread(next, stream, end)) is not end:
            yield chunk

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        chunks: list[Any] = []
        for chunk in self._transform(iter((input,)), run, **kwargs):
            run.chunk(chunk)
            chunks.append(chunk)
        return _none(total_of(chunks))

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        async def one() -> AsyncIterator[Any]:
            yield input

        chunks: list[Any] = []
        async for chunk in self._atransform(one(), run, **kwargs):
            run.chunk(chunk)
            chunks.append(chunk)
        return _none(total_of(chunks))

    @property
    def InputType(self) -> Any:
        parameters = list(_signature(self.func or self.afunc).parameters.values())
        arguments = get_args(_hints(self.func or self.afunc).get(parameters[0].name, Any)) if parameters else ()
        return arguments[0] if arguments else Any

    @property
    def OutputType(self) -> Any:
        arguments = get_args(_hints(self.func or self.afunc).get("return", Any))
        return arguments[0] if arguments else Any


def chain(func: Callable[..., Any]) -> RunnableLambda[Any, Any]:
    """Decorator: the function as a step under its own name; what it calls inside becomes its children."""
    return RunnableLambda(func, name=func.__name__)


def _is_async(func: Any) -> bool:
    target = func.func if isinstance(func, partial) else func
    call = getattr(target, "__call__", None)  # noqa: B004
    return any(inspect.iscoroutinefunction(f) or inspect.isasyncgenfunction(f) for f in (target, call))


def _signature(func: Any) -> inspect.Signature:
    try:
        return inspect.signature(func)
    except (TypeError, ValueError):
        return inspect.Signature()


def _hints(func: Any) -> dict[str, Any]:
    target = func if inspect.isroutine(func) or isinstance(func, type) else getattr(func, "__call__", func)  # noqa: B004
    try:
        return get_type_hints(target)
    except Exception:
        return {}


def _extras(func: Any) -> tuple[str, ...]:
    return tuple(name for name in ("config", "run_manager") if func and name in _signature(func).parameters)


def _given(extras: tuple[str, ...], run: ActiveRun | Unwatched) -> dict[str, Any]:
    if not extras:
        return {}
    given: dict[str, Any] = {}
    if "config" in extras:
        given["config"] = run.child() or {}
    if "run_manager" in extras:
        given["run_manager"] = RunManager(run)
    return given


def _deeper(step: RunnableLambda[Any, Any], run: ActiveRun | Unwatched) -> RunnableConfig:
    config = run.child() or {}
    left = config.get("recursion_limit", 25) - 1
    if left <= 0:
        raise RecursionDepthError(f"{step.get_name()}: functions returned runnables past `recursion_limit`")
    return {**config, "recursion_limit": left}


def _none(total: Any) -> Any:
    return None if total is MISSING else total


__all__ = ["RunnableGenerator", "RunnableLambda", "chain"]
