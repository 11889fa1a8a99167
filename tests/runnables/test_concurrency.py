"""Side by side means at the same time, within the limit, and never for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from contextvars import ContextVar
from typing import Any

import pytest

from chainviz import RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.runnables.crew import amap_all, map_all

PATIENCE = 5
COLOR: ContextVar[str] = ContextVar("color", default="none")


def meets(barrier: threading.Barrier) -> Any:
    return lambda x: (barrier.wait(PATIENCE), x)[1]


class Counter:
    """Counts how many calls are at work at once; none of them ends before there were as many as may be."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.lock = threading.Lock()
        self.now = self.most = 0
        self.full = threading.Event()

    def enter(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.most >= self.limit:
                self.full.set()

    def leave(self) -> None:
        with self.lock:
            self.now -= 1

    def work(self, x: Any) -> Any:
        self.enter()
        self.full.wait(PATIENCE)
        time.sleep(0.01)  # if there was room for more, they would come now
        self.leave()
        return x

    async def awork(self, x: Any) -> Any:
        self.enter()
        async with asyncio.timeout(PATIENCE):
            while not self.full.is_set():
                await asyncio.sleep(0)
        await asyncio.sleep(0.005)
        self.leave()
        return x


@pytest.mark.parametrize("verb", ["invoke", "stream", "watched", "watched stream"])
def test_branches_run_at_the_same_time(verb: str) -> None:
    step = meets(threading.Barrier(3))
    chain = RunnableParallel(a=step, b=step, c=step)
    config: Any = {"callbacks": [lambda event: None]} if "watched" in verb else None
    if "stream" in verb:
        assert sum(len(chunk) for chunk in chain.stream(1, config)) == 3
    else:
        assert chain.invoke(1, config) == {"a": 1, "b": 1, "c": 1}


async def test_branches_run_at_the_same_time_in_tasks() -> None:
    a, b = asyncio.Event(), asyncio.Event()

    async def first(x: Any) -> Any:
        a.set()
        await asyncio.wait_for(b.wait(), PATIENCE)

    async def second(x: Any) -> Any:
        b.set()
        await asyncio.wait_for(a.wait(), PATIENCE)

    chain = RunnableParallel(a=RunnableLambda(first), b=RunnableLambda(second))
    assert await chain.ainvoke(1) == {"a": None, "b": None}
    a.clear(), b.clear()
    assert len([chunk async for chunk in chain.astream(1)]) == 2


async def test_blocking_branches_run_at_the_same_time_under_ainvoke() -> None:
    step = meets(threading.Barrier(3))
    assert await RunnableParallel(a=step, b=step, c=step).ainvoke(1) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize(("items", "config", "ended"), [(4, None, 3), (40, None, 31), (9, {"max_concurrency": 3}, 2)])
def test_what_could_have_begun_with_a_failing_item_still_ends(items: int, config: Any, ended: int) -> None:
    seen: list[int] = []

    def work(item: int) -> None:
        if item == 0:
            raise ValueError("zero")
        seen.append(item)

    with pytest.raises(ValueError, match="zero"):
        RunnableLambda(work).batch([*range(items)], config)
    assert len(seen) == ended


def test_a_batch_runs_at_the_same_time() -> None:
    assert RunnableLambda(meets(threading.Barrier(4))).batch([1, 2, 3, 4]) == [1, 2, 3, 4]
    assert RunnableLambda(meets(threading.Barrier(4))).map().invoke([1, 2, 3, 4]) == [1, 2, 3, 4]


def test_nested_batches_do_not_deadlock() -> None:
    leaf = RunnableLambda(lambda x: time.sleep(0.001) or x)
    middle = RunnableLambda(lambda x: sum(leaf.batch(list(range(8)))))
    outer = RunnableLambda(lambda x: sum(middle.batch(list(range(20)))))
    assert outer.batch(list(range(20))) == [28 * 20] * 20


async def test_event_loops_in_threads_in_event_loops_do_not_deadlock() -> None:
    leaf = RunnableLambda(lambda x: x)
    outer = RunnableLambda(lambda x: asyncio.run(leaf.ainvoke(x)))
    assert await asyncio.wait_for(outer.abatch(list(range(150))), 30) == list(range(150))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_max_concurrency_in_threads(limit: int) -> None:
    counter = Counter(limit)
    inner = RunnableParallel(a=counter.work, b=counter.work, c=counter.work)
    chain = RunnablePassthrough() | inner | (lambda x: inner.invoke(x))
    chain.batch([1, 2, 3], {"max_concurrency": limit})
    assert counter.most <= limit
    list(chain.stream(1, {"max_concurrency": limit}))
    assert counter.most == limit


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_max_concurrency_in_tasks(limit: int) -> None:
    counter = Counter(limit)
    step = RunnableLambda(counter.work, counter.awork)
    inner = RunnableParallel(a=step, b=step, c=step)
    await (inner | step.map().with_config(max_concurrency=9)).abatch([[1], [2], [3]], {"max_concurrency": limit})
    assert counter.most <= limit
    async for _ in inner.astream(1, {"max_concurrency": limit}):
        pass
    assert counter.most == limit


def test_the_first_error_is_raised_as_it_is_and_the_rest_never_begin() -> None:
    error, begun = KeyError("mine"), []

    def work(x: int) -> int:
        begun.append(x)
        if x == 0:
            raise error
        time.sleep(0.01)
        return x

    with pytest.raises(KeyError) as raised:
        RunnableLambda(work).batch(list(range(1000)), {"max_concurrency": 2})
    assert raised.value is error
    assert len(begun) < 1000


async def test_siblings_are_cancelled_and_awaited() -> None:
    error, cancelled = KeyError("mine"), []

    async def fails(x: Any) -> Any:
        await asyncio.sleep(0)
        raise error

    async def waits(x: Any) -> Any:
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            await asyncio.sleep(0)
            cancelled.append(x)

    chain = RunnableParallel(a=RunnableLambda(fails), b=RunnableLambda(waits))
    for call in (chain.ainvoke(1), chain.abatch([1])):
        with pytest.raises(KeyError) as raised:
            await call
        assert raised.value is error
        assert error.__cause__ is None
    assert cancelled == [1, 1]


async def test_return_exceptions() -> None:
    def work(x: int) -> int:
        return 1 // x

    outputs = RunnableLambda(work).batch([1, 0, 1], return_exceptions=True)
    assert outputs[::2] == [1, 1] and isinstance(outputs[1], ZeroDivisionError)
    outputs = await RunnableLambda(work).abatch([1, 0, 1], return_exceptions=True)
    assert outputs[::2] == [1, 1] and isinstance(outputs[1], ZeroDivisionError)


async def test_nothing_to_do() -> None:
    assert RunnableLambda(str).batch([]) == map_all(str, []) == []
    assert await RunnableLambda(str).abatch([]) == []

    async def never(item: int) -> int:
        raise AssertionError

    assert await amap_all(never, []) == []


def test_context_follows_into_threads() -> None:
    COLOR.set("red")
    step = RunnableLambda(lambda x: COLOR.get())
    chain = RunnableParallel(a=step, b=step)
    assert chain.invoke(1) == {"a": "red", "b": "red"}
    assert step.batch([1, 2, 3]) == ["red"] * 3
    assert asyncio.run(step.ainvoke(1)) == "red"
