"""A slow or stalled consumer: whoever makes the chunks waits for him, and runs ahead by a bounded number only."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import (
    RunnableBranch,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
    StrOutputParser,
)

from .modes import Watch, nothing_at_work
from .places import SAME, Tokens

MANY = 200_000
AHEAD = 200
"""Chunks that a stream's maker may be ahead of its reader, at every joint of the chain."""
EVENTS_AHEAD = 5_000


class Source:
    """Gives very many chunks, as fast as they are taken."""

    def __init__(self) -> None:
        self.made = 0
        self.step = RunnableGenerator(self._work, self._awork, name="source")
        self.model = Tokens(act=self._work)

    def _work(self, chunks: Iterator[Any]) -> Iterator[Any]:
        for _ in range(MANY):
            self.made += 1
            yield "x"

    async def _awork(self, chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        for _ in range(MANY):
            self.made += 1
            yield "x"


PASS = RunnablePassthrough().with_config(run_name="pass")
SHAPES = {
    "alone": lambda source: source.step,
    "pipeline": lambda source: source.step | PASS | PASS,
    "parallel": lambda source: SAME | {"a": source.step, "b": source.step},
    "before a parallel": lambda source: source.step | {"a": PASS, "b": PASS},
    "branch": lambda source: RunnableBranch((lambda x: True, source.step), SAME),
    "fallbacks": lambda source: source.step.with_fallbacks([SAME]) | PASS,
    "retry": lambda source: source.step.with_retry() | PASS,
    "returned": lambda source: RunnableLambda(lambda x: source.step) | PASS,
    "on a thread": lambda source: source.model | StrOutputParser(),
}
STREAMS = {
    "astream": lambda chain, config: chain.astream("x", config),
    "events v2": lambda chain, config: chain.astream_events("x", config),
    "events v1": lambda chain, config: chain.astream_events("x", config, version="v1"),
    "log": lambda chain, config: chain.astream_log("x", config),
    "log states": lambda chain, config: chain.astream_log("x", config, diff=False),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream(shape: str) -> None:
    source = Source()
    stream = SHAPES[shape](source).stream("x")
    for _ in range(3):
        next(stream)
    time.sleep(0.02)
    assert 0 < source.made <= AHEAD
    stream.close()
    nothing_at_work()


@pytest.mark.parametrize("mode", STREAMS)
@pytest.mark.parametrize("shape", SHAPES)
async def test_an_async_stream(shape: str, mode: str) -> None:
    source = Source()
    stream = STREAMS[mode](SHAPES[shape](source), None)
    for _ in range(12):
        await anext(stream)
    await asyncio.sleep(0.02)
    assert 0 < source.made <= (AHEAD if mode == "astream" else EVENTS_AHEAD)
    await stream.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("kind", ["batch", "map"])
def test_no_more_calls_than_there_is_room_for(kind: str) -> None:
    begun: list[int] = []
    first, go = threading.Event(), threading.Event()

    def work(x: int) -> int:
        begun.append(x)
        first.set()
        go.wait(5)
        return x

    step = RunnableLambda(work)
    chain: Any = step.map() if kind == "map" else RunnableLambda(lambda xs: step.batch(xs))
    thread = threading.Thread(target=lambda: chain.invoke(list(range(10_000))))
    thread.start()
    assert first.wait(5)
    time.sleep(0.1)  # if there was room for more, they would come now
    assert len(begun) <= 64
    go.set()
    thread.join()
    assert len(begun) == 10_000


@pytest.mark.parametrize("shape", ["pipeline", "parallel", "on a thread"])
async def test_a_consumer_who_is_slow_now_and_then(shape: str) -> None:
    """Nothing is lost and nothing is out of order, however the reader paces himself."""
    number = 0

    def work(chunks: Iterator[Any]) -> Iterator[Any]:
        yield from range(500)

    async def awork(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        for number in range(500):
            yield number

    step: Any = RunnableGenerator(work, awork)
    expected: list[Any] = list(range(500))
    chain = SAME | {"a": step} if shape == "parallel" else step | PASS
    if shape == "on a thread":
        chain = Tokens(act=lambda chunks: map(str, work(chunks))) | StrOutputParser() | PASS
        expected = [*map(str, range(500)), ""]
    watch, given = Watch(), []
    async for chunk in chain.astream("x", watch.config):
        number += 1
        if number % 100 == 0:
            await asyncio.sleep(0.002)
        given.append(chunk["a"] if shape == "parallel" else chunk)
    assert given == expected
    watch.check()
