"""Trying one thing after another until one does not fail: what retries and fallbacks have in common."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from chainviz.missing import MISSING
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.compared import Compared
from chainviz.runnables.step import Step
from chainviz.runnables.streams import close, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from pydantic import BaseModel

    from chainviz.runnables.rewind import ARewound, Rewound
    from chainviz.tracing.active import ActiveRun, Unwatched

Stream = TypeVar("Stream")
Opened: TypeAlias = "Callable[[Runnable[Any, Any], Any, list[BaseException]], Stream]"
"""Makes the stream of one attempt: of a step with a config, after these errors."""


class Attempt(NamedTuple):
    """A step to try under a position tag, at a place in the graph, `pause` seconds after the one before failed."""

    step: Runnable[Any, Any]
    position: str | None
    segment: str
    pause: float = 0.0


class Attempts(Step[Input, Output], Compared):
    """Goes through its attempts until one does not raise one of `_handled`. A stream is begun anew until its first
    chunk; what fails after that fails for good."""

    _handled: tuple[type[BaseException], ...]

    @abstractmethod
    def _attempts(self) -> Iterable[Attempt]:
        """What to try, in order; at least one."""

    @abstractmethod
    def _raised(self, errors: list[BaseException]) -> BaseException:
        """Which of the attempts' errors to raise where all of them failed."""

    def _input(self, input: Any, errors: list[BaseException]) -> Any:
        """The input of an attempt after these errors."""
        return input

    def _note(self, error: BaseException, errors: list[BaseException]) -> None:
        """Take note of an error that is one of `_handled`; raises it where it is to be raised all the same."""
        errors.append(error)

    def moved(
        self, move: Callable[[Runnable[Any, Any], int], Runnable[Any, Any]]
    ) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """What to call instead of `_invoke` and `_ainvoke`, so that each attempt is made at what `move` makes of its
        step and of its number, from 1."""
        other = copy(self)
        other._attempts = lambda: (
            attempt._replace(step=move(attempt.step, number)) for number, attempt in enumerate(self._attempts(), 1)
        )
        return other._invoke, other._ainvoke

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        errors: list[BaseException] = []
        for step, position, segment, pause in self._attempts():
            if errors and pause:
                time.sleep(pause)
            try:
                return step.invoke(self._input(input, errors), run.child(position, segment, step), **kwargs)
            except self._handled as error:
                self._note(error, errors)
        raise self._raised(errors)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        errors: list[BaseException] = []
        for step, position, segment, pause in self._attempts():
            if errors and pause:
                await asyncio.sleep(pause)
            try:
                return await step.ainvoke(self._input(input, errors), run.child(position, segment, step), **kwargs)
            except self._handled as error:
                self._note(error, errors)
        raise self._raised(errors)

    def _stream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        return self._begin_until_one(
            run, lambda step, config, errors: step.stream(self._input(input, errors), config, **kwargs)
        )

    def _astream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        return self._abegin_until_one(
            run, lambda step, config, errors: step.astream(self._input(input, errors), config, **kwargs)
        )

    def _begin_until_one(
        self, run: ActiveRun | Unwatched, opened: Opened[Iterator[Any]], given: Rewound | None = None
    ) -> Iterator[Any]:
        """The stream of the first attempt that gives a chunk, or ends; `opened` makes one for each, out of `given`."""
        errors: list[BaseException] = []
        for step, position, segment, pause in self._attempts():
            if errors and pause:
                time.sleep(pause)
            stream: Iterator[Any] = iter(())
            try:
                try:
                    stream = opened(step, run.child(position, segment, step), errors)
                    first = next(stream, MISSING)
                except self._handled as error:
                    if given is not None and given.error is error:
                        raise
                    self._note(error, errors)
                    continue
                if given is not None:
                    given.keeps = False
                if first is not MISSING:
                    yield first
                    yield from stream
                return
            finally:
                close(stream)
        raise self._raised(errors)

    async def _abegin_until_one(
        self, run: ActiveRun | Unwatched, opened: Opened[AsyncIterator[Any]], given: ARewound | None = None
    ) -> AsyncIterator[Any]:
        errors: list[BaseException] = []
        for step, position, segment, pause in self._attempts():
            if errors and pause:
                await asyncio.sleep(pause)
            try:
                chunks = opened(step, run.child(position, segment, step), errors)
            except self._handled as error:
                self._note(error, errors)
                continue
            async with reading(chunks) as stream:
                try:
                    first = await anext(stream, MISSING)
                except self._handled as error:
                    if given is not None and given.error is error:
                        raise
                    self._note(error, errors)
                    continue
                if given is not None:
                    given.keeps = False
                if first is not MISSING:
                    yield first
                    async for chunk in stream:
                        yield chunk
                return
        raise self._raised(errors)

    def _first(self) -> Runnable[Any, Any]:
        """The step whose types are those of the whole."""
        return next(iter(self._attempts())).step

    @property
    def InputType(self) -> Any:
        return self._first().InputType

    @property
    def OutputType(self) -> Any:
        return self._first().OutputType

    def get_input_schema(self, config: Any = None) -> type[BaseModel]:
        return self._first().get_input_schema(config)

    def get_output_schema(self, config: Any = None) -> type[BaseModel]:
        return self._first().get_output_schema(config)


__all__ = ["Attempt", "Attempts"]
