"""`batch_as_completed` and `abatch_as_completed`: outputs as they come, and nothing left when the reader goes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InvalidConfigError
from chainviz.tracing.events import RunCancel, RunStart

from ..tracing.watching import Watcher

PATIENCE = 5


class Calls:
    """A step each of whose calls ends once it is told to."""

    def __init__(self, *inputs: Any) -> None:
        self._begun = {x: threading.Event() for x in inputs}
        self._ends = {x: threading.Event() for x in inputs}
        self.step = RunnableLambda(self._call, self._acall)

    def end(self, x: Any) -> None:
        self._ends[x].set()

    def wait_until_begun(self, x: Any) -> None:
        assert self._begun[x].wait(PATIENCE)

    def _call(self, x: Any) -> Any:
        self._begun[x].set()
        assert self._ends[x].wait(PATIENCE)
        return x

    async def _acall(self, x: Any) -> Any:
        self._begun[x].set()
        async with asyncio.timeout(PATIENCE):
            while not self._ends[x].is_set():
                await asyncio.sleep(0)
        return x


async def asame(x: Any) -> Any:
    return x


SAME = RunnableLambda(lambda x: x, asame)


def completed(
    step: Any,
    inputs: Any,
    config: Any = None,
    *,
    asynchronous: bool,
    seen: Callable[[Any], object] = lambda pair: None,
    **options: Any,
) -> list[Any]:
    """The pairs, each of which `seen` is told of before the next one is asked for."""
    pairs: list[Any] = []

    def take(pair: Any) -> None:
        pairs.append(pair)
        seen(pair)

    async def read() -> None:
        async for pair in step.abatch_as_completed(inputs, config, **options):
            take(pair)

    if asynchronous:
        asyncio.run(read())
    else:
        for pair in step.batch_as_completed(inputs, config, **options):
            take(pair)
    return pairs


BOTH = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@BOTH
@pytest.mark.parametrize("watched", [False, True])
def test_the_quick_ones_come_first(asynchronous: bool, watched: bool) -> None:
    watcher, calls = Watcher(), Calls("a", "b", "c")
    following = {"b": "c", "c": "a"}
    calls.end("b")
    pairs = completed(
        calls.step,
        ["a", "b", "c"],
        watcher.config if watched else None,
        asynchronous=asynchronous,
        seen=lambda pair: pair[1] in following and calls.end(following[pair[1]]),
    )
    assert pairs == [(1, "b"), (2, "c"), (0, "a")]
    assert not watcher.violations()


@BOTH
@pytest.mark.parametrize("inputs", [[], [0.0]])
def test_few_inputs(asynchronous: bool, inputs: list[float]) -> None:
    assert completed(SAME, inputs, asynchronous=asynchronous) == list(enumerate(inputs))


@BOTH
def test_the_limit_holds(asynchronous: bool) -> None:
    now, most = 0, 0
    lock, both, aboth = threading.Lock(), threading.Barrier(2), asyncio.Barrier(2)

    @contextmanager
    def counted() -> Iterator[None]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        yield
        with lock:
            now -= 1

    async def acount(x: Any) -> None:
        with counted():
            await asyncio.wait_for(aboth.wait(), PATIENCE)

    def count(x: Any) -> None:
        with counted():
            both.wait(PATIENCE)

    step = RunnableLambda(count, acount)
    assert len(completed(step, list(range(8)), {"max_concurrency": 2}, asynchronous=asynchronous)) == 8
    assert most == 2


@BOTH
def test_an_exception_comes_after_what_came_before_and_before_what_comes_later(asynchronous: bool) -> None:
    calls, seen = Calls("late"), list[Any]()

    def step(x: Any) -> Any:
        if x == "bad":
            calls.wait_until_begun("late")
            threading.Timer(0.2, calls.end, ["late"]).start()
            raise ValueError("no")
        return calls.step.invoke(x) if x == "late" else x

    with pytest.raises(ValueError, match="no"):
        completed(RunnableLambda(step), ["good", "bad", "late"], asynchronous=asynchronous, seen=seen.append)
    assert seen == [(0, "good")]


def fail(x: Any) -> Any:
    if x == "bad":
        raise ValueError("no")
    return x


@BOTH
def test_exceptions_as_outputs(asynchronous: bool) -> None:
    pairs = dict(completed(RunnableLambda(fail), ["good", "bad"], asynchronous=asynchronous, return_exceptions=True))
    assert pairs[0] == "good"
    assert repr(pairs[1]) == "ValueError('no')"


def test_leaving_early_waits_for_what_goes_on_and_begins_nothing() -> None:
    begun: list[Any] = []
    watcher = Watcher()

    def step(x: Any) -> Any:
        begun.append(x)
        time.sleep(0.02)
        return x

    items = list(range(1_000))
    pairs = RunnableLambda(step).batch_as_completed(items, {"max_concurrency": 2, **watcher.config})
    next(pairs)
    pairs.close()  # type: ignore[attr-defined]
    count = len(begun)
    assert count < len(items)
    assert not watcher.violations()
    time.sleep(0.05)
    assert len(begun) == count


async def test_leaving_early_cancels() -> None:
    watcher, calls = Watcher(), Calls("a", "b", "c")
    calls.end("a")
    pairs: Any = calls.step.abatch_as_completed(["a", "b", "c"], watcher.config)
    assert await anext(pairs) == (0, "a")
    await pairs.aclose()
    assert sum(isinstance(event, RunCancel) for event in watcher.events) == 2
    assert not watcher.violations()
    assert len(asyncio.all_tasks()) == 1


@BOTH
def test_a_config_for_each(asynchronous: bool) -> None:
    watcher = Watcher()
    configs: Any = [{"run_name": "a", **watcher.config}, {"run_name": "b", **watcher.config}]
    completed(SAME.with_config(tags=["all"]), [0.0, 0.0], configs, asynchronous=asynchronous)
    starts = [event.run for event in watcher.events if isinstance(event, RunStart)]
    assert sorted((run.name, run.tags) for run in starts) == [("a", ["all"]), ("b", ["all"])]
    with pytest.raises(InvalidConfigError, match="one config for each of 3 inputs, got 2 configs"):
        completed(SAME, [0.0, 0.0, 0.0], configs, asynchronous=asynchronous)


def test_nothing_begins_before_it_is_read() -> None:
    begun: list[Any] = []
    pairs: Iterator[Any] = RunnableLambda(begun.append).batch_as_completed([1, 2])
    apairs: AsyncIterator[Any] = RunnableLambda(begun.append).abatch_as_completed([1, 2])
    assert begun == [] and pairs is not None and apairs is not None


def test_bound_arguments_go_along() -> None:
    step = RunnableLambda(lambda x, plus: x + plus).bind(plus=1)
    assert sorted(step.batch_as_completed([1, 2])) == [(0, 2), (1, 3)]
