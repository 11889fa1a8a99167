"""A step that is tried again when it fails."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any, cast

from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableRetry(Step[Input, Output]):
    """Tries `bound` up to `max_attempt_number` times while it raises one of `retry_exception_types`.

    Between attempts it waits 1, 2, 4 … seconds, at most 60, plus up to one second by chance, unless
    `wait_exponential_jitter` is False. A stream is tried again until its first chunk.
    """

    _graph_kind = "retry"

    def __init__(
        self,
        bound: Any,
        *,
        retry_exception_types: tuple[type[BaseException], ...] = (Exception,),
        wait_exponential_jitter: bool = True,
        max_attempt_number: int = 3,
    ) -> None:
        self.bound: Runnable[Any, Any] = as_step(bound, "a step to retry")
        self.retry_exception_types = retry_exception_types
        self.wait_exponential_jitter = wait_exponential_jitter
        self.max_attempt_number = max_attempt_number

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return super().get_name(suffix, name=name or self.name or self.bound.get_name())

    def __repr__(self) -> str:
        return f"{self.bound!r}.with_retry(stop_after_attempt={self.max_attempt_number})"

    def _config(self, attempt: int, run: ActiveRun | Unwatched) -> RunnableConfig | None:
        return run.child(f"retry:attempt:{attempt}" if attempt > 1 else None, "retry")

    def _pause(self, attempt: int) -> float:
        if not self.wait_exponential_jitter:
            return 0.0
        return min(2.0 ** (attempt - 1) + random.random(), 60.0)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        for attempt in range(1, self.max_attempt_number + 1):
            try:
                return self.bound.invoke(input, self._config(attempt, run), **kwargs)
            except self.retry_exception_types:
                if attempt == self.max_attempt_number:
                    raise
            time.sleep(self._pause(attempt))
        raise InvalidConfigError(f"a retry: expected at least 1 attempt, got {self.max_attempt_number}")

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        for attempt in range(1, self.max_attempt_number + 1):
            try:
                return await self.bound.ainvoke(input, self._config(attempt, run), **kwargs)
            except self.retry_exception_types:
                if attempt == self.max_attempt_number:
                    raise
            await asyncio.sleep(self._pause(attempt))
        raise InvalidConfigError(f"a retry: expected at least 1 attempt, got {self.max_attempt_number}")

    def _chunks(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        for attempt in range(1, self.max_attempt_number + 1):
            stream = self.bound.stream(input, self._config(attempt, run), **kwargs)
            try:
                chunk = next(stream)
            except StopIteration:
                return
            except self.retry_exception_types:
                if attempt == self.max_attempt_number:
                    raise
                time.sleep(self._pause(attempt))
                continue
            yield chunk
            yield from stream
            return

    async def _achunks(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        for attempt in range(1, self.max_attempt_number + 1):
            stream = self.bound.astream(input, self._config(attempt, run), **kwargs)
            try:
                chunk = await anext(stream)
            except StopAsyncIteration:
                return
            except self.retry_exception_types:
                if attempt == self.max_attempt_number:
                    raise
                await asyncio.sleep(self._pause(attempt))
                continue
            try:
                yield chunk
                async for chunk in stream:
                    yield chunk
            finally:
                await cast("Any", stream).aclose()
            return

    @property
    def InputType(self) -> Any:
        return self.bound.InputType

    @property
    def OutputType(self) -> Any:
        return self.bound.OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.bound.get_input_schema(config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.bound.get_output_schema(config)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("retry", f"up to {self.max_attempt_number} attempts", self.bound)]

    def _graph_params(self) -> dict[str, Any]:
        return {"attempts": self.max_attempt_number}


__all__ = ["RunnableRetry"]
