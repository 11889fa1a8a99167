"""A long trace in columns, part by part, and what a page then asks for."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainviz import AIMessageChunk, RunnableGenerator, RunnableLambda
from chainviz.outputs import GenerationChunk
from chainviz.tracing.events import Run, RunChunk, RunEnd, RunStart
from chainviz.tracing.trace import Trace, trace
from chainviz.wire import columns
from chainviz.wire.columns import MANY, brings_text
from chainviz.wire.encode import encode
from chainviz.wire.frames import Framer
from chainviz.wire.messages import Reply
from chainviz.wire.requests import Answers

from .reader import Reader


def long(events: int, **options: Any) -> Trace:
    """Root runs of a model each, with four tokens."""
    t = Trace(**options)
    t.begin()
    now = t.recorder.anchor[0]
    while t.recorder.count < events:
        root = Run("chain", "chain", tags=["a"], metadata={"user": "u"})
        t(RunStart(now, root, {"q": "where"}))
        model = Run("chat_model", "model", root, "seq:1", ["a", "seq:step:1"], {"user": "u"})
        t(RunStart(now + 1_000_000, model, "where"))
        for text in ("a", "b", "c", "d"):
            t(RunChunk(now + 2_000_000, model, AIMessageChunk(text, id="m")))
        t(RunEnd(now + 3_000_000, model, AIMessageChunk("abcd", id="m")))
        t(RunEnd(now + 4_000_000, root, "abcd"))
        now += 5_000_000
    t.finish()
    return t


def ask(answers: Answers, **content: Any) -> tuple[dict[str, Any], list[bytes]]:
    reply, buffers = answers.to({"v": 1, "id": "7", **content})
    Reply.model_validate(reply)
    assert reply["ok"], reply
    return reply["value"], buffers


def numbers(buffers: list[bytes]) -> list[list[Any]]:
    return [list(array(code, buffer)) for code, buffer in zip("IBId", buffers, strict=True)]


def test_a_page_that_lacks_little_gets_all_of_it() -> None:
    assert "batch" in ask(Answers(long(MANY - 10)), type="sync", have_seq=0)[0]
    answers = Answers(long(MANY + 10))
    assert "batch" in ask(answers, type="sync", have_seq=100)[0]
    assert "runs" in ask(answers, type="sync", have_seq=0)[0]


def test_parts_hold_every_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "PART", 3_333)
    t = long(10_000)
    answers, have, seqs, ids, kinds = Answers(t), 0, list[int](), list[str](), list[int]()
    while True:
        value, buffers = ask(answers, type="sync", have_seq=have)
        part = numbers(buffers)
        assert value["from_seq"] == have
        runs = value["runs"]
        assert max(part[2]) < len(runs["ids"]) == len(set(runs["ids"]))
        assert all(parent < place for place, parent in enumerate(runs["parents"]))
        assert runs["tag_lists"][:3] in ([[], ["a"]], [[], ["a"], ["a", "seq:step:1"]])
        assert runs["metadata_list"] == [{}, {"user": "u"}]
        seqs += part[0]
        kinds += part[1]
        ids += [runs["ids"][place] for place in part[2]]
        have = value["to_seq"]
        if have >= value["end_seq"]:
            break
        assert not value["closed"]
    assert value["closed"]
    assert seqs == list(range(t.recorder.count))
    assert ids == [str(event.run.id) for event in t.recorder.events]
    assert kinds[:9] == [1 | 16, 1 | 16, 3, 3, 3, 3, 4, 4, 1 | 16]


def test_the_size_of_a_part_follows_its_events_not_their_values() -> None:
    with trace() as t:
        step = RunnableLambda(lambda x: "y" * 9_000).with_config(run_name="step")
        step.batch(["x" * 9_000] * (MANY // 2 + 1))
    value, buffers = ask(Answers(t), type="sync", have_seq=0)
    assert sum(map(len, buffers)) == 17 * t.recorder.count
    assert len(json.dumps(value)) < 80 * t.recorder.count


def test_a_graph_is_told_once_for_all_root_runs_of_its_shape() -> None:
    with trace() as t:
        for number in range(50):
            (RunnableLambda(str) | RunnableLambda(len)).invoke(number)
        RunnableLambda(len).invoke("x")
    graphs = Framer(t).batch()["graphs"]
    assert [drawn["shape"] for drawn in graphs] == [0] * 50 + [1]
    assert ["graph" in drawn for drawn in graphs] == [True] + [False] * 49 + [True]
    later = Framer(t).batch(graphs and 10)["graphs"]
    assert not any("graph" in drawn for drawn in later[:-1])
    reader = Reader()
    reader.take(Framer(t).batch())
    assert all(reader.graphs.values())
    columnar, _ = columns.ColumnReader(t).part()
    assert columnar["graphs"] == graphs


def test_what_was_dropped_is_missing_and_counted() -> None:
    t = long(20_000, max_events=8_000)
    value, buffers = ask(Answers(t), type="sync", have_seq=0)
    seqs = numbers(buffers)[0]
    assert value["dropped"] == t.dropped == t.recorder.count - len(seqs) > 0
    assert seqs == sorted(set(seqs)) and seqs[-1] == t.recorder.count - 1
    assert Framer(t).batch()["dropped"] == t.dropped
    assert "dropped" not in Framer(long(10)).batch()


def test_values_come_as_frames_tell_them() -> None:
    t = long(20)
    value, _ = ask(Answers(t), type="values", seqs=[0, 2, 6, 10**9, -1])
    end = encode(t.recorder.events[6].output)  # type: ignore[union-attr]
    assert value == {"values": [{"q": "where"}, "a", end, None, None], "inputs": [], "errors": []}
    assert not Answers(t).to({"v": 1, "id": "7", "type": "values", "seqs": [0] * 10_001})[0]["ok"]


def test_a_part_that_is_asked_for_again_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    t = long(MANY + 10)
    answers, made = Answers(t), list[int]()
    part = columns.ColumnReader.part
    monkeypatch.setattr(columns.ColumnReader, "part", lambda reader, have: made.append(have) or part(reader, have))
    first, buffers = ask(answers, type="sync", have_seq=0)
    t.screen.set("me", filter="type:tool")
    again, same = ask(answers, type="sync", have_seq=0)
    assert made == [0] and same is buffers
    assert again["screen"]["filter"] == "type:tool" and again["to_seq"] == first["to_seq"]
    t.recorder(t.recorder.events[-1])
    assert ask(answers, type="sync", have_seq=0)[0]["end_seq"] == first["end_seq"] + 1 and made == [0, 0]


def test_what_comes_while_a_part_is_made_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    t = long(10)
    some, last = t.recorder.some, t.recorder.events[-1]
    monkeypatch.setattr(t.recorder, "some", lambda *which: t.recorder(last) or some(*which))
    reader = columns.ColumnReader(t)
    told = [reader.part(reader.seq) for _ in range(2)]
    seqs = [seq for _, buffers in told for seq in numbers(buffers)[0]]
    assert seqs == list(range(t.recorder.count)) and told[-1][0]["to_seq"] == t.recorder.count


def test_equal_tags_and_metadata_come_once_and_others_stay_apart() -> None:
    t = Trace()
    t.begin()
    kinds: list[dict[str, Any]] = [{"a": "1"}, {"a": 1}, {"a": True}, {"a": 1.0}, {"a": None}, {"b": "1"}, {}]
    for metadata in [*kinds, *kinds]:
        run = Run("chain", "chain", tags=["x", "y\ud800"], metadata=dict(metadata))
        t(RunStart(run.start, run, None))
        t(RunEnd(run.start, run, None))
    t.finish()
    runs = columns.ColumnReader(t).part()[0]["runs"]
    assert runs["tag_lists"] == [[], ["x", "y\\ud800"]] and set(runs["tags"]) == {1}
    listed = runs["metadata_list"]
    assert [json.dumps(listed[place]) for place in runs["metadata"]] == [json.dumps(kind) for kind in [*kinds, *kinds]]
    assert len(listed) == len(kinds)


def test_the_state_of_a_late_run_is_told_without_a_walk_through_all_before(monkeypatch: pytest.MonkeyPatch) -> None:
    t = long(2_000)
    last = t.roots[-1]
    start = next(seq for seq, event in t.recorder.numbered() if event.run is last)
    whole = Framer(t, only=last).batch(start)
    walked: list[int] = []
    numbered = t.recorder.numbered
    monkeypatch.setattr(t.recorder, "numbered", lambda start=0: walked.append(start) or numbered(start))
    value, _ = ask(Answers(t), type="state", root=str(last.id), from_seq=start)
    assert min(walked) == start
    assert (value["chunks"], value["patches"]) == (whole["chunks"], whole["patches"])


@pytest.mark.parametrize("size", [1, 500, 10**7])
def test_the_state_of_a_root_run_comes_in_parts(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr("chainviz.wire.requests.STATE_SIZE", size)
    with trace() as t:
        for _ in range(2):
            list((RunnableLambda(str) | RunnableGenerator(letters)).stream("hello"))
    root = str(t.roots[1].id)
    whole = Reader()
    whole.take(Framer(t).batch())
    reader = Reader()
    reader.take({**Framer(t).batch(), "chunks": [], "patches": [], "to_seq": 0, "closed": False})
    answers = Answers(t)
    while True:
        value, _ = ask(answers, type="state", root=root, from_seq=reader.have)
        reader.take({**value, "events": [], "graphs": [], "closed": False})
        if value["to_seq"] >= value["end_seq"]:
            break
    assert reader.states == {root: whole.states[root]}
    assert not answers.to({"v": 1, "id": "7", "type": "state", "root": "nobody", "from_seq": 0})[0]["ok"]


def letters(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield from chunk


def test_a_search_goes_on_where_its_time_was_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainviz.wire.search.PATIENCE", 0.0)
    t = long(3_000)
    answers, have, seqs = Answers(t), 0, list[int]()
    while True:
        value, [bits] = ask(answers, type="search", text="ABC", from_seq=have)
        seqs += [have + at for at in range(8 * len(bits)) if bits[at // 8] >> at % 8 & 1]
        have = value["to_seq"]
        if have >= value["end_seq"]:
            break
    assert len(seqs) == 2 * len(t.roots)


@given(st.text() | st.builds(AIMessageChunk, st.text()) | st.builds(GenerationChunk, st.text()) | st.integers())
def test_a_chunk_brings_text_where_the_page_finds_some(chunk: Any) -> None:
    text = chunk if isinstance(chunk, str) else getattr(chunk, "content", getattr(chunk, "text", ""))
    assert brings_text(chunk) is (text != "")


def test_a_token_takes_at_most_150_bytes_on_the_wire() -> None:
    """At 1,000 tokens a second and 50 frames a second, through a model, a parser and the chain around them."""
    t = Trace()
    t.begin()
    now = t.recorder.anchor[0]
    chain = Run("chain", "RunnableSequence")
    model = Run("chat_model", "ChatOpenAI", chain, "seq:1")
    parser = Run("parser", "StrOutputParser", chain, "seq:2")
    framer = Framer(t)
    for run in (chain, model, parser):
        t(RunStart(now, run, "x"))
    framer.batch()
    size = 0
    for _ in range(50):
        for _ in range(20):
            now += 1_000_000
            t(RunChunk(now, model, AIMessageChunk(" token", id="run-018d2394-9a3e-7000-8a6c-000000000001")))
            t(RunChunk(now, parser, " token"))
            t(RunChunk(now, chain, " token"))
        size += len(json.dumps({"v": 1, "type": "frame", "batch": framer.batch()}))
    t.finish()
    assert size / 1_000 <= 150
