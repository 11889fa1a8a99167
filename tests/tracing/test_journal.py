"""The journal: what a trace writes, live or at once, is the trace when it is read again."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

import chainviz
from chainviz import (
    AIMessage,
    AIMessageChunk,
    ChatMessage,
    ChatPromptTemplate,
    ChatPromptValue,
    Document,
    FakeListChatModel,
    FakeListLLM,
    HumanMessage,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StringPromptValue,
    StrOutputParser,
    SystemMessage,
    ToolMessage,
    dispatch_custom_event,
)
from chainviz.addable import AddableDict
from chainviz.errors import InvalidConfigError, InvalidInputError
from chainviz.outputs import ChatGeneration, ChatResult, Generation, GenerationChunk, LLMResult
from chainviz.tracing.events import RunChunk, RunStart
from chainviz.tracing.journal.lines import VALUE
from chainviz.tracing.journal.values import Decoder
from chainviz.tracing.trace import Trace, trace
from chainviz.tracing.values import StoredValue, encode, encode_whole
from chainviz.widgets.picture import trace_picture

from ..wire.reader import data_of

HUSH = "hush-hush"


def chain() -> Any:
    prompt = ChatPromptTemplate.from_messages([("system", "be brief"), ("human", "{question}")])
    model = FakeListChatModel(responses=["harrison worked at kensho"])
    steps = {"question": RunnablePassthrough(), "length": RunnableLambda(len)}
    return RunnableParallel(steps) | prompt | model | StrOutputParser()


def fail(_: Any) -> Any:
    raise ValueError("no luck")


def tell(x: Any, config: Any) -> None:
    dispatch_custom_event("odd", {"x": (x, {1: 2})}, config={**config, "tags": ["b"], "metadata": {"m": 1}})


def record(**options: Any) -> Trace:
    with trace("mine", **options) as t:
        chain().invoke("where?", {"tags": ["a/b"], "metadata": {"__proto__": 1}})
        list(RunnableParallel(one=chain(), two=chain()).stream("where?"))
        FakeListLLM(responses=["yes"]).invoke("really?")
        RunnableLambda(tell).invoke(1, {"tags": ["a"]})
        with pytest.raises(ValueError, match="no luck"):
            (RunnableLambda(len) | fail).invoke("abc")
        stream = chain().stream("where?")
        next(stream)
        stream.close()
    return t


def seen(t: Trace) -> list[Any]:
    """Its events, with exceptions by what they say: two of them are never equal."""
    return json.loads(json.dumps([*t.events(), *t.events("v1")], default=repr))


@pytest.mark.parametrize("live", [True, False], ids=["live", "saved"])
def test_what_is_read_is_what_was_written(tmp_path: Path, live: bool) -> None:
    path = tmp_path / "trace.jsonl"
    t = record(journal=path) if live else record()
    if not live:
        assert t.save(path) == str(path)
    again = chainviz.load(path)
    assert seen(again) == seen(t)
    assert again.state == t.state
    assert again.log == t.log
    assert again.closed and again.name == "mine" and again.notes == () and again.dropped == 0
    assert [(run.path, run.id) for run in again.roots] == [(run.path, run.id) for run in t.roots]
    assert _shape(again) == _shape(t)
    assert [(type(error).__name__, str(error)) for _, error in again.errors] == [("ValueError", "no luck")] * 2
    assert again.recorder.anchor[1] == t.recorder.anchor[1]


def _shape(t: Trace) -> list[Any]:
    def of(node: Any) -> Any:
        return node.run.name, node.run.path, node.status, node.seconds, [of(child) for child in node.children]

    return [of(root) for root in t.tree]


def test_a_loaded_trace_saves_to_the_same(tmp_path: Path) -> None:
    t = record()
    first, second = tmp_path / "1", tmp_path / "2"
    t.save(first)
    chainviz.load(first).save(second)
    before, after = first.read_text().splitlines(), second.read_text().splitlines()
    assert after[1:] == before[1:]


def test_a_path_may_be_text(tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    with trace(journal=path):
        RunnableLambda(len).invoke("abc")
    assert chainviz.load(path).result() == 3


def test_saving_replaces_at_once_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text("something else")
    t = record()
    t.save(path)
    assert [found.name for found in tmp_path.iterdir()] == ["t"]
    assert seen(chainviz.load(path)) == seen(t)


def test_a_running_trace_is_saved_as_far_as_it_has_come(tmp_path: Path) -> None:
    paths: list[str] = []

    def save(x: Any) -> Any:
        paths.append(t.save(tmp_path / "t"))
        return x

    with trace() as t:
        (RunnableLambda(len) | save).invoke("abc")
    again = chainviz.load(paths[0])
    assert [(node.status, node.error) for node in again.tree] == [
        ("cancelled", "interrupted: the journal ends here"),
    ]
    assert [child.status for child in again.tree[0].children] == ["done", "cancelled"]
    assert again.notes == ("2 runs were open where it ends",)


def test_a_journal_is_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "t"
    record(journal=path)
    before = path.read_text()
    with pytest.raises(InvalidConfigError, match=r"expected a new file, got one with [\d,]+ bytes"):
        trace(journal=path)
    assert path.read_text() == before
    with pytest.raises(FileNotFoundError):
        trace(journal=tmp_path / "none" / "t")


def test_a_trace_is_not_saved_over_its_own_journal(tmp_path: Path) -> None:
    path = tmp_path / "t"
    with trace(journal=path) as t, pytest.raises(InvalidInputError, match="another path"):
        t.save(path)
    t.save(path)


def test_each_event_is_in_the_file_before_the_step_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "t"

    def lines(_: Any) -> int:
        return len(path.read_text().splitlines())

    with trace(journal=path):
        assert (RunnableLambda(lines) | (lambda n: (n, lines(n)))).invoke(0) == (3, 5)


def test_a_custom_event_of_a_run_around_the_trace_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t"

    def step(x: Any) -> Any:
        with trace(journal=path):
            dispatch_custom_event("outer", x)
            return RunnableLambda(len).invoke(x)

    with trace():
        RunnableLambda(step).invoke("abc")
    again = chainviz.load(path)
    assert [event["event"] for event in again.events()] == ["on_chain_start", "on_chain_end"]


def test_a_trace_inside_a_run_keeps_the_ids_around_it(tmp_path: Path) -> None:
    path = tmp_path / "t"

    def step(x: Any) -> Any:
        with trace(journal=path) as inner:
            (RunnableLambda(len) | str).invoke(x)
        return inner

    with trace():
        inner = (RunnableLambda(str) | step).invoke("abc")
    again = chainviz.load(path)
    assert again.events() == inner.events()
    assert [run.path for run in again.roots] == [run.path for run in inner.roots]


def test_the_same_id_may_run_again_after_it_has_ended(tmp_path: Path) -> None:
    from uuid import uuid4

    id = uuid4()
    with trace(journal=tmp_path / "t") as t:
        for word in ("a", "bb"):
            RunnableLambda(len).invoke(word, {"run_id": id})
    assert [node.output for node in chainviz.load(tmp_path / "t").tree] == [node.output for node in t.tree] == [1, 2]


def test_threads_do_not_interleave(tmp_path: Path) -> None:
    path = tmp_path / "t"
    with trace(journal=path) as t:
        work = [
            Thread(target=lambda: [RunnableLambda(len).invoke("x" * 5_000, config) for _ in range(20)]) for _ in "1234"
        ]
        config: Any = {"callbacks": [t]}
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    again = chainviz.load(path)
    assert len(again.tree) == 80 and {node.status for node in again.tree} == {"done"}
    lines = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert [line["seq"] for line in lines] == list(range(160))


# --- values ----------------------------------------------------------------------------------------------------


class Talkative(FakeListChatModel):
    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult([ChatGeneration(AIMessage("a", id="1"), {"reason": "stop"})], {"tokens": 3})


def test_what_a_provider_says_is_there_again(tmp_path: Path) -> None:
    with trace(journal=tmp_path / "live") as t:
        (RunnableLambda(str) | Talkative(responses=["a"], disable_streaming=True)).invoke("x")
    for again in (chainviz.load(tmp_path / "live"), chainviz.load(t.save(tmp_path / "saved"))):
        assert again.state == t.state
        output: Any = again.state["logs"]["Talkative"]["final_output"]
        assert output["llm_output"] == {"tokens": 3}
        assert output["generations"][0][0]["generation_info"] == {"reason": "stop"}


class Place(BaseModel):
    name: str
    key: SecretStr


CALL = {"name": "f", "args": {"x": [1]}, "id": "1", "type": "tool_call"}


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 3, 2**80, -(2**70), 1.5, float("inf"), "text", "é\U0001f600\x00\u202e", "x" * 100_000),
        *(
            [1, [2]],
            {"a": {"b": 1}},
            {1: 2, None: 3},
            {(1, 2): 3},
            {"$type": "x"},
            (1, ("a",)),
            b"\x00ab",
            {"__proto__": 1},
        ),
        AddableDict(a=1, b=AddableDict(c="d")),
        HumanMessage("hi", id="1", name="me"),
        HumanMessage([{"type": "text", "text": "hi"}, "there"]),
        SystemMessage("hi"),
        ChatMessage("hi", role="judge"),
        ToolMessage("hi", tool_call_id="1", artifact={"a": (1,)}, status="error"),
        AIMessage("hi", tool_calls=[CALL], usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}),
        AIMessage(
            "", invalid_tool_calls=[{"name": "f", "args": "{", "id": None, "error": "no"}], response_metadata={"m": 1}
        ),
        AIMessageChunk("hi", id="run-1", chunk_position="last"),
        AIMessageChunk("", tool_call_chunks=[{"name": "f", "args": '{"x', "id": "1", "index": 0}]),
        Document("text", {"a": 1}, "id"),
        StringPromptValue("text"),
        ChatPromptValue([SystemMessage("a"), HumanMessage("b")]),
        Generation("text", {"a": 1}),
        GenerationChunk("text"),
        LLMResult([[ChatGeneration(AIMessage("hi"))], [Generation("x")]], {"model": "m"}),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_values_come_back(value: Any) -> None:
    written = json.dumps(encode_whole(value, VALUE), allow_nan=False)
    again = Decoder(64).value(json.loads(written))
    assert again == value and type(again) is type(value)


class Grumpy:
    def __repr__(self) -> str:
        raise ValueError("no")


def cyclic() -> Any:
    cycle: list[Any] = [1]
    cycle.append(cycle)
    return cycle


def deep() -> Any:
    value: Any = 1
    for _ in range(10_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Place(name="here", key=SecretStr(HUSH)), "Place(name='here', key='**********')"),
        (Grumpy(), "<Grumpy whose repr raised ValueError>"),
        (cyclic(), "[1, … (cyclic)]"),
        (deep(), f"{'[' * 64}… (too deep){']' * 64}"),
        ({1, 2}, "{1, 2}"),
        (len, "<built-in function len>"),
        (ValueError("x"), "ValueError('x')"),
        ("\ud800", "'\\\\ud800'"),
        ("x" * (VALUE + 5), f"{'x' * VALUE}… (cut: {VALUE + 5:,} characters)"),
        (b"x" * (VALUE + 5), f"<bytes of {VALUE + 5}, cut: {'78' * 64!r}>"),
        (float("nan"), "nan"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_values_come_back_as_what_they_showed(value: Any, shown: str) -> None:
    written = encode_whole(value, VALUE)
    again = Decoder(64).value(json.loads(json.dumps(written, allow_nan=False)))
    assert shown in (again, repr(again))
    assert encode_whole(again, 2 * VALUE) == written or isinstance(again, str)


def test_a_stored_value_is_shown_as_the_original() -> None:
    value = Place(name="x" * 5_000, key=SecretStr(HUSH))
    again = Decoder(64).value(encode_whole(value, VALUE))
    assert isinstance(again, StoredValue)
    assert again.class_name == f"{__name__}.Place"
    assert again.fields["key"] == "**********"
    assert encode(again, 10_000) == encode(value, 10_000)


def test_a_cut_is_counted(tmp_path: Path) -> None:
    with trace(journal=tmp_path / "t"):
        RunnableLambda(lambda _: "y" * (VALUE + 1)).invoke("x")
    assert chainviz.load(tmp_path / "t").notes == ("1 value was cut when written",)


# --- what it must never hold, and how much of it there may be --------------------------------------------------


def test_no_secret_reaches_events_journal_or_page(tmp_path: Path) -> None:
    key = SecretStr(HUSH)

    def fails(given: Any) -> Any:
        raise ValueError(f"cannot log in as {given['who']}")

    class Model(FakeListChatModel):
        api_key: SecretStr = key

    with trace(journal=tmp_path / "t") as t:
        config: Any = {"metadata": {"key": key, "inside": [{"key": key}]}, "configurable": {"key": key}}
        given = {"who": Place(name="me", key=key), "key": key}
        RunnableLambda(lambda x: {"answer": [x["key"]]}).invoke(given, config)
        with pytest.raises(ValueError, match="cannot log in"):
            RunnableLambda(fails).invoke(given, config)
        list((RunnableLambda(lambda x: "hi") | Model(responses=["a b"])).stream(given, config))
        RunnableLambda(lambda x: dispatch_custom_event("login", {"key": x["key"]})).invoke(given)
    t.to_html(tmp_path / "page.html")
    t.save(tmp_path / "saved")
    shown = [repr(t.events()), repr(t.events("v1")), repr(t.log), repr(t.tree), repr(t.errors)]
    shown += [(tmp_path / name).read_text() for name in ("page.html", "t", "saved")]
    shown.append(json.dumps(data_of(shown[-3])))
    for text in shown:
        assert HUSH not in text
    assert all("**********" in text for text in shown[-3:])


def test_memory_is_bounded_and_what_is_dropped_is_counted() -> None:
    with trace(max_events=100) as t:
        for number in range(300):
            list(RunnableLambda(str).stream(number))
    assert t.recorder.count == 900
    assert t.dropped + len(t.recorder.events) == 900
    assert len(t.recorder.events) <= 100
    assert not [event for event in t.recorder.events[:80] if isinstance(event, RunChunk)]
    assert t.tree[-1].status == "done" and t.result() == "299"
    assert f"{t.dropped:,} events dropped" in repr(t)
    assert f"{t.dropped:,} events dropped" in trace_picture(t)[0]
    seqs = [seq for seq, _ in t.recorder.numbered()]
    assert seqs == sorted(seqs) and seqs[-1] == 899


def test_the_oldest_chunks_go_first_and_open_runs_keep_their_start() -> None:
    def tokens(_: Any) -> Any:
        for number in range(1_000):
            RunnableLambda(str).invoke(number)
            yield number

    from chainviz import RunnableGenerator

    with trace(max_events=50) as t:
        list(RunnableGenerator(tokens).stream(0))
    first = t.recorder.events[0]
    assert isinstance(first, RunStart) and first.run is t.roots[0]
    assert len(t.recorder.events) <= 50 and t.tree[0].status == "done"
    assert len(t.roots) == 1


def test_what_was_dropped_is_known_after_loading(tmp_path: Path) -> None:
    with trace(max_events=10, journal=tmp_path / "whole") as t:
        for number in range(50):
            RunnableLambda(str).invoke(number)
    t.save(tmp_path / "t")
    again = chainviz.load(tmp_path / "t")
    assert again.dropped == t.dropped == 100 - len(t.recorder.events)
    assert len(chainviz.load(tmp_path / "whole").tree) == 50


@pytest.mark.parametrize("number", [0, -1, True, 1.5, "9"])
def test_max_events_is_a_number(number: Any) -> None:
    with pytest.raises(InvalidConfigError, match="max_events: expected a whole number above 0"):
        trace(max_events=number)


def test_an_event_takes_little_memory() -> None:
    import tracemalloc

    step = RunnableLambda(lambda x: x)
    with trace() as t:
        step.invoke(1)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(2_000):
            step.invoke(1)
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert taken / 4_000 <= 500
    assert len(t.recorder.events) == 4_002
