"""Who listens can't harm a run, unless he asks to."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from chainviz import AsyncCallbackHandler, BaseCallbackHandler, RunnableLambda

from .watching import Watcher

CHAIN = RunnableLambda(lambda x: x + 1) | (lambda x: x + 1) | (lambda x: x + 1)


class Faulty:
    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.calls = 0

    def __call__(self, event: Any) -> None:
        self.calls += 1
        raise self.error


@pytest.mark.parametrize("error", [ValueError("bad"), SystemExit(1), asyncio.CancelledError()])
def test_a_raising_sink_is_kept_from_the_run(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    faulty, watcher = Faulty(error), Watcher()
    with caplog.at_level(logging.WARNING, "chainviz"):
        assert CHAIN.invoke(0, {"callbacks": [faulty, watcher]}) == 3
    assert len(watcher.events) == 8
    assert faulty.calls == 3
    assert len(caplog.records) == 1
    assert "the run goes on" in caplog.text


def test_an_interrupt_in_a_sink_passes_and_every_sink_sees_the_end() -> None:
    watcher = Watcher()
    with pytest.raises(KeyboardInterrupt):
        CHAIN.invoke(0, {"callbacks": [Faulty(KeyboardInterrupt()), watcher]})
    assert watcher.story() == ["start RunnableSequence", "cancel RunnableSequence"]


def test_a_handler_may_ask_to_be_heard() -> None:
    class Strict(BaseCallbackHandler):
        raise_error = True

        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            raise PermissionError("not here")

    watcher = Watcher()
    with pytest.raises(PermissionError, match="not here"):
        CHAIN.invoke(0, {"callbacks": [Strict(), watcher]})
    assert watcher.story() == ["start RunnableSequence", "error RunnableSequence"]


async def test_coroutine_handlers_run_in_order_and_end_before_the_call() -> None:
    seen: list[str] = []

    class Handler(AsyncCallbackHandler):
        async def on_chain_start(self, *args: Any, name: str, **kwargs: Any) -> None:
            await asyncio.sleep(0.001)
            seen.append(f"start {name}")

        async def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            seen.append("end")

    chain = RunnableLambda(lambda x: x, name="a")
    await chain.ainvoke(0, {"callbacks": [Handler()]})
    assert seen == ["start a", "end"]
    async for _ in chain.astream(0, {"callbacks": [Handler()]}):
        pass
    assert seen == ["start a", "end"] * 2


async def test_a_raising_coroutine_handler_is_kept_from_the_run(caplog: pytest.LogCaptureFixture) -> None:
    class Handler(AsyncCallbackHandler):
        async def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            raise ValueError("bad")

    assert await CHAIN.ainvoke(0, {"callbacks": [Handler()]}) == 3
    assert "ValueError: bad" in caplog.text


def test_a_handler_that_ignores() -> None:
    class Handler(BaseCallbackHandler):
        ignore_chain = True

        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            raise AssertionError("ignored")

    assert CHAIN.invoke(0, {"callbacks": [Handler()]}) == 3


def test_the_same_handler_twice_is_called_once() -> None:
    calls: list[str] = []

    class Handler(BaseCallbackHandler):
        def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            calls.append("end")

    handler = Handler()
    step = RunnableLambda(lambda x: x).with_config(callbacks=[handler])
    step.invoke(0, {"callbacks": [handler]})
    assert calls == ["end"]
