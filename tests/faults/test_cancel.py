"""A task is cancelled, or its time is up: the open runs end as cancelled, with the reason, and nothing goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.tracing.events import RunCancel, RunStart
from chainviz.tracing.tasks import BESIDE

from .modes import AMODES, PATIENCE, Watch, nothing_at_work
from .places import PLACES, SAME, Act

ENDS_ON_THREADS = ["alone", "middle", "parallel", "map", "fallbacks", "retry", "called", "own class"]
FAULTY = ["faulty", "Model", "Retriever"]
PARTS = ["tool", "model", "retriever", "prompt", "parser", "generator"]


class Waiting:
    """An act that waits to be cancelled, on the loop or on a thread, and says when it has begun and ended."""

    def __init__(self) -> None:
        self.begun = 0
        self.go = threading.Event()
        self.ended = 0
        self.act = Act(self.work, self.awork)
        self.on_thread = Act(self.work)

    def work(self, x: Any) -> Any:
        self.begun += 1
        self.go.wait(PATIENCE)
        self.ended += 1
        return x

    async def awork(self, x: Any) -> Any:
        self.begun += 1
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            await asyncio.sleep(0)
            self.ended += 1

    async def until_begun(self) -> None:
        give_up = asyncio.get_running_loop().time() + PATIENCE
        while not self.begun and asyncio.get_running_loop().time() < give_up:
            await asyncio.sleep(0.0005)
        assert self.begun

    async def until_all_begun(self, watch: Watch, names: Collection[str] = FAULTY) -> None:
        """Wait for the threads of all open runs with these names: one that has not begun is not abandoned."""
        give_up = asyncio.get_running_loop().time() + PATIENCE
        steady = 0
        while steady < 5:
            assert asyncio.get_running_loop().time() < give_up
            await asyncio.sleep(0.002)
            runs = [event.run for event in watch.watcher.events if isinstance(event, RunStart)]
            around = {run.parent for run in runs}
            acts = [run for run in runs if run.name in names and run not in around]
            steady = steady + 1 if 0 < len(acts) == self.begun else 0


async def cancelled(begun: Callable[[], Awaitable[None]], mode: str, chain: Any, config: Any) -> None:
    """Run the chain until its act has begun, then cancel it."""
    task = asyncio.ensure_future(AMODES[mode](chain, config))
    await begun()
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task


def cancels(watch: Watch) -> dict[str, str]:
    return {event.run.name: event.reason for event in watch.watcher.events if isinstance(event, RunCancel)}


@pytest.mark.parametrize("mode", AMODES)
@pytest.mark.parametrize("place", [place for place in PLACES if place != "own class"])
def test_a_task_is_cancelled(place: str, mode: str) -> None:
    waiting, watch = Waiting(), Watch(streaming=place == "model")
    watch.acall(lambda: cancelled(waiting.until_begun, mode, PLACES[place](waiting.act), watch.config))
    assert waiting.ended >= 1
    assert set(cancels(watch).values()) == {"enough"}


@pytest.mark.parametrize("mode", AMODES)
@pytest.mark.parametrize("place", [*ENDS_ON_THREADS, "tool", "retriever", "model"])
def test_a_thread_is_abandoned(place: str, mode: str) -> None:
    waiting, watch = Waiting(), Watch(streaming=place == "model")
    chain = PLACES[place](waiting.on_thread) | SAME
    begun = partial(waiting.until_all_begun, watch)
    watch.acall(lambda: cancelled(begun, mode, chain, watch.config), leaves_threads=True)
    story = watch.watcher.story()
    assert waiting.ended == 0
    assert all("abandoned" in reason for name, reason in cancels(watch).items() if name in FAULTY)
    waiting.go.set()
    nothing_at_work()
    assert waiting.ended >= 1
    assert watch.watcher.story() == story


@pytest.mark.parametrize("mode", AMODES)
def test_what_an_abandoned_thread_calls_reports_nothing(mode: str) -> None:
    waiting, watch, after = Waiting(), Watch(), []
    inner = RunnableLambda(waiting.work, name="inner")

    def outer(x: Any) -> None:
        inner.invoke(x)
        after.append(SAME.invoke(x))

    chain = RunnableLambda(outer, name="outer")
    begun = partial(waiting.until_all_begun, watch, ["outer", "inner"])
    watch.acall(lambda: cancelled(begun, mode, chain, watch.config), leaves_threads=True)
    ended = watch.watcher.story()
    assert ended[-1] == "cancel outer"
    reasons = cancels(watch)
    assert reasons["inner"].startswith("abandoned")
    waiting.go.set()
    nothing_at_work()
    assert len(after) == (2 if "abatch" in mode else 1)
    assert watch.watcher.story() == ended


@pytest.mark.parametrize("mode", AMODES)
@pytest.mark.parametrize("place", ["middle", "parallel", "map", "retry", "fallbacks", *PARTS])
def test_its_time_is_up(place: str, mode: str) -> None:
    waiting, watch = Waiting(), Watch()
    chain = PLACES[place](waiting.act)

    async def run() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(None) as limit:
                task = asyncio.current_task()
                assert task is not None
                asyncio.create_task(_expire(waiting, limit))  # noqa: RUF006
                await AMODES[mode](chain, watch.config)

    watch.acall(run)
    assert isinstance(watch.watcher.last(), RunCancel)


async def _expire(waiting: Waiting, limit: asyncio.Timeout) -> None:
    await waiting.until_begun()
    limit.reschedule(0)


@pytest.mark.parametrize("mode", ["ainvoke", "abatch", "astream", "events v2", "log"])
@pytest.mark.parametrize("place", ["middle", "parallel", "generator", "model"])
def test_a_cancel_before_anything_began(place: str, mode: str) -> None:
    waiting, watch = Waiting(), Watch()

    async def run() -> None:
        task = asyncio.ensure_future(AMODES[mode](PLACES[place](waiting.act), watch.config))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    watch.acall(run)
    assert watch.watcher.events == []


@pytest.mark.parametrize("mode", ["ainvoke", "abatch", "astream", "events v2", "log"])
@pytest.mark.parametrize("place", ["middle", "parallel", "generator", "model", "map"])
def test_cancelled_twice(place: str, mode: str) -> None:
    """An impatient caller does not get away before what he cancelled has ended."""
    waiting, watch = Waiting(), Watch()

    async def run() -> None:
        task = asyncio.ensure_future(AMODES[mode](PLACES[place](waiting.act), watch.config))
        await waiting.until_begun()
        task.cancel("enough")
        await asyncio.sleep(0)
        task.cancel("I said enough")
        with pytest.raises(asyncio.CancelledError):
            await task

    watch.acall(run)
    assert isinstance(watch.watcher.last(), RunCancel)


@pytest.mark.parametrize("mode", AMODES)
def test_a_branch_raises_and_its_siblings_are_cancelled_and_awaited(mode: str) -> None:
    error, waiting, watch = KeyError("mine"), Waiting(), Watch()

    async def fails(x: Any) -> Any:
        await waiting.until_begun()
        raise error

    chain = SAME | {
        "failing": RunnableLambda(lambda x: x, fails, name="failing"),
        "waiting": RunnableLambda(waiting.work, waiting.awork, name="waiting"),
    }
    with pytest.raises(KeyError) as raised:
        watch.run(mode, chain)
    assert raised.value is error
    assert (error.__cause__, error.__context__) == (None, None)
    assert waiting.ended >= 1
    assert cancels(watch)["waiting"] == BESIDE


@pytest.mark.parametrize("kind", ["parallel", "map", "batch"])
@pytest.mark.parametrize("mode", ["ainvoke", "astream", "events v2"])
def test_what_has_not_begun_when_one_fails_never_begins(mode: str, kind: str) -> None:
    begun: list[Any] = []

    async def awork(x: Any) -> Any:
        begun.append(x)
        await asyncio.sleep(0)
        raise KeyError("mine")

    step = RunnableLambda(lambda x: x, awork, name="failing")
    if kind == "parallel":
        chain: Any = RunnableLambda(lambda x: x) | {str(number): step for number in range(20)}
    elif kind == "map":
        chain = RunnableLambda(lambda x: [x] * 20) | step.map()
    else:

        async def batches(x: Any) -> Any:
            return await step.abatch([x] * 20, {"max_concurrency": 2})

        chain = RunnableLambda(lambda x: x, batches)
    watch = Watch()
    watch.config["max_concurrency"] = 2
    with pytest.raises(KeyError):
        watch.run(mode, chain)
    assert len(begun) <= 3
