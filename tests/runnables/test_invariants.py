"""Whatever a chain is made of and however its run comes to an end: every run that began has ended once, the user gets
his own exception, and nothing is left at work."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .chains import Stage, Trouble, Watcher, plans

EXAMPLES = 60


def invoke(chain: Any, config: Any, after: int) -> None:
    chain.invoke("x", config)


def batch(chain: Any, config: Any, after: int) -> None:
    chain.batch(["x", "y", "z"], {**config, "max_concurrency": after or None})


def stream(chain: Any, config: Any, after: int) -> None:
    for _ in chain.stream("x", config):
        pass


def stream_then_close(chain: Any, config: Any, after: int) -> None:
    chunks = chain.stream("x", config)
    for number, _ in enumerate(chunks):
        if number == after:
            break
    chunks.close()


async def ainvoke(chain: Any, config: Any, after: int) -> None:
    await chain.ainvoke("x", config)


async def ainvoke_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(chain.ainvoke("x", config), after)


async def abatch(chain: Any, config: Any, after: int) -> None:
    await chain.abatch(["x", "y", "z"], {**config, "max_concurrency": after or None})


async def astream(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream("x", config):
        pass


async def astream_then_close(chain: Any, config: Any, after: int) -> None:
    await _left(chain.astream("x", config), after)


async def astream_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(ainvoke_stream(chain, config), after)


async def events(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream_events("x", config, version="v2"):
        pass


async def events_then_close(chain: Any, config: Any, after: int) -> None:
    await _left(chain.astream_events("x", config, version="v2"), after)


async def events_then_cancel(chain: Any, config: Any, after: int) -> None:
    await _cancelled(events(chain, config, after), after)


async def log(chain: Any, config: Any, after: int) -> None:
    async for _ in chain.astream_log("x", config):
        pass


async def ainvoke_stream(chain: Any, config: Any) -> None:
    async for _ in chain.astream("x", config):
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


SYNC = [invoke, batch, stream, stream_then_close]
ASYNC = [
    ainvoke,
    ainvoke_then_cancel,
    abatch,
    astream,
    astream_then_close,
    astream_then_cancel,
    events,
    events_then_close,
    events_then_cancel,
    log,
]


@pytest.fixture(scope="module", autouse=True)
def no_garbage_collector() -> Iterator[None]:
    """What is closed must be closed by us, not when it is collected."""
    gc.disable()
    yield
    gc.enable()


def check(stage: Stage, watcher: Watcher, call: Callable[[], None]) -> None:
    try:
        call()
    except Trouble as error:
        assert any(error is raised for raised in stage.raised)
    assert watcher.violations() == []
    assert stage.busy == 0


moderately = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("mode", SYNC)
@moderately
@given(plan=plans, after=st.integers(0, 3))
def test_sync(mode: Any, plan: Any, after: int) -> None:
    stage, watcher = Stage(), Watcher()
    chain = stage.build(plan)
    check(stage, watcher, lambda: mode(chain, {"callbacks": [watcher]}, after))
    assert stage.blocking == 0


@pytest.mark.parametrize("mode", ASYNC)
@moderately
@given(plan=plans, after=st.integers(0, 6))
def test_async(mode: Any, plan: Any, after: int) -> None:
    stage, watcher = Stage(), Watcher()
    chain = stage.build(plan)

    async def run() -> None:
        try:
            await mode(chain, {"callbacks": [watcher]}, after)
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left

    check(stage, watcher, lambda: asyncio.run(run()))
