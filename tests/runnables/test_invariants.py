"""Whatever a chain is made of and however its run comes to an end: every run that began has ended once when the caller
has control again, he gets what an unwatched run gives him or his own exception, nothing is left at work, and nothing
is kept."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import time
import weakref
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chainviz import AsyncCallbackHandler, BaseCallbackHandler
from chainviz.config import CURRENT

from ..tracing.watching import Watcher
from .chains import Halt, Stage, Trouble, errors, plans

CHAINS = int(os.environ.get("CHAINVIZ_FUZZ", "300"))
"""How many chains each mode is driven with; `make fuzz` sets it."""


class Left(Exception):
    """What a consumer raises who has seen enough."""


# --- the modes: each drives a chain and gives what an unwatched call must give, too --------------------------------


def invoke(chain: Any, config: Any, after: int) -> Any:
    return chain.invoke("x", config)


def batch(chain: Any, config: Any, after: int) -> Any:
    return chain.batch(["x", "y", "z"], {**config, "max_concurrency": after or None})


def batch_completed(chain: Any, config: Any, after: int) -> Any:
    return list(chain.batch_as_completed(["x", "y", "z"], {**config, "max_concurrency": after or None}))


def stream(chain: Any, config: Any, after: int) -> None:
    for _ in chain.stream("x", config):
        pass


def stream_then_close(chain: Any, config: Any, after: int) -> None:
    chunks = chain.stream("x", config)
    for number, _ in enumerate(chunks):
        if number == after:
            break
    chunks.close()


def stream_then_raise(chain: Any, config: Any, after: int) -> None:
    for number, _ in enumerate(chain.stream("x", config)):
        if number == after:
            raise Left


def sync_events(chain: Any, config: Any, after: int) -> None:
    for _ in chain.stream_events("x", config):
        pass


def sync_events_then_close(chain: Any, config: Any, after: int) -> None:
    chunks = chain.stream_events("x", config)
    for number, _ in enumerate(chunks):
        if number == after:
            break
    chunks.close()


async def ainvoke(chain: Any, config: Any, after: int) -> Any:
    return await chain.ainvoke("x", config)


async def ainvoke_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(chain.ainvoke("x", config), after)


async def abatch(chain: Any, config: Any, after: int) -> Any:
    return await chain.abatch(["x", "y", "z"], {**config, "max_concurrency": after or None})


async def abatch_completed(chain: Any, config: Any, after: int) -> Any:
    config = {**config, "max_concurrency": after or None}
    return [pair async for pair in chain.abatch_as_completed(["x", "y", "z"], config)]


async def abatch_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(abatch(chain, config, after), after)


async def astream(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream("x", config):
        pass


async def astream_then_close(chain: Any, config: Any, after: int) -> None:
    await _left(chain.astream("x", config), after)


async def astream_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(astream(chain, config, after), after)


async def events(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream_events("x", config, version="v1" if after % 2 else "v2"):
        pass


async def events_then_close(chain: Any, config: Any, after: int) -> None:
    await _left(chain.astream_events("x", config), after)


async def events_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(events(chain, config, after), after)


async def log(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream_log("x", config, diff=bool(after % 2)):
        pass


async def _left(chunks: Any, after: int) -> None:
    number = 0
    async for _ in chunks:
        if number == after:
            break
        number += 1
    await chunks.aclose()


async def _cancelled(work: Any, after: int) -> None:
    task = asyncio.create_task(work)
    for _ in range(after * 3):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass


SYNC = [
    invoke,
    batch,
    batch_completed,
    stream,
    stream_then_close,
    stream_then_raise,
    sync_events,
    sync_events_then_close,
]
ASYNC = [
    ainvoke,
    ainvoke_then_cancel,
    abatch,
    abatch_completed,
    abatch_then_cancel,
    astream,
    astream_then_close,
    astream_then_cancel,
    events,
    events_then_close,
    events_then_cancel,
    log,
]
REPEATABLE = {invoke, batch, ainvoke, abatch}
ABANDONS = {sync_events_then_close}
"""What leaves a thread behind that is busy, as a cancelled task does."""


def repeatable(mode: Any, plan: Any) -> bool:
    """Whether it gives the same each time: the chunks of streams side by side come in any order."""
    return mode in REPEATABLE and "streamed" not in str(plan)


# --- who listens ---------------------------------------------------------------------------------------------------


def raising(event: Any) -> None:
    raise Trouble("a sink's")


def halting(event: Any) -> None:
    raise Halt("a sink's")


class Handler(BaseCallbackHandler):
    def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
        raise Trouble("a handler's")

    on_llm_new_token = on_tool_end = on_chain_end = on_chain_start


class Coroutines(AsyncCallbackHandler):
    async def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
        await asyncio.sleep(0)
        raise Trouble("a handler's")

    on_llm_new_token = on_tool_end = on_chain_end = on_chain_start


def audience(watcher: Watcher, number: int) -> list[Any]:
    """The watcher, alone or among sinks that raise."""
    return [[watcher], [raising, watcher], [watcher, Handler()], [Coroutines(), watcher, halting]][number]


# --- what must hold ------------------------------------------------------------------------------------------------


class Example:
    """One chain, driven once: what came out and what is wrong about it."""

    alive: ClassVar[weakref.WeakSet[Example]] = weakref.WeakSet()

    def __init__(self, plan: Any, error: type[BaseException], after: int, listeners: int) -> None:
        self.stage = Stage(error)
        self.chain = self.stage.build(plan)
        self.after = after
        self.watcher = Watcher(streaming=True)
        self.config = {"callbacks": audience(self.watcher, listeners)}
        if len(self.alive) == 500:
            gc.collect()  # nothing is open here: only what refers to itself is let go
        self.alive.add(self)

    def check(self, error: BaseException | None) -> None:
        """What must hold as soon as the caller has control again."""
        assert self.watcher.violations() == []
        assert self.stage.busy == 0
        assert CURRENT.get() is None
        if error is not None and not isinstance(error, Left):
            assert any(error is raised for raised in self.stage.raised), repr(error)

    def check_the_end(self) -> None:
        """What must hold of threads that were abandoned: they report nothing more."""
        seen = len(self.watcher.events)
        give_up = time.perf_counter() + 5
        while self.stage.blocking and time.perf_counter() < give_up:
            time.sleep(0.0005)
        assert self.stage.blocking == 0
        assert len(self.watcher.events) == seen

    def outcome(self, mode: Any, config: Any) -> Any:
        """What a mode gives, or the kind of what it raises; checked if it is watched."""
        error, result = None, None
        try:
            result = mode(self.chain, config, self.after)
        except (Trouble, Halt, Left) as raised:
            error = raised
        if config:
            self.check(error)
        return result if error is None else type(error)

    async def aoutcome(self, mode: Any, config: Any) -> Any:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        error, result = None, None
        try:
            result = await mode(self.chain, config, self.after)
        except (Trouble, Halt) as raised:
            error = raised
        if config:
            self.check(error)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert complaints == []
        return result if error is None else type(error)


drive = settings(
    max_examples=CHAINS,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """What is closed must be closed by us, not when it is collected; raising sinks are named at length elsewhere."""
    logging.getLogger("chainviz").setLevel(logging.CRITICAL)
    gc.disable()
    yield
    gc.enable()
    logging.getLogger("chainviz").setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    yield
    until = time.monotonic() + 10
    while Example.alive and time.monotonic() < until:  # a helper's thread may not have left its last call yet
        gc.collect()
        time.sleep(0.01)
    assert len(Example.alive) == 0


@pytest.mark.parametrize("mode", SYNC)
@drive
@given(plan=plans, error=errors, after=st.integers(0, 3), listeners=st.integers(0, 3))
def test_sync(mode: Any, plan: Any, error: Any, after: int, listeners: int) -> None:
    example = Example(plan, error, after, listeners)
    outcome = example.outcome(mode, example.config)
    if mode in ABANDONS:
        example.check_the_end()
    assert example.stage.blocking == 0
    if repeatable(mode, plan):
        assert example.outcome(mode, {}) == outcome


@pytest.mark.parametrize("mode", ASYNC)
@drive
@given(plan=plans, error=errors, after=st.integers(0, 6), listeners=st.integers(0, 3))
def test_async(mode: Any, plan: Any, error: Any, after: int, listeners: int) -> None:
    example = Example(plan, error, after, listeners)

    async def run() -> None:
        outcome = await example.aoutcome(mode, example.config)
        if repeatable(mode, plan):
            assert await example.aoutcome(mode, {}) == outcome

    asyncio.run(run())
    example.check_the_end()
