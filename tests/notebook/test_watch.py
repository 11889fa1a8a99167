"""`watch`: a call in the background whose outcome is never lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextvars import ContextVar
from threading import current_thread, main_thread
from time import sleep as sleep_on_thread
from typing import Any

import pytest

from chainviz import AIMessage, FakeListChatModel, RunnableGenerator, RunnableLambda, trace, watch
from chainviz.errors import InvalidInputError


class Mine(Exception):
    """An exception of the user's own."""


def double(x: int) -> int:
    return 2 * x


async def sleep(x: Any) -> Any:
    await asyncio.sleep(60)
    return x


def test_it_returns_at_once_and_gives_the_output() -> None:
    t = watch(RunnableLambda(double) | double, 3)
    assert t.result(timeout=10) == 12
    assert t.closed
    assert [root.name for root in t.roots] == ["RunnableSequence"]


async def test_it_can_be_awaited_in_any_loop_and_more_than_once() -> None:
    t = watch(RunnableLambda(double), 3)
    assert await t == 6
    assert await asyncio.gather(*(asyncio.to_thread(t.result), asyncio.wait_for(t, 5))) == [6, 6]


async def test_who_stops_waiting_does_not_stop_the_run() -> None:
    t = watch(RunnableLambda(sleep), 3)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(t, 0.01)
    with pytest.raises(TimeoutError):
        t.result(timeout=0.01)
    assert not t.closed
    t.stop()
    with pytest.raises(CancelledError, match="the run was stopped"):
        t.result(timeout=10)
    assert [node.status for node in t.tree] == ["cancelled"]
    t.stop()


async def test_an_exception_is_raised_by_whoever_asks_the_same_object() -> None:
    error = Mine("mine")

    def fail(_: Any) -> Any:
        raise error

    t = watch(RunnableLambda(fail), 1)
    with pytest.raises(Mine) as first:
        t.result(timeout=10)
    with pytest.raises(Mine) as second:
        await t
    assert first.value is second.value is t.errors[0].error is error


def test_an_exception_before_any_run_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    config: Any = {"tags": 3}
    with caplog.at_level(logging.ERROR, "chainviz"):
        t = watch(RunnableLambda(double), 1, config)
        with pytest.raises(Exception, match="tags"):
            t.result(timeout=10)
    assert "did not start" in caplog.text


def test_a_streaming_model_gives_its_message() -> None:
    t = watch(FakeListChatModel(responses=["hello"]), "hi")
    output = t.result(timeout=10)
    assert type(output) is AIMessage and output.content == "hello"
    assert sum(event["event"] == "on_chat_model_stream" for event in t.events()) == 5


def letters(x: str) -> Iterator[str]:
    yield from x


def endless(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        while True:
            yield chunk
            sleep_on_thread(0.001)


@pytest.mark.parametrize("wrap", [lambda step: step, lambda step: double | step, lambda step: step.with_retry()])
def test_a_generator_function_streams_on_a_thread(wrap: Any) -> None:
    t = watch(wrap(RunnableLambda(letters)), "ab")
    assert t.result(timeout=10) in ("ab", "abab")
    assert [event["event"] for event in t.events() if event["name"] == "letters"].count("on_chain_stream") >= 2


def test_a_generator_function_on_its_thread_can_be_stopped() -> None:
    t = watch(RunnableLambda(double) | RunnableGenerator(endless), "a")
    while len(t.events()) < 20:
        sleep_on_thread(0.01)
    t.stop()
    with pytest.raises(CancelledError, match="the run was stopped"):
        t.result(timeout=10)
    assert t.tree[0].status == "cancelled"


def test_it_runs_elsewhere_under_the_callers_context() -> None:
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("seen")
    seen: list[Any] = []

    async def look(_: Any) -> None:
        seen.extend([variable.get(), current_thread() is main_thread()])

    watch(RunnableLambda(look), 1).result(timeout=10)
    assert seen == ["seen", False]


def test_a_trace_around_it_sees_it_too() -> None:
    with trace() as outer:
        watch(RunnableLambda(double), 1).result(timeout=10)
    assert len(outer.roots) == 1


@pytest.mark.parametrize("arguments", [(3, 1), (double, 1), (RunnableLambda(double), 1, "config")])
def test_bad_arguments_get_one_sentence(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidInputError, match="watch: expected"):
        watch(*arguments)
