"""What reads the chunks of a sequence's steps, when one of them cannot be made into a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import Runnable, RunnableGenerator, RunnableLambda
from tests.tracing.watching import Watcher


class Hasty(Runnable[Any, Any]):
    """Reads a chunk as soon as it is given its stream, and wants no more."""

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        raise ValueError("hasty")

    def transform(self, input: Iterator[Any], config: Any = None, **kwargs: Any) -> Iterator[Any]:
        next(input)
        raise ValueError("hasty")

    def atransform(self, input: AsyncIterator[Any], config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        raise ValueError("hasty")


class Source:
    """Gives letters, and knows whether it was stopped."""

    def __init__(self) -> None:
        self.open = 0
        self.step = RunnableGenerator(self._letters, self._aletters, name="letters")

    def _letters(self, chunks: Iterator[Any]) -> Iterator[str]:
        self.open += 1
        try:
            yield from "abc"
        finally:
            self.open -= 1

    async def _aletters(self, chunks: AsyncIterator[Any]) -> AsyncIterator[str]:
        self.open += 1
        try:
            for letter in "abc":
                yield letter
        finally:
            self.open -= 1


@pytest.mark.parametrize("watched", [False, True])
def test_the_stages_before_are_closed(watched: bool) -> None:
    source, watcher = Source(), Watcher()
    chain = RunnableLambda(str) | source.step | Hasty()
    stream = chain.stream("x", watcher.config if watched else None)
    assert (source.open, watcher.events) == (0, [])  # nothing begins before it is read
    with pytest.raises(ValueError, match="hasty"):
        next(stream)
    assert source.open == 0
    assert not watcher.violations()


@pytest.mark.parametrize("watched", [False, True])
def test_an_async_stream(watched: bool) -> None:
    source, watcher = Source(), Watcher()
    stream = (source.step | Hasty()).astream("x", watcher.config if watched else None)

    async def read() -> None:
        with pytest.raises(ValueError, match="hasty"):
            await anext(stream)

    asyncio.run(read())
    assert source.open == 0
    assert not watcher.violations()


def test_what_it_calls_then_is_its_child() -> None:
    class Asking(Hasty):
        def transform(self, input: Iterator[Any], config: Any = None, **kwargs: Any) -> Iterator[Any]:
            return iter([RunnableLambda(str, name="asked").invoke(7)])

    watcher = Watcher()
    assert list((RunnableLambda(str) | Asking()).stream("x", watcher.config)) == ["7"]
    asked = next(event.run for event in watcher.events if event.run.name == "asked")
    assert asked.parent is not None
    assert asked.parent.name == "RunnableSequence"
