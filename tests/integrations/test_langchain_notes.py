"""A trace takes notes of what LangChain runs in it, and makes events of them when somebody reads."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress
from contextvars import copy_context
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManager
from langchain_core.language_models import FakeListChatModel as TheirModel
from langchain_core.runnables import RunnableGenerator as TheirGenerator
from langchain_core.runnables import RunnableLambda as TheirLambda

import chainviz
from chainviz import RunnableLambda, Trace
from chainviz.integrations.langchain import capture, telling
from chainviz.tracing.events import RunEnd, RunEvent, RunStart
from chainviz.tracing.notes import Teller


def kinds(t: Trace) -> list[tuple[str, str]]:
    return [(type(event).__name__, event.run.name) for event in t.recorder.events]


def taken(t: Trace) -> int:
    """How many notes there are that nobody has read."""
    return sum(isinstance(item, Teller) for item in t.recorder.notes)


def same(x: Any) -> Any:
    return x


def counted(_: Any) -> Iterator[int]:
    yield from (1, 2, 3)


def test_nobody_pays_for_events_that_nobody_reads() -> None:
    chain = TheirLambda(len) | str
    with chainviz.trace() as t:
        chain.invoke("abc")
        assert taken(t) == 6
    assert t.closed and taken(t) == 6
    assert [run.name for run in t.roots] == ["RunnableSequence"]
    assert not t.recorder.notes and len(t.recorder.events) == 6


def test_a_run_is_read_in_the_middle_and_told_to_the_end() -> None:
    seen: list[list[tuple[str, str]]] = []
    with chainviz.trace() as t:

        def look(x: int) -> int:
            other = threading.Thread(target=lambda: seen.append(kinds(t)))
            other.start()
            other.join()
            return x

        (TheirLambda(look) | TheirLambda(look)).invoke(1)
    assert seen[0] == [("RunStart", "RunnableSequence"), ("RunStart", "look")]
    assert kinds(t) == [
        *seen[1],
        ("RunEnd", "look"),
        ("RunEnd", "RunnableSequence"),
    ]
    assert t.closed
    times = [event.t for event in t.recorder.events]
    assert times == sorted(times)


def test_who_watches_hears_of_each() -> None:
    heard: list[int] = []
    with chainviz.trace() as t:
        t.subscribe(lambda: heard.append(t.recorder.count))
        TheirLambda(len).invoke("abc")
    assert heard == [1, 2, 2]  # and of the end of the trace


def test_ours_stands_after_what_was_noted_before_it() -> None:
    with chainviz.trace() as t:
        TheirLambda(len).invoke("abc")
        RunnableLambda(str).invoke(1)
        TheirLambda(lambda x: RunnableLambda(str).invoke(x), name="outer").invoke(2)
    assert kinds(t) == [
        ("RunStart", "len"),
        ("RunEnd", "len"),
        ("RunStart", "str"),
        ("RunEnd", "str"),
        ("RunStart", "outer"),
        ("RunStart", "str"),
        ("RunEnd", "str"),
        ("RunEnd", "outer"),
    ]
    [*_, inner] = [event.run for event in t.recorder.events if isinstance(event, RunStart)]
    assert inner.parent is not None and inner.parent.name == "outer"


def test_a_trace_that_is_left_is_closed_by_the_last_run() -> None:
    go = threading.Event()
    with chainviz.trace() as t:
        thread = threading.Thread(target=copy_context().run, args=(TheirLambda(lambda _: go.wait()).invoke, 1))
        thread.start()
        while not t.recorder.notes:
            pass
    assert not t.closed
    waiting: list[Any] = []
    reader = threading.Thread(target=lambda: waiting.append(t.result(10)))
    reader.start()
    go.set()
    thread.join()
    reader.join()
    assert t.closed and waiting == [True]


def test_a_run_that_ends_in_another_trace_is_told_to_its_own() -> None:
    numbers: Any = TheirGenerator(counted)
    with chainviz.trace() as first:
        stream = numbers.stream("go")
        next(stream)
    assert not first.closed
    with chainviz.trace() as second:
        assert list(stream) == [2, 3]
    assert first.closed and first.result() == 6 and second.roots == []


def test_notes_are_as_many_as_events_may_be() -> None:
    chain = TheirLambda(len)
    with chainviz.trace(max_events=10) as t:
        for _ in range(50):
            chain.invoke("abc")
        assert taken(t) <= 10
    assert len(t.recorder.events) <= 10 and t.recorder.count == 100 and t.dropped >= 90


def test_a_root_of_which_nobody_can_tell_the_end_any_more_is_cancelled() -> None:
    with chainviz.trace() as t:
        manager = CallbackManager.configure().on_chain_start({}, 1, name="forgotten")
    assert not t.closed
    del manager
    gc.collect()
    while not t.closed:
        pass
    assert [node.status for node in t.tree] == ["cancelled"]
    assert not t.keeps and not capture.ROOTS


async def test_a_model_that_is_cancelled_as_a_root_ends() -> None:
    class Slow(TheirModel):
        async def _astream(self, *_: Any, **__: Any) -> Any:
            await asyncio.sleep(60)
            yield

    with chainviz.trace() as t:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await Slow(responses=["never"]).ainvoke("hi")
        await asyncio.sleep(0.01)  # for what the cancelled task leaves in the loop
        gc.collect()
        assert [node.status for node in t.tree] == ["cancelled"]
    assert t.closed


def test_a_root_that_never_ends_goes_with_its_trace() -> None:
    with chainviz.trace() as t:
        manager = CallbackManager.configure().on_chain_start({}, 1, name="held")
    assert [run.name for run in t.roots] == ["held"] and not t.closed
    [run], gone = t.keeps.values(), weakref.ref(t)
    there = weakref.ref(run)
    del t, run
    gc.collect()
    assert gone() is None and there() is None
    manager.on_chain_end(1)


def test_notes_keep_nothing_of_langchains_alive() -> None:
    """Each object kept is one more for the garbage collector to go through, which costs more than to take a note."""
    chain = TheirLambda(same) | same
    with chainviz.trace():
        chain.invoke(1)
        gc.disable()
        try:
            before = gc.get_count()[0]
            for _ in range(100):
                chain.invoke(1)
            assert gc.get_count()[0] - before < 300
        finally:
            gc.enable()


def test_a_fault_in_telling_is_logged_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Fault(Exception):
        """One that nobody has raised before."""

    def broken(*_: Any) -> None:
        raise Fault("no place for it")

    monkeypatch.setattr(telling.CAPTURED, "open", broken)
    chain = TheirLambda(len) | str
    with caplog.at_level(logging.WARNING), chainviz.trace() as t:
        assert [chain.invoke("abc"), chain.invoke("abc")] == ["3", "3"]
        assert t.recorder.events == []
    assert [record.message for record in caplog.records] == [
        "telling of a run of LangChain's raised Fault: no place for it; the run goes on, and a trace may lack it"
    ]


def test_a_sink_of_ones_own_hears_at_once() -> None:
    heard: list[RunEvent] = []

    def look(x: int) -> int:
        assert [type(event) for event in heard] == [RunStart, RunStart]
        return x

    with chainviz.trace() as t, chainviz.trace() as inner:
        inner.subscribe(lambda: None)
        chain: Any = RunnableLambda(lambda x: TheirLambda(look).invoke(x))
        assert chain.invoke(1, {"callbacks": [heard.append]}) == 1
    assert [type(event) for event in heard] == [RunStart, RunStart, RunEnd, RunEnd]
    assert kinds(t) == kinds(inner) and len(kinds(t)) == 4


def test_a_fault_in_the_handler_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Fault(Exception):
        """One that nobody has raised before."""

    def broken() -> None:
        raise Fault("no time")

    monkeypatch.setattr(capture, "perf_counter_ns", broken)
    with caplog.at_level(logging.WARNING), chainviz.trace():
        assert list((TheirLambda(len) | str | TheirGenerator(counted)).stream("abc")) == [1, 2, 3]
    assert [record.message for record in caplog.records] == [
        "telling of a run of LangChain's raised Fault: no time; the run goes on, and a trace may lack it"
    ]
