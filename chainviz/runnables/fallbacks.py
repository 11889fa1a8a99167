"""Other steps to try when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableWithFallbacks(Step[Input, Output]):
    """Tries `runnable`, then each of `fallbacks`, until one does not raise one of `exceptions_to_handle`.

    With `exception_key`, a fallback finds the last exception under that key of its input dict. A stream falls back
    until its first chunk. Raises the first step's exception where all of them failed.
    """

    _graph_kind = "fallbacks"

    def __init__(
        self,
        runnable: Any,
        fallbacks: Sequence[Any],
        *,
        exceptions_to_handle: tuple[type[BaseException], ...] = (Exception,),
        exception_key: str | None = None,
    ) -> None:
        self.runnable: Runnable[Any, Any] = as_step(runnable, "a step with fallbacks")
        self.fallbacks: list[Runnable[Any, Any]] = [
            as_step(step, f"fallback {number}") for number, step in enumerate(fallbacks, 1)
        ]
        self.exceptions_to_handle = exceptions_to_handle
        self.exception_key = exception_key

    @property
    def runnables(self) -> list[Runnable[Any, Any]]:
        """The step and its fallbacks, in the order in which they are tried."""
        return [self.runnable, *self.fallbacks]

    def __repr__(self) -> str:
        return f"{self.runnable!r}.with_fallbacks({self.fallbacks!r})"

    def _input(self, input: Any, error: BaseException | None) -> Any:
        if self.exception_key is None or error is None:
            return input
        return {**cast("dict[str, Any]", input), self.exception_key: error}

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        first: BaseException | None = None
        last: BaseException | None = None
        for number, step in enumerate(self.runnables):
            try:
                return step.invoke(self._input(input, last), run.child(None, f"fallback:{number}"), **kwargs)
            except self.exceptions_to_handle as error:
                first, last = first or error, error
        raise cast("BaseException", first)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        first: BaseException | None = None
        last: BaseException | None = None
        for number, step in enumerate(self.runnables):
            try:
                return await step.ainvoke(self._input(input, last), run.child(None, f"fallback:{number}"), **kwargs)
            except self.exceptions_to_handle as error:
                first, last = first or error, error
        raise cast("BaseException", first)

    def _chunks(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        first: BaseException | None = None
        last: BaseException | None = None
        for number, step in enumerate(self.runnables):
            stream = step.stream(self._input(input, last), run.child(None, f"fallback:{number}"), **kwargs)
            try:
                chunk = next(stream)
            except StopIteration:
                return
            except self.exceptions_to_handle as error:
                first, last = first or error, error
                continue
            yield chunk
            yield from stream
            return
        raise cast("BaseException", first)

    async def _achunks(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        first: BaseException | None = None
        last: BaseException | None = None
        for number, step in enumerate(self.runnables):
            stream = step.astream(self._input(input, last), run.child(None, f"fallback:{number}"), **kwargs)
            try:
                chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except self.exceptions_to_handle as error:
                first, last = first or error, error
                continue
            try:
                yield chunk
                async for chunk in stream:
                    yield chunk
            finally:
                await cast("Any", stream).aclose()
            return
        raise cast("BaseException", first)

    @property
    def InputType(self) -> Any:
        return self.runnable.InputType

    @property
    def OutputType(self) -> Any:
        return self.runnable.OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.runnable.get_input_schema(config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.runnable.get_output_schema(config)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [
            (f"fallback:{number}", f"fallback {number}" if number else "first", step)
            for number, step in enumerate(self.runnables)
        ]


__all__ = ["RunnableWithFallbacks"]
