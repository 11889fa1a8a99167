"""How a run that nothing disturbs ends; tests/faults has the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import RunnableGenerator, RunnableLambda
from chainviz.tracing.events import RunEnd

from .watching import Watcher


def count(chunks: Iterator[Any]) -> Iterator[int]:
    for _ in chunks:
        yield from range(5)


async def acount(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
    async for _ in chunks:
        for number in range(5):
            yield number
            await asyncio.sleep(0)


COUNTS = RunnableGenerator(count, acount, name="count") | RunnableLambda(lambda x: x, name="same")


async def drain(stream: Any) -> None:
    async for _ in stream:
        pass


VERBS = {
    "invoke": lambda chain, config: chain.invoke(1, config),
    "stream": lambda chain, config: list(chain.stream(1, config)),
    "transform": lambda chain, config: list(chain.transform(iter([1]), config)),
    "batch": lambda chain, config: chain.batch([1], config),
    "ainvoke": lambda chain, config: asyncio.run(chain.ainvoke(1, config)),
    "astream": lambda chain, config: asyncio.run(drain(chain.astream(1, config))),
    "abatch": lambda chain, config: asyncio.run(chain.abatch([1], config)),
    "astream_events": lambda chain, config: asyncio.run(drain(chain.astream_events(1, config))),
    "astream_log": lambda chain, config: asyncio.run(drain(chain.astream_log(1, config))),
}


@pytest.mark.parametrize("verb", VERBS)
def test_an_ordinary_end(verb: str) -> None:
    watcher = Watcher()
    VERBS[verb](COUNTS, watcher.config)
    story = watcher.story()
    assert story[0] == "start RunnableSequence" and story[-1] == "end RunnableSequence"
    assert sorted(story[1:-1]) == ["end count", "end same", "start count", "start same"]


def test_inputs_and_outputs_of_a_streamed_run() -> None:
    watcher = Watcher()

    def letters(chunks: Iterator[Any]) -> Iterator[str]:
        list(chunks)
        yield from "ab"

    chain = RunnableGenerator(letters, name="letters") | RunnableLambda(str.upper, name="upper")
    assert list(chain.stream("x", watcher.config)) == ["AB"]
    ends = {event.run.name: (event.inputs, event.output) for event in watcher.events if isinstance(event, RunEnd)}
    assert ends["letters"] == ("x", "ab")
    assert ends["upper"] == ("ab", "AB")


def test_chunks_that_do_not_add_up_do_no_harm() -> None:
    class Odd:
        def __add__(self, other: Any) -> Any:
            raise RuntimeError("never add me")

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("never compare me")

    odd = [Odd(), Odd()]

    def give(chunks: Iterator[Any]) -> Iterator[Any]:
        list(chunks)
        yield from odd

    watcher = Watcher()
    assert len(list(RunnableGenerator(give).stream(1, watcher.config))) == 2
    assert watcher.last().output is odd[1]
