"""Steps that pass their input on: whole, with keys added, or some keys of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast, overload

from chainviz.addable import AddableDict, total_of
from chainviz.errors import InvalidInputError, shorten
from chainviz.runnables.base import Other, Runnable
from chainviz.runnables.compared import Compared
from chainviz.runnables.given import wanted, wants
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.parallel import RunnableParallel
from chainviz.runnables.signature import is_coroutine_function
from chainviz.runnables.step import Step
from chainviz.runnables.streams import close, reading
from chainviz.runnables.tee import ATee, Tee
from chainviz.runnables.work import in_thread
from chainviz.tracing.active import UNWATCHED

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnablePassthrough(Step[Other, Other], Compared):
    """Gives out what it gets. `func`, or `afunc` for the async verbs, is called with the whole input on the way (and
    with the `config` where it takes one)."""

    _graph_kind = "passthrough"

    @overload
    def __init__(
        self: RunnablePassthrough[Any],
        func: None = None,
        afunc: None = None,
        *,
        input_type: None = None,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        func: Callable[[Other], Any] | None = None,
        afunc: Callable[[Other], Awaitable[Any]] | None = None,
        *,
        input_type: type[Other] | None = None,
        name: str | None = None,
    ) -> None: ...

    def __init__(
        self,
        func: Callable[..., Any] | None = None,
        afunc: Callable[..., Any] | None = None,
        *,
        input_type: Any = None,
        name: str | None = None,
    ) -> None:
        if func is not None and is_coroutine_function(func):
            func, afunc = None, func
        self.func = func
        self.afunc = afunc
        self.input_type = input_type
        self.name = name

    @classmethod
    def assign(cls, **steps: Any) -> RunnableAssign:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A step that adds keys to its input dict, each made from that dict by a step."""
        return RunnableAssign(RunnableParallel(steps))

    def __repr__(self) -> str:
        return "RunnablePassthrough()"

    @property
    def blocks(self) -> bool:
        return self.func is not None

    def _invoke_plain(self, input: Any) -> Any:
        return input if self.func is None else self._invoke(input, UNWATCHED)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if self.func is not None:
            self.func(input, **wanted(wants(self.func), run), **kwargs)
        return input

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if self.afunc is not None:
            await self.afunc(input, **wanted(wants(self.afunc), run), **kwargs)
        elif self.func is not None:
            await in_thread(self._invoke, input, run, **kwargs)
        return input

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        if self.func is None:
            yield from chunks
            return
        seen: list[Any] = []
        for chunk in chunks:
            seen.append(chunk)
            yield chunk
        if seen:
            self._invoke(total_of(seen), run, **kwargs)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        if self.func is None and self.afunc is None:
            async for chunk in chunks:
                yield chunk
            return
        seen: list[Any] = []
        async for chunk in chunks:
            seen.append(chunk)
            yield chunk
        if seen:
            await self._ainvoke(total_of(seen), run, **kwargs)

    @property
    def InputType(self) -> Any:
        return self.input_type or Any

    @property
    def OutputType(self) -> Any:
        return self.input_type or Any


class RunnableAssign(Step[dict[str, Any], dict[str, Any]], Compared):
    """Its input dict with the outputs of `mapper` added; the input's own keys stream on before these are ready."""

    _graph_kind = "assign"

    def __init__(self, mapper: RunnableParallel[dict[str, Any]], *, name: str | None = None) -> None:
        self.mapper = mapper
        self.name = name
        open_for_handlers(self, [mapper])

    def _default_name(self) -> str:
        return f"RunnableAssign<{','.join(self.mapper.steps)}>"

    def __repr__(self) -> str:
        return f"RunnableAssign(mapper={self.mapper!r})"

    @property
    def blocks(self) -> bool:
        return any(step.blocks for step in self.mapper.steps.values())

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        config = run.child(None, "assign", self.mapper)
        return {**self._dict(input), **self.mapper.invoke(input, config, **kwargs)}

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> dict[str, Any]:
        return {
            **self._dict(input),
            **await self.mapper.ainvoke(input, run.child(None, "assign", self.mapper), **kwargs),
        }

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        tee = Tee(chunks, 2)
        mapped = self.mapper.transform(tee.reader(1), run.child(None, "assign", self.mapper), **kwargs)
        try:
            for chunk in tee.reader(0):
                kept = self._kept(chunk)
                if kept:
                    yield AddableDict(kept)
            yield from mapped
        finally:
            close(mapped)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        tee = ATee(chunks, 2)
        mapped = self.mapper.atransform(tee.reader(1), run.child(None, "assign", self.mapper), **kwargs)
        async with reading(mapped) as added:
            async for chunk in tee.reader(0):
                kept = self._kept(chunk)
                if kept:
                    yield AddableDict(kept)
            async for chunk in added:
                yield chunk

    def _kept(self, chunk: Any) -> dict[str, Any]:
        return {key: value for key, value in self._dict(chunk).items() if key not in self.mapper.steps}

    def _dict(self, input: Any) -> Mapping[str, Any]:
        if isinstance(input, Mapping):
            return cast("Mapping[str, Any]", input)
        raise InvalidInputError(f"{self.get_name()}: expected a dict to add keys to, got {shorten(input)}")

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.mapper.get_input_schema(config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self._output_schema_after(self.mapper.get_input_schema(config), config)

    def _output_schema_after(self, given: type[BaseModel], config: RunnableConfig | None) -> type[BaseModel]:
        from chainviz.runnables.schema import assign_output_schema

        return assign_output_schema(self.get_name("Output"), given, self.mapper.get_output_schema(config))

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("assign", None, self.mapper)]


class RunnablePick(Step[dict[str, Any], Any], Compared):
    """One key's value of its input dict, or a dict of several keys; a key that is not there is left out."""

    _graph_kind = "passthrough"
    inline = True

    def __init__(self, keys: str | list[str], *, name: str | None = None) -> None:
        self.keys = keys
        self.name = name

    def _default_name(self) -> str:
        keys = [self.keys] if isinstance(self.keys, str) else self.keys
        return f"RunnablePick<{','.join(keys)}>"

    def __repr__(self) -> str:
        return f"RunnablePick(keys={self.keys!r})"

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        if not isinstance(input, Mapping):
            raise InvalidInputError(f"{self.get_name()}: expected a dict to pick from, got {shorten(input)}")
        values = cast("Mapping[str, Any]", input)
        if isinstance(self.keys, str):
            return values.get(self.keys)
        picked = {key: values[key] for key in self.keys if key in values}
        return AddableDict(picked) if picked else None

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        for chunk in chunks:
            picked = self._invoke(chunk, run)
            if picked is not None:
                yield picked

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        async for chunk in chunks:
            picked = self._invoke(chunk, run)
            if picked is not None:
                yield picked

    def _output_schema_after(self, given: type[BaseModel], config: RunnableConfig | None) -> type[BaseModel]:
        from chainviz.runnables.schema import pick_schema

        return pick_schema(self.get_name("Output"), given, self.keys)

    def _graph_params(self) -> dict[str, Any]:
        return {"keys": self.keys}


__all__ = ["RunnableAssign", "RunnablePassthrough", "RunnablePick"]
