"""`batch_as_completed` and `abatch_as_completed`: outputs as they come, and nothing left when the reader goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InvalidConfigError
from chainviz.tracing.events import RunCancel, RunStart

from ..tracing.watching import Watcher

PATIENCE = 5


def wait(x: float) -> float:
    time.sleep(x)
    return x


async def await_(x: float) -> float:
    await asyncio.sleep(x)
    return x


STEP = RunnableLambda(wait, await_)


def completed(step: Any, inputs: Any, config: Any = None, *, asynchronous: bool, **options: Any) -> list[Any]:
    if not asynchronous:
        return list(step.batch_as_completed(inputs, config, **options))

    async def read() -> list[Any]:
        return [pair async for pair in step.abatch_as_completed(inputs, config, **options)]

    return asyncio.run(read())


BOTH = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@BOTH
@pytest.mark.parametrize("watched", [False, True])
def test_the_quick_ones_come_first(asynchronous: bool, watched: bool) -> None:
    watcher = Watcher()
    pairs = completed(STEP, [0.1, 0.0, 0.05], watcher.config if watched else None, asynchronous=asynchronous)
    assert pairs == [(1, 0.0), (2, 0.05), (0, 0.1)]
    assert not watcher.violations()


@BOTH
@pytest.mark.parametrize("inputs", [[], [0.0]])
def test_few_inputs(asynchronous: bool, inputs: list[float]) -> None:
    assert completed(STEP, inputs, asynchronous=asynchronous) == list(enumerate(inputs))


@BOTH
def test_the_limit_holds(asynchronous: bool) -> None:
    now, most = 0, 0

    async def acount(x: Any) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1

    def count(x: Any) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        time.sleep(0.01)
        now -= 1

    step = RunnableLambda(count, acount)
    assert len(completed(step, list(range(9)), {"max_concurrency": 2}, asynchronous=asynchronous)) == 9
    assert most == 2


def fail(x: Any) -> Any:
    if x == 0.01:
        raise ValueError("no")
    return wait(x)


@BOTH
def test_an_exception_comes_after_what_came_before(asynchronous: bool) -> None:
    seen: list[Any] = []
    step = RunnableLambda(fail)

    async def read() -> None:
        async for pair in step.abatch_as_completed([0.0, 0.01, 0.2]):
            seen.append(pair)
            time.sleep(0.005)

    with pytest.raises(ValueError, match="no"):
        if asynchronous:
            asyncio.run(read())
        else:
            for pair in step.batch_as_completed([0.0, 0.01, 0.2]):
                seen.append(pair)
    assert (2, 0.2) not in seen


@BOTH
def test_exceptions_as_outputs(asynchronous: bool) -> None:
    pairs = dict(completed(RunnableLambda(fail), [0.0, 0.01], asynchronous=asynchronous, return_exceptions=True))
    assert pairs[0] == 0.0
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
    watcher = Watcher()
    pairs: Any = STEP.abatch_as_completed([0.0, PATIENCE, PATIENCE], watcher.config)
    assert await anext(pairs) == (0, 0.0)
    await pairs.aclose()
    assert sum(isinstance(event, RunCancel) for event in watcher.events) == 2
    assert not watcher.violations()
    assert len(asyncio.all_tasks()) == 1


@BOTH
def test_a_config_for_each(asynchronous: bool) -> None:
    watcher = Watcher()
    configs: Any = [{"run_name": "a", **watcher.config}, {"run_name": "b", **watcher.config}]
    completed(STEP.with_config(tags=["all"]), [0.0, 0.0], configs, asynchronous=asynchronous)
    starts = [event.run for event in watcher.events if isinstance(event, RunStart)]
    assert sorted((run.name, run.tags) for run in starts) == [("a", ["all"]), ("b", ["all"])]
    with pytest.raises(InvalidConfigError, match="one config for each of 3 inputs, got 2 configs"):
        completed(STEP, [0.0, 0.0, 0.0], configs, asynchronous=asynchronous)


def test_nothing_begins_before_it_is_read() -> None:
    begun: list[Any] = []
    pairs: Iterator[Any] = RunnableLambda(begun.append).batch_as_completed([1, 2])
    apairs: AsyncIterator[Any] = RunnableLambda(begun.append).abatch_as_completed([1, 2])
    assert begun == [] and pairs is not None and apairs is not None


def test_bound_arguments_go_along() -> None:
    step = RunnableLambda(lambda x, plus: x + plus).bind(plus=1)
    assert sorted(step.batch_as_completed([1, 2])) == [(0, 2), (1, 3)]
