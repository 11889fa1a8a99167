"""A consumer breaks, closes or raises: what it read from stops at once, and every open run ends as cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import pytest

from chainviz import (
    FakeListChatModel,
    RunnableBranch,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
    StrOutputParser,
)
from chainviz.tracing.events import RunCancel, RunEnd

from .modes import PATIENCE, Watch, _one, nothing_at_work
from .places import SAME, Tokens

LEFT = "the consumer stopped reading"


class Left(Exception):
    """What a consumer raises."""


class Source:
    """Gives chunks without end, and knows whether it has been stopped."""

    def __init__(self) -> None:
        self.open = 0
        self.made = 0
        self.step = RunnableGenerator(self._work, self._awork, name="source")
        self.model = Tokens(act=self._work, name="source")
        self.function = RunnableLambda(self._function, self._afunction, name="source")

    def _work(self, chunks: Iterator[Any]) -> Iterator[Any]:
        self.open += 1
        try:
            for chunk in chunks:
                while True:
                    self.made += 1
                    yield chunk
        finally:
            self.open -= 1

    async def _awork(self, chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        self.open += 1
        try:
            async for chunk in chunks:
                while True:
                    self.made += 1
                    yield chunk
                    await asyncio.sleep(0)
        finally:
            self.open -= 1

    def _function(self, x: Any) -> Iterator[Any]:
        yield from self._work(iter([x]))

    async def _afunction(self, x: Any) -> AsyncIterator[Any]:
        async for chunk in self._awork(_one(x)):
            yield chunk


PASS = RunnablePassthrough().with_config(run_name="pass")
SHAPES = {
    "alone": lambda source: source.step,
    "pipeline": lambda source: source.step | PASS | PASS,
    "function": lambda source: source.function | PASS,
    "on a thread": lambda source: source.model | PASS,
    "parallel": lambda source: SAME | {"a": source.step, "b": source.step},
    "before a parallel": lambda source: source.step | {"a": PASS, "b": PASS},
    "branch": lambda source: RunnableBranch((lambda x: True, source.step), SAME),
    "fallbacks": lambda source: source.step.with_fallbacks([SAME]),
    "retry": lambda source: source.step.with_retry() | PASS,
    "binding": lambda source: source.step.with_config(tags=["t"]) | PASS,
    "returned": lambda source: RunnableLambda(lambda x: source.step) | PASS,
    "assign": lambda source: RunnableLambda(lambda x: {"x": x}) | RunnablePassthrough.assign(y=source.step),
    "model": lambda source: FakeListChatModel(responses=["abcdef" * 99]) | StrOutputParser(),
}
"""What is open while its stream is read."""

STREAMS = {
    "stream": lambda chain, config: chain.stream("x", config),
    "transform": lambda chain, config: chain.transform(iter(["x"]), config),
    "sync events": lambda chain, config: chain.stream_events("x", config),
    "sync log": lambda chain, config: chain.stream_log("x", config),
}
ASTREAMS = {
    "astream": lambda chain, config: chain.astream("x", config),
    "atransform": lambda chain, config: chain.atransform(_one("x"), config),
    "events v2": lambda chain, config: chain.astream_events("x", config),
    "events v1": lambda chain, config: chain.astream_events("x", config, version="v1"),
    "log": lambda chain, config: chain.astream_log("x", config),
    "log states": lambda chain, config: chain.astream_log("x", config, diff=False),
}


def check(watch: Watch, source: Source) -> None:
    """Nothing is open, and what was being read from was cancelled."""
    watch.check()
    assert source.open == 0
    ends = [event for event in watch.watcher.events if isinstance(event, (RunCancel, RunEnd))]
    assert all(isinstance(event, RunCancel) for event in ends if event.run.name in ("source", "pass"))
    assert isinstance(ends[-1], RunCancel)


def close(stream: Any) -> None:
    """Read a few chunks and close the stream."""
    for number, _ in enumerate(stream):
        if number == 2:
            break
    stream.close()


def leave(make: Callable[[], Any], way: str) -> None:
    """Read a few chunks of a stream that nobody else holds, and go."""
    for number, _ in enumerate(make()):
        if number == 2:
            if way == "raise":
                raise Left
            break


async def aclose(stream: Any) -> None:
    number = 0
    async for _ in stream:
        number += 1
        if number == 12:
            break
    await stream.aclose()


async def aleave(make: Callable[[], Any], way: str) -> None:
    number = 0
    async for _ in make():
        number += 1
        if number == 12:
            if way == "raise":
                raise Left
            break


@pytest.mark.parametrize("mode", STREAMS)
@pytest.mark.parametrize("way", ["close", "break", "raise"])
@pytest.mark.parametrize("shape", SHAPES)
def test_leaving_a_stream(shape: str, way: str, mode: str) -> None:
    source, watch = Source(), Watch()
    make = partial(STREAMS[mode], SHAPES[shape](source), watch.config)
    try:
        watch.call(lambda: close(make()) if way == "close" else leave(make, way))
    except Left:
        assert way == "raise"
    check(watch, source)
    assert watch.watcher.last().reason.startswith(LEFT)


@pytest.mark.parametrize("mode", ASTREAMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_closing_an_async_stream(shape: str, mode: str) -> None:
    source, watch = Source(), Watch()
    chain = SHAPES[shape](source)
    watch.acall(lambda: aclose(ASTREAMS[mode](chain, watch.config)))
    check(watch, source)
    assert watch.watcher.last().reason.startswith(LEFT)


@pytest.mark.parametrize("mode", ASTREAMS)
@pytest.mark.parametrize("way", ["break", "raise"])
@pytest.mark.parametrize("shape", ["alone", "pipeline", "parallel", "on a thread", "model"])
async def test_leaving_an_async_stream(shape: str, way: str, mode: str) -> None:
    """Who does not close it himself leaves that to the event loop, which does so as soon as it has its turn."""
    source, watch = Source(), Watch()
    make = partial(ASTREAMS[mode], SHAPES[shape](source), watch.config)
    try:
        await aleave(make, way)
    except Left:
        assert way == "raise"
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while watch.watcher.violations() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0)
    nothing_at_work()  # a thread that was busy ends at its next chunk
    check(watch, source)
    assert watch.watcher.last().reason.startswith(LEFT)


@pytest.mark.parametrize("shape", ["pipeline", "parallel", "fallbacks", "model"])
def test_a_stream_that_is_never_read(shape: str) -> None:
    source, watch = Source(), Watch()
    watch.call(lambda: SHAPES[shape](source).stream("x", watch.config).close())
    assert watch.watcher.events == []

    async def never() -> None:
        for stream in ASTREAMS.values():
            await stream(SHAPES[shape](source), watch.config).aclose()

    watch.acall(never)
    assert watch.watcher.events == []
    assert source.made == 0


@pytest.mark.parametrize("mode", ["stream", "astream"])
def test_a_step_that_stops_reading_stops_the_step_before(mode: str) -> None:
    def first_only(chunks: Iterator[Any]) -> Iterator[Any]:
        yield next(chunks)

    async def afirst_only(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        yield await anext(chunks)

    source, watch = Source(), Watch()
    chain = source.step | RunnableGenerator(first_only, afirst_only, name="first")
    assert watch.run(mode, chain) == ["x"]
    assert watch.watcher.story()[-3:] == ["end first", "cancel source", "end RunnableSequence"]
    assert source.open == 0


@pytest.mark.parametrize("mode", ["stream", "astream"])
def test_a_source_whose_closing_fails_still_ends_its_run(mode: str) -> None:
    def give(chunks: Iterator[Any]) -> Iterator[int]:
        try:
            yield from range(9)
        finally:
            raise Left

    async def agive(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
        try:
            for number in range(99):
                yield number
        finally:
            raise Left

    watch = Watch()
    chain = RunnableGenerator(give, agive, name="give") | PASS
    with pytest.raises(Left):
        if mode == "stream":
            watch.call(lambda: close(chain.stream("x", watch.config)))
        else:
            watch.acall(lambda: aclose(chain.astream("x", watch.config)))
    assert "give" in watch.watcher.story()[-2]


@pytest.mark.parametrize("mode", ["stream", "astream"])
def test_a_closed_stream_is_at_its_end(mode: str) -> None:
    source = Source()
    if mode == "stream":
        stream: Any = (source.step | PASS).stream("x")
        close(stream)
        stream.close()
        assert list(stream) == []
    else:

        async def twice() -> list[Any]:
            stream: Any = (source.step | PASS).astream("x")
            await aclose(stream)
            await stream.aclose()
            return [chunk async for chunk in stream]

        assert asyncio.run(twice()) == []
    assert source.open == 0
