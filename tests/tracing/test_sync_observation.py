"""`stream_events` and `stream_log`: what `astream_events` and `astream_log` give, without an event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import FakeListChatModel, PromptTemplate, RunnableGenerator, RunnableLambda, RunnableParallel
from chainviz.errors import InvalidConfigError
from chainviz.tracing.events import RunCancel

from .watching import Watcher

PATIENCE = 5


def letters(chunks: Iterator[Any]) -> Iterator[str]:
    for _ in chunks:
        yield from "abc"


async def aletters(chunks: AsyncIterator[Any]) -> AsyncIterator[str]:
    async for _ in chunks:
        for letter in "abc":
            yield letter


def chains() -> dict[str, Any]:
    model = FakeListChatModel(responses=["hello"])
    return {
        "sequence": RunnableLambda(lambda x: x.upper(), name="upper") | RunnableGenerator(letters, aletters),
        "model": PromptTemplate.from_template("{x}") | model | (lambda message: message.content),
        "parallel": RunnableParallel(a=RunnableLambda(lambda x: x, name="a")),
        "retry": RunnableLambda(lambda x: x, name="once").with_retry(),
        "alone": model,
    }


def given(name: str) -> Any:
    return {"x": "q"} if name == "model" else "q"


def by_run(events: list[Any]) -> Any:
    """What each run tells, in its order; between runs, what is pulled and what is pushed may differ in order."""
    runs: dict[str, list[Any]] = {}
    for event in events:
        told = event["event"], event["name"], event["tags"], len(event["parent_ids"]), sorted(event["data"])
        runs.setdefault(event["run_id"], []).append(told)
    return sorted(runs.values())


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("name", chains())
def test_events_are_those_of_the_asynchronous_verb(name: str, version: Any) -> None:
    async def events() -> list[Any]:
        return [event async for event in chains()[name].astream_events(given(name), version=version)]

    ours = list(chains()[name].stream_events(given(name), version=version))
    assert by_run(ours) == by_run(asyncio.run(events()))


@pytest.mark.parametrize("diff", [True, False])
@pytest.mark.parametrize("name", chains())
def test_the_log_is_that_of_the_asynchronous_verb(name: str, diff: Any) -> None:
    async def log() -> list[Any]:
        return [item async for item in chains()[name].astream_log(given(name), diff=diff)]

    def told(items: list[Any]) -> Any:
        if not diff:
            state = items[-1].state
            entries = {name: (entry["tags"], entry["streamed_output_str"]) for name, entry in state["logs"].items()}
            return len(items), entries, len(state["streamed_output"]), str(state["final_output"])[:20]
        return sorted([(op["op"], op["path"]) for op in item.ops] for item in items)

    assert told(list(chains()[name].stream_log(given(name), diff=diff))) == told(asyncio.run(log()))


def test_filters() -> None:
    events = list(chains()["sequence"].stream_events("q", include_names=["upper"]))
    assert {event["name"] for event in events} == {"upper"}
    patches = list(chains()["sequence"].stream_log("q", exclude_names=["upper"]))
    assert not [op for patch in patches for op in patch.ops if op["path"].startswith("/logs/upper")]


def test_another_version_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="stream_events: expected version 'v1' or 'v2', got 'v3'"):
        list(chains()["sequence"].stream_events("q", version="v3"))


def test_events_are_seen_as_they_happen() -> None:
    seen = threading.Event()

    def step(x: Any) -> Any:
        RunnableLambda(lambda x: x, name="early").invoke(x)
        assert seen.wait(PATIENCE)
        return x

    for event in RunnableLambda(step).stream_events("q"):
        if event["name"] == "early" and event["event"] == "on_chain_end":
            seen.set()
    assert seen.is_set()


def test_the_error_comes_last_and_is_the_same_object() -> None:
    error = ValueError("no")

    def fail(x: Any) -> Any:
        raise error

    events: list[Any] = []
    with pytest.raises(ValueError, match="no") as caught:
        for event in (RunnableLambda(lambda x: x) | fail).stream_events("q"):
            events.append(event)
    assert caught.value is error
    assert [event["event"] for event in events[-2:]] == ["on_chain_error", "on_chain_error"]


def test_leaving_early_stops_the_chain() -> None:
    watcher = Watcher()
    made: list[int] = []

    def many(chunks: Iterator[Any]) -> Iterator[str]:
        for number in range(100_000):
            made.append(number)
            yield "x"

    events: Any = RunnableGenerator(many).stream_events("q", watcher.config)
    next(events)
    deadline = time.monotonic() + PATIENCE
    while len(made) < 900 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(made) < 2_000  # it does not run ahead without bound
    events.close()
    assert isinstance(watcher.last(), RunCancel)
    assert watcher.last().reason == "the consumer stopped reading"
    assert not watcher.violations()
    assert not [thread for thread in threading.enumerate() if thread.name == "chainviz-own"]


def test_leaving_a_busy_chain_ends_its_runs_at_once() -> None:
    watcher, go_on, ended = Watcher(), threading.Event(), list[bool]()
    busy = RunnableLambda(lambda x: ended.append(go_on.wait(PATIENCE)), name="busy")
    chain = RunnableLambda(lambda x: x) | busy
    events: Any = chain.stream_events("q", watcher.config)
    for event in events:
        if event["name"] == "busy":
            break
    events.close()
    assert not ended
    assert watcher.story()[-2:] == ["cancel busy", "cancel RunnableSequence"]
    go_on.set()
    assert not watcher.violations()


async def test_inside_a_running_event_loop() -> None:
    assert len(list(chains()["sequence"].stream_events("q"))) == len(
        [event async for event in chains()["sequence"].astream_events("q")]
    )


def test_the_context_and_a_trace_around_go_along() -> None:
    import chainviz

    with chainviz.trace() as trace:
        events = list(chains()["sequence"].stream_events("q"))
    assert len(trace.events()) == len(events)


def test_a_log_under_a_deadline() -> None:
    chain = RunnableLambda(lambda x: time.sleep(0.2), name="slow")
    with pytest.raises(TimeoutError):
        list(chain.stream_log("q", {"timeout": 0.02}))
