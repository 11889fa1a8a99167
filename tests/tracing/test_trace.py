"""Trace: what it records, when it closes, and the trace as data."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.config import CURRENT
from chainviz.errors import ChainvizError
from chainviz.tracing.events import Run, RunChunk
from chainviz.tracing.recorder import Recorder
from chainviz.tracing.trace import Trace, trace


def double(x: int) -> int:
    return 2 * x


def fail(_: Any) -> Any:
    raise ValueError("no luck")


chain = RunnableLambda(double) | double


def test_it_records_what_runs_in_its_block_only() -> None:
    chain.invoke(1)
    with trace() as t:
        chain.invoke(2)
        list(chain.stream(3))
    chain.invoke(4)
    assert [root.name for root in t.roots] == ["RunnableSequence"] * 2
    assert t.closed
    assert t.result() == 12
    assert CURRENT.get() is None


async def test_it_records_what_awaits_in_its_block() -> None:
    async with trace() as t:
        await asyncio.gather(chain.ainvoke(1), chain.ainvoke(2))
    assert len(t.roots) == 2
    assert await t in (4, 8)


def test_traces_nest() -> None:
    with trace() as outer:
        chain.invoke(1)
        with trace() as inner:
            chain.invoke(2)
        chain.invoke(3)
    assert (len(outer.roots), len(inner.roots)) == (3, 1)


def test_an_exception_passes_through_and_is_among_the_errors() -> None:
    error = ValueError("mine")

    def mine(_: Any) -> Any:
        raise error

    with pytest.raises(ValueError, match="mine") as raised, trace() as t:
        (RunnableLambda(double) | mine).invoke(1)
    assert raised.value is error
    assert [(found.run.name, found.error) for found in t.errors] == [("mine", error), ("RunnableSequence", error)]
    with pytest.raises(ValueError, match="mine") as again:
        t.result()
    assert again.value is error


def test_runs_that_are_open_when_the_block_is_left_are_recorded_to_their_end() -> None:
    go = Event()
    started = Event()

    def wait(x: Any) -> Any:
        started.set()
        go.wait(10)
        return x

    with trace() as t:
        config: Any = {"callbacks": [t]}
        thread = Thread(target=lambda: RunnableLambda(wait).invoke(1, config))
        thread.start()
        started.wait(10)
    assert not t.closed
    with pytest.raises(TimeoutError):
        t.result(timeout=0.01)
    go.set()
    thread.join()
    assert t.closed
    assert t.result() == 1


def test_what_starts_after_it_closed_is_not_recorded() -> None:
    with trace() as t:
        pass
    chain.invoke(1, {"callbacks": [t]})
    assert t.recorder.events == []


def test_a_trace_is_opened_once() -> None:
    with trace() as t:
        pass
    with pytest.raises(ChainvizError, match="opened once"), t:
        pass


def test_the_trace_as_data() -> None:
    with trace("mine") as t:
        chain.invoke(1)
    events = t.events()
    assert [event["event"] for event in events[:2]] == ["on_chain_start", "on_chain_start"]
    assert len(t.events("v1")) >= len(events)
    assert t.state["final_output"] == 4
    assert t.log.state == t.state
    (root,) = t.tree
    assert [child.output for child in root.children] == [2, 4]
    assert (root.status, root.inputs, root.output) == ("done", 1, 4)
    assert root.seconds is not None and root.seconds >= 0
    assert repr(t) == "<Trace 'mine': 1 run, 6 events, 0 errors, closed>"
    assert "  double (chain) done" in repr(root)


def test_a_cancelled_run() -> None:
    def endless(x: Any) -> Any:
        while True:
            yield x

    from chainviz import RunnableGenerator

    with trace() as t:
        stream = RunnableGenerator(endless).stream(1)
        next(iter(stream))
        stream.close()
    assert t.tree[0].status == "cancelled"
    with pytest.raises(CancelledError):
        t.result()


def test_an_empty_trace_says_so() -> None:
    with trace() as t:
        pass
    assert (t.events(), t.tree, t.errors, t.roots) == ([], [], [], [])
    for ask in (t.result, lambda: t.log, lambda: t.state):
        with pytest.raises(ChainvizError, match="nothing has run"):
            ask()
    with pytest.raises(ChainvizError, match="no run of its own"):
        t.stop()


def test_subscribers_hear_of_each_event_and_of_the_end() -> None:
    t = Trace()
    heard: list[tuple[int, bool]] = []
    t.subscribe(lambda: heard.append((len(t.recorder.events), t.closed)))
    with t:
        chain.invoke(1)
    assert heard == [*((number, False) for number in range(1, 7)), (6, True)]


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("busy_threads")
def test_traces_are_opened_while_other_threads_make_some() -> None:
    def open_many(_: int) -> list[Trace]:
        traces = [trace() for _ in range(1_000)]
        for t in traces[:100]:
            with t:
                pass
        return traces

    with ThreadPoolExecutor(3) as threads:
        assert all(t.closed for traces in threads.map(open_many, range(3)) for t in traces[:100])


def test_events_are_read_while_others_come_in_place_of_old_ones() -> None:
    class Read(list[Any]):
        def append(self, event: Any) -> None:
            super().append(event)
            read.append([seq for seq, _ in recorder.numbered()][-1])

    recorder, read, run = Recorder(max_events=5), list[int](), Run("chain", "a")
    for _ in range(6):
        recorder(RunChunk(0, run, "a"))
    recorder._events = Read(recorder._events)
    recorder(RunChunk(0, run, "a"))
    assert read == [6]
