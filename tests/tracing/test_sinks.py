"""Who listens, and when he is called; tests/faults has those who raise."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from chainviz import (
    AsyncCallbackHandler,
    BaseCallbackHandler,
    RunnableLambda,
    UsageMetadataCallbackHandler,
    dispatch_custom_event,
)
from chainviz.outputs import LLMResult

CHAIN = RunnableLambda(lambda x: x + 1) | (lambda x: x + 1) | (lambda x: x + 1)


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


async def test_coroutine_handlers_of_a_sync_call_in_a_running_loop_have_ended_with_it() -> None:
    seen: list[str] = []
    word = ContextVar[str]("word")
    word.set("told")

    async def told(self: Any, *args: Any, **kwargs: Any) -> None:
        await asyncio.sleep(0.001)
        seen.append(word.get())

    def decorated(self: Any, *args: Any, **kwargs: Any) -> Any:
        return told(self)

    class Coroutines(AsyncCallbackHandler):
        on_chain_start = on_chain_end = told

    class Decorated(BaseCallbackHandler):
        on_chain_start = on_chain_end = decorated

    for handler in (Coroutines(), Decorated()):
        config: Any = {"callbacks": [handler]}
        for call in (
            lambda config=config: CHAIN.invoke(0, config),
            lambda config=config: CHAIN.batch([0], config),
            lambda config=config: list(CHAIN.stream(0, config)),
        ):
            call()
            assert seen == ["told"] * 8
            seen.clear()


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


class Echo(AsyncCallbackHandler):
    """Has an event sent from `config` right after it has heard of the first end."""

    config: Any = None
    heard = 0

    async def on_chain_end(self, *args: Any, **more: Any) -> None:
        config, self.config = self.config, None
        if config is not None:
            asyncio.get_running_loop().call_soon(partial(dispatch_custom_event, "echo", 1, config=config))

    async def on_custom_event(self, *args: Any, **more: Any) -> None:
        self.heard += 1


@pytest.mark.parametrize("verb", ["ainvoke", "abatch"])
async def test_a_handler_hears_what_comes_while_it_is_waited_for(verb: str) -> None:
    echo = Echo()
    inner = RunnableLambda(lambda x: x).with_config(callbacks=[AsyncCallbackHandler()])

    async def work(x: int, config: Any) -> int:
        if x == 1:
            echo.config = config
            await inner.ainvoke(x)
        await asyncio.sleep(0.01 * x)
        return x

    step = RunnableLambda(work)
    if verb == "ainvoke":
        await step.ainvoke(1, {"callbacks": [echo]})
    else:
        await step.abatch([1, 0, 2], {"callbacks": [echo]})
    assert echo.heard == 1


def test_a_model_that_gave_nothing_counts_for_nothing() -> None:
    handler = UsageMetadataCallbackHandler()
    handler.on_llm_end(LLMResult([[]]), run_id=uuid4())
    assert handler.usage_metadata == {}
