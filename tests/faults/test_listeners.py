"""A listener raises: the run does not notice, he is named once and let go after a few faults."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from chainviz import AsyncCallbackHandler, BaseCallbackHandler, RunnableLambda

from .modes import AMODES, EVERY_MODE, MODES, Watch
from .places import PLACES, SAME, Act


class Mighty(BaseException):
    """No `except Exception` stops it."""


class Sink:
    """Raises at every event."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.calls = 0

    def __call__(self, event: Any) -> None:
        self.calls += 1
        raise self.error


class Handler(BaseCallbackHandler):
    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.calls = 0

    def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
        self.calls += 1
        raise self.error

    on_chain_end = on_chain_start


class Coroutines(AsyncCallbackHandler):
    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.calls = 0

    async def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
        self.calls += 1
        await asyncio.sleep(0)
        raise self.error

    on_chain_end = on_chain_start


ERRORS = {
    "exception": lambda: ValueError("bad"),
    "base exception": lambda: Mighty("bad"),
    "exit": lambda: SystemExit("bad"),
    "cancel": lambda: asyncio.CancelledError("bad"),
    "generator exit": lambda: GeneratorExit("bad"),
    "stop": lambda: StopAsyncIteration("bad"),
}
CHAIN = SAME | SAME | SAME
CALM = Act(lambda x: x)


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("kind", [Sink, Handler, Coroutines])
@pytest.mark.parametrize("error", ERRORS)
def test_a_listener_raises(error: str, kind: Any, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    faulty = kind(ERRORS[error]())
    watch = Watch(faulty)
    with caplog.at_level(logging.WARNING, "chainviz"):
        given = watch.run(mode, CHAIN)
    assert len(given) > 0
    ends = [line for line in watch.watcher.story() if line == "end same"]
    items = 2 if "batch" in mode else 1
    assert len(ends) == 3 * items
    assert 3 <= faulty.calls <= 3 + items
    assert caplog.text.count("the run goes on") == 1
    assert "bad; the run goes on, and after 3 such faults without it" in caplog.text


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("place", ["parallel", "map", "called", "own class", "model", "tool"])
def test_listeners_raise_everywhere(place: str, mode: str) -> None:
    watch = Watch(Sink(ValueError()), Handler(Mighty()), Coroutines(ValueError()), Sink(SystemExit()), streaming=True)
    alone = Watch(streaming=True)
    chain = PLACES[place](CALM)
    watched, unwatched = watch.run(mode, chain), alone.run(mode, chain)
    if mode in ("invoke", "batch", "ainvoke", "abatch"):
        assert watched == unwatched
    assert sorted(watch.watcher.story()) == sorted(alone.watcher.story())


@pytest.mark.parametrize("mode", ["invoke", "ainvoke", "astream", "events v2"])
@pytest.mark.parametrize("kind", [Sink, Handler, Coroutines])
def test_one_that_is_bound_to_a_step_is_named_once(kind: Any, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    faulty, calm = kind(ValueError("bad")), Watch()
    each = RunnableLambda(lambda x: [x] * 9) | SAME.with_config(callbacks=[faulty]).map()
    with caplog.at_level(logging.WARNING, "chainviz"):
        calm.run(mode, each)
    assert calm.watcher.story().count("end same") == 9
    assert faulty.calls >= 3
    assert caplog.text.count("the run goes on") == 1


@pytest.mark.parametrize("mode", [*MODES, "ainvoke", "astream", "events v2", "log"])
@pytest.mark.parametrize("kind", [Sink, Handler])
def test_a_real_interrupt_passes(kind: Any, mode: str) -> None:
    watch = Watch(kind(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        if mode in AMODES:
            asyncio.run(AMODES[mode](CHAIN, watch.config))
        else:
            watch.run(mode, CHAIN)
    assert watch.watcher.violations() == []
    assert watch.watcher.last().reason == "interrupted"


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("kind", [Handler, Coroutines])
def test_one_who_asks_to_be_heard(kind: Any, mode: str) -> None:
    faulty = kind(PermissionError("not here"))
    faulty.raise_error = True
    watch = Watch(faulty)
    if kind is Coroutines and mode in MODES:  # what is awaited is not a sync call's matter
        watch.run(mode, CHAIN)
        return
    with pytest.raises(PermissionError, match="not here"):
        watch.run(mode, CHAIN)


async def test_coroutines_end_before_the_call_however_they_are_bound() -> None:
    seen: list[str] = []

    class Slow(AsyncCallbackHandler):
        async def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(0.001)
            seen.append("end")

    chain = SAME | SAME.with_config(callbacks=[Slow()]) | SAME
    for config in (None, {"callbacks": [lambda event: None]}):
        await chain.ainvoke("x", config)
        assert seen == ["end"]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        seen.clear()


async def test_coroutines_of_a_loop_in_a_thread_run_on_the_loop_of_the_call() -> None:
    loops: list[Any] = []

    class Where(AsyncCallbackHandler):
        async def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(0)
            loops.append(asyncio.get_running_loop())

    outer = RunnableLambda(lambda x: asyncio.run(SAME.ainvoke(x)), name="outer")
    await (SAME | outer).ainvoke("x", {"callbacks": [Where()]})
    assert loops == [asyncio.get_running_loop()] * 4


def test_coroutines_of_a_loop_under_a_sync_call_end_before_it() -> None:
    seen: list[str] = []

    class Told(AsyncCallbackHandler):
        async def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(0)
            seen.append("end")

    RunnableLambda(lambda x: asyncio.run(SAME.ainvoke(x))).invoke("x", {"callbacks": [Told()]})
    assert seen == ["end", "end"]


def test_a_listener_without_a_repr(caplog: pytest.LogCaptureFixture) -> None:
    class Shy(Sink):
        def __repr__(self) -> str:
            raise RuntimeError

    class Wordless(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert CHAIN.invoke("x", {"callbacks": [Shy(Wordless())]}) == "x"
    assert "<Shy whose repr raised RuntimeError> raised Wordless: Wordless(); the" in caplog.text


def test_a_call_knows_nothing_of_the_faults_of_another() -> None:
    faulty = Sink(ValueError())
    for _ in range(3):
        CHAIN.invoke("x", {"callbacks": [faulty]})
    assert faulty.calls == 9
