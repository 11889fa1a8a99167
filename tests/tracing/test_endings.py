"""Every run ends once, before the caller has control again, and the caller gets his own exception."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import RunnableGenerator, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.tracing.events import RunCancel, RunEnd, RunError

from .watching import Watcher

ERROR = KeyError("mine")


def fails(x: Any) -> Any:
    raise ERROR


def count(chunks: Iterator[Any]) -> Iterator[int]:
    for _ in chunks:
        yield from range(5)


async def acount(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
    async for _ in chunks:
        for number in range(5):
            yield number
            await asyncio.sleep(0)


COUNTS = RunnableGenerator(count, acount, name="count") | RunnableLambda(lambda x: x, name="same")
STREAMS = RunnableGenerator(count, acount, name="count") | RunnablePassthrough().with_config(run_name="pass")


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


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
@pytest.mark.parametrize("watched", [True, False])
def test_the_users_exception_is_the_same_object(verb: str, watched: bool) -> None:
    watcher = Watcher()
    chain = RunnableLambda(lambda x: x, name="first") | RunnableParallel(a=fails, b=lambda x: x)
    with pytest.raises(KeyError) as raised:
        VERBS[verb](chain, watcher.config if watched else None)
    assert raised.value is ERROR
    assert ERROR.__cause__ is None
    if watched:
        errors = [event for event in watcher.events if isinstance(event, RunError)]
        assert {event.run.name for event in errors} == {"fails", "RunnableParallel<a,b>", "RunnableSequence"}
        assert all(event.error is ERROR for event in errors)


@pytest.mark.parametrize("verb", VERBS)
def test_an_ordinary_end(verb: str) -> None:
    watcher = Watcher()
    VERBS[verb](COUNTS, watcher.config)
    story = watcher.story()
    assert story[0] == "start RunnableSequence" and story[-1] == "end RunnableSequence"
    assert sorted(story[1:-1]) == ["end count", "end same", "start count", "start same"]


def test_a_stream_that_is_closed_early() -> None:
    watcher = Watcher()
    stream: Any = STREAMS.stream(1, watcher.config)
    assert next(stream) == 0
    stream.close()
    assert watcher.story()[-3:] == ["cancel pass", "cancel count", "cancel RunnableSequence"]
    assert watcher.last().reason == "the consumer stopped reading"


async def test_an_async_stream_that_is_closed_early() -> None:
    watcher = Watcher()
    stream: Any = STREAMS.astream(1, watcher.config)
    async for _ in stream:
        break
    await stream.aclose()
    assert watcher.story()[-3:] == ["cancel pass", "cancel count", "cancel RunnableSequence"]


def test_a_step_that_stops_reading_stops_the_step_before() -> None:
    def first_only(chunks: Iterator[Any]) -> Iterator[Any]:
        yield next(chunks)

    watcher = Watcher()
    chain = RunnableGenerator(count, name="count") | RunnableGenerator(first_only, name="first")
    assert list(chain.stream(1, watcher.config)) == [0]
    assert watcher.story()[-3:] == ["end first", "cancel count", "end RunnableSequence"]


async def test_a_task_that_is_cancelled() -> None:
    async def waits(x: Any) -> None:
        await asyncio.sleep(9)

    watcher = Watcher()
    chain = RunnableLambda(waits, name="waits") | (lambda x: x)
    task = asyncio.create_task(chain.ainvoke(1, watcher.config))
    await asyncio.sleep(0.01)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert watcher.story()[-2:] == ["cancel waits", "cancel RunnableSequence"]
    assert watcher.last().reason == "enough"


async def test_a_timeout() -> None:
    watcher = Watcher()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await RunnableLambda(lambda x: asyncio.sleep(9), lambda x: asyncio.sleep(9)).ainvoke(1, watcher.config)
    assert isinstance(watcher.last(), RunCancel)


async def test_a_thread_that_is_abandoned_reports_nothing_more() -> None:
    watcher, go, done = Watcher(), threading.Event(), threading.Event()
    inner = RunnableLambda(lambda x: go.wait(5), name="inner")
    later = RunnableLambda(lambda x: x, name="later")

    def outer(x: Any) -> None:
        inner.invoke(x)
        later.invoke(x)
        done.set()

    task = asyncio.create_task(RunnableLambda(outer).ainvoke(1, watcher.config))
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    ended = ["start outer", "start inner", "cancel inner", "cancel outer"]
    assert watcher.story() == ended
    assert watcher.events[2].reason.startswith("abandoned")  # type: ignore[union-attr]
    go.set()
    await asyncio.to_thread(done.wait, 5)
    assert watcher.story() == ended


async def test_leaving_the_events_stops_the_chain() -> None:
    watcher = Watcher()
    stream: Any = COUNTS.astream_events(1, watcher.config)
    async for _ in stream:
        break
    await stream.aclose()
    assert len(watcher.events) == 0 or isinstance(watcher.last(), RunCancel)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_slow_reader_of_events_holds_the_chain_back() -> None:
    made = 0

    async def many(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
        nonlocal made
        for number in range(100_000):
            made += 1
            yield number

    async def upstream(chunks: AsyncIterator[Any]) -> AsyncIterator[int]:
        async for _ in chunks:
            async for number in many(chunks):
                yield number

    stream: Any = RunnableGenerator(upstream).astream_events(1)
    await anext(stream)
    await asyncio.sleep(0.05)
    assert 0 < made < 5_000
    await stream.aclose()


def test_an_interrupt_ends_the_runs_as_cancelled() -> None:
    def interrupted(x: Any) -> None:
        raise KeyboardInterrupt

    watcher = Watcher()
    with pytest.raises(KeyboardInterrupt):
        (RunnableLambda(lambda x: x) | interrupted).invoke(1, watcher.config)
    assert watcher.story()[-2:] == ["cancel interrupted", "cancel RunnableSequence"]
    assert watcher.last().reason == "interrupted"


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


def test_a_generator_whose_closing_fails_still_ends_its_run() -> None:
    def give(chunks: Iterator[Any]) -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            raise RuntimeError("in the end")

    watcher = Watcher()
    stream: Any = RunnableGenerator(give, name="give").stream(1, watcher.config)
    next(stream)
    with pytest.raises(RuntimeError, match="in the end"):
        stream.close()
    assert watcher.story() == ["start give", "cancel give"]
    assert time.perf_counter_ns() > watcher.last().t
