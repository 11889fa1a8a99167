"""From a trace's events to batches: each event once, and every way of getting them ends in the same state."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainviz import (
    AIMessageChunk,
    ChatPromptTemplate,
    Document,
    FakeListChatModel,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
)
from chainviz.missing import MISSING
from chainviz.tracing.custom import dispatch_custom_event
from chainviz.tracing.events import CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.trace import Trace, trace
from chainviz.wire.encode import encode
from chainviz.wire.frames import Framer, encode_error, frame, snapshot, text_of
from chainviz.wire.messages import Frame, Snapshot

from .reader import Reader, chunks_of


def find(q: str) -> list[Document]:
    dispatch_custom_event("found", {"n": 1})
    return [Document("harrison worked at kensho")]


def fail(_: Any) -> Any:
    raise ValueError("no \ud800 luck")


chain = (
    {"context": RunnableLambda(find).with_config(run_name="Docs/1~"), "question": RunnablePassthrough()}
    | ChatPromptTemplate.from_template("{context} {question}")
    | FakeListChatModel(responses=["Harrison worked at Kensho"])
)


def words(chunks: Iterator[Any]) -> Iterator[Any]:
    for chunk in chunks:
        yield from chunk.content


@pytest.fixture(scope="module")
def recorded() -> Trace:
    with trace() as t:
        chain.invoke("where?")
        list((chain | RunnableGenerator(words)).stream("where?"))
        stream = chain.stream("where?")
        next(iter(stream))
        stream.close()
        with pytest.raises(ValueError, match="luck"):
            (chain | fail).invoke("where?")
        RunnableGenerator(dicts).invoke("x")
    return t


def dicts(_: Iterator[Any]) -> Iterator[Any]:
    yield {"answer": "a", "n": 1}
    yield {"answer": "b"}
    yield {"more": ["x"]}


def whole(t: Trace) -> Reader:
    reader = Reader()
    reader.take(Framer(t).batch())
    return reader


def test_batches_are_of_the_form_that_the_messages_define(recorded: Trace) -> None:
    Frame.model_validate(frame(Framer(recorded).batch()))
    Snapshot.model_validate(snapshot(recorded))
    framer = Framer(recorded)
    while framer.is_behind:
        Frame.model_validate(json.loads(json.dumps(frame(framer.batch(size=1)), allow_nan=False)))


def test_every_event_is_in_a_batch_once(recorded: Trace) -> None:
    batch = Framer(recorded).batch()
    chunks = [seq for column in batch["chunks"] for seq, _, _ in chunks_of(column)]
    seqs = [event["seq"] for event in batch["events"]] + chunks
    assert sorted(seqs) == list(range(len(recorded.recorder.events)))
    assert batch["closed"]
    kinds = {event["kind"] for event in batch["events"]}
    assert kinds == {"start", "end", "error", "cancel", "custom"}


@settings(max_examples=30)
@given(data=st.data())
def test_frames_of_any_size_lost_or_not_end_in_the_same_state(recorded: Trace, data: st.DataObject) -> None:
    framer, reader = Framer(recorded), Reader()
    while framer.is_behind:
        batch = framer.batch(size=data.draw(st.integers(1, 5_000)))
        if data.draw(st.booleans()):
            reader.take(batch)
        if reader.needs:
            reader.take(snapshot(recorded, reader.have)["batch"])
            reader.needs = False
    reader.take(snapshot(recorded, reader.have)["batch"])
    expected = whole(recorded)
    assert reader.states == expected.states
    assert reader.chunks == expected.chunks
    assert reader.events == expected.events
    assert reader.graphs.keys() == expected.graphs.keys()
    assert reader.closed


def test_the_patches_build_the_run_state(recorded: Trace) -> None:
    reader = whole(recorded)
    last = recorded.roots[-1]
    assert reader.states[str(last.id)] == encode(recorded.state, 1_000_000)
    streamed = reader.states[str(recorded.roots[1].id)]
    assert streamed["final_output"] == "Harrison worked at Kensho"


def test_endless_names_are_cut_wherever_they_stand() -> None:
    name = "n" * 300_000

    def counted(_: Any) -> Iterator[dict[str, Any]]:
        yield from ({name: number} for number in range(3))

    def calls(x: Any) -> Any:
        return [RunnableLambda(str, name=name).invoke(number) for number in range(2)]

    step = RunnableLambda(counted).with_config(run_name=name)
    with trace() as t:
        list((step | RunnableLambda(calls) | {name: RunnablePassthrough()}).stream(1))
    batch = snapshot(t)["batch"]
    batch["patches"] = [
        {**patch, "ops": [op for op in patch["ops"] if op["path"] != "/final_output"]} for patch in batch["patches"]
    ]
    assert len(json.dumps(batch)) < 100_000
    reader = whole(t)
    [state] = reader.states.values()
    assert sorted(entry["name"]["length"] for key, entry in state["logs"].items() if key[0] == "n") == [300_000] * 3
    [graph], paths = reader.graphs.values(), [event["path"] for event in reader.events if event["kind"] == "start"]
    assert {node["id"] for node in graph["root"]["children"][2]["children"]} <= set(paths)


def test_what_grows_by_text_needs_no_patch(recorded: Trace) -> None:
    root = str(recorded.roots[1].id)
    batch = Framer(recorded).batch()
    ops = [op for patch in batch["patches"] if patch["root"] == root for op in patch["ops"]]
    growth = [(op["op"], op["value"]) for op in ops if op["path"] == "/final_output"]
    # The first chunk is no growth yet, and the last is unlike the others: it says that it is the last.
    assert growth == [("replace", "H")]
    assert sum("streamed_output_str/-" in op["path"] for op in ops) == 1


def test_root_runs_come_with_the_graph_of_their_chain(recorded: Trace) -> None:
    batch = Framer(recorded).batch()
    assert [graph["root"] for graph in batch["graphs"]] == [str(root.id) for root in recorded.roots]
    paths = {event["path"] for event in batch["events"] if event["kind"] == "start"}
    assert "seq:1/map:context" in paths


def test_a_chunk_of_text_alone_stands_as_text() -> None:
    assert text_of("a") == "a"
    assert text_of(AIMessageChunk("a", id="1")) == "a"
    assert text_of(AIMessageChunk("a", response_metadata={"model": "m"})) is None
    assert text_of(AIMessageChunk("a", tool_call_chunks=[{"name": "f", "args": "", "id": "1", "index": 0}])) is None
    assert text_of(AIMessageChunk([{"type": "text", "text": "a"}])) is None
    assert text_of({"a": 1}) is None


class Odd:
    """Can neither be compared nor added up, and looks a little like a message."""

    content = "text"

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


def test_a_chunk_is_cut_where_every_value_is() -> None:
    def long(_: Iterator[Any]) -> Iterator[Any]:
        yield {"text": "x" * 50_000}

    with trace() as t:
        list(RunnableGenerator(long).stream(1))
    (column,) = snapshot(t, limit=60_000)["batch"]["chunks"]
    assert column["values"] == [{"text": "x" * 50_000}]
    (column,) = snapshot(t)["batch"]["chunks"]
    assert column["values"][0]["text"]["$type"] == "cut"


def test_chunks_that_cannot_be_compared_stop_nothing() -> None:
    def odd(_: Iterator[Any]) -> Iterator[Any]:
        yield from ({"a": Odd()}, {"a": Odd()}, Odd(), Odd())

    with trace() as t:
        step = RunnableGenerator(odd)
        with contextlib.suppress(Exception):
            list(step.stream(1))
        RunnableLambda(str).invoke(1)
    reader = whole(t)
    assert reader.closed
    assert reader.states[str(t.roots[1].id)]["final_output"] == "1"


def test_a_trace_within_a_run_has_its_own_roots_and_paths() -> None:
    inner: list[Trace] = []

    def outer(x: Any) -> Any:
        with trace() as t:
            inner.append(t)
            return (RunnableLambda(str) | len).invoke(x)

    (RunnableLambda(outer) | str).invoke(12)
    starts = [event for event in Framer(inner[0]).batch()["events"] if event["kind"] == "start"]
    assert [(event["parent"], event["path"]) for event in starts] == [
        (None, ""),
        (starts[0]["run"], "seq:1"),
        (starts[0]["run"], "seq:2"),
    ]


def test_an_event_of_a_run_that_began_before_the_trace_is_left_out() -> None:
    t, run = Trace(), Run("chain", "late")
    t.begin()
    t(RunChunk(t.recorder.anchor[0], run, "x"))
    t(RunEnd(t.recorder.anchor[0], run, "x"))
    t.finish()
    batch = Framer(t).batch()
    assert (batch["events"], batch["chunks"], batch["to_seq"], batch["closed"]) == ([], [], 2, True)


def test_an_error_that_cannot_be_read_is_still_told() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert encode_error(Mute(), 100)["type"].endswith("Mute")


def calls_of(function: Callable[[], Any]) -> int:
    """How many calls of functions, ours and built-in ones, a call makes."""
    calls: list[str] = []
    sys.setprofile(lambda frame, kind, argument: calls.append(kind))
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls.count("call") + calls.count("c_call")


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_the_cost_of_a_frame_follows_what_is_new(count: int) -> None:
    """A frame of 100 tokens late in a long stream makes as many calls as an early one."""
    t, run = Trace(), Run("chain", "stream")
    t.begin()
    t(RunStart(0, run, "x"))
    framer = Framer(t)
    costs: list[int] = []
    for start in range(0, count, 100):
        for number in range(start, start + 100):
            t(RunChunk(number, run, "token "))
        costs.append(calls_of(framer.batch))
    t.finish()
    assert costs[-1] == costs[1] > 100


def test_a_run_cancelled_with_odd_words_is_told() -> None:
    t, run = Trace(), Run("chain", "\ud800</script>", tags=["\udfff"], metadata={"\ud800": object()})
    t.begin()
    t(RunStart(0, run, MISSING))
    t(CustomEvent(1, run, "\ud800", float("nan")))
    t(RunError(2, run, ValueError("\ud800")))
    t(RunCancel(3, run, "\ud800"))
    t.finish()
    text = json.dumps(Framer(t).batch(), ensure_ascii=False, allow_nan=False)
    text.encode()
