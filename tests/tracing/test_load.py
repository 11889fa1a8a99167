"""`chainviz.load`: a file from outside is data. It is read, or refused in one sentence, and executes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import chainviz
from chainviz import AIMessage, RunnableLambda
from chainviz.errors import JournalError
from chainviz.tracing.trace import trace
from chainviz.tracing.values import StoredValue
from chainviz.wire.frames import snapshot

Line = dict[str, Any]
RUN, OTHER = str(uuid4()), str(uuid4())


def head(**fields: Any) -> Line:
    return {"format": "chainviz journal", "version": 1, "trace": "t", "name": None, "anchor": 10**18, **fields}


def start(seq: int = 0, run: str = RUN, **fields: Any) -> Line:
    described = {"parent_ids": [], "path": "", "type": "chain", "name": "r", "tags": [], "metadata": {}}
    return {"seq": seq, "kind": "start", "t": seq, "run": run, **described, "input": 1, **fields}


def end(seq: int = 1, run: str = RUN, **fields: Any) -> Line:
    return {"seq": seq, "kind": "end", "t": seq, "run": run, "output": 2, **fields}


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def put(*lines: Any) -> Path:
        path = tmp_path / "t.jsonl"
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        path.write_bytes(b"".join(text + b"\n" for text in texts))
        return path

    return put


def without(line: Line, name: str) -> Line:
    return {key: value for key, value in line.items() if key != name}


def test_fields_that_are_not_known_are_passed_over(put: Any) -> None:
    t = chainviz.load(put(head(more=1), start(more=[1]), end(more={})))
    assert (t.result(), t.notes) == (2, ())


def test_kinds_that_are_not_known_are_reported(put: Any) -> None:
    news = [{"seq": seq, "kind": "telepathy"} for seq in (2, 3)]
    t = chainviz.load(put(head(), start(), *news, end(4)))
    assert t.notes == ("2 events of the unknown kind 'telepathy' are left out",)
    assert "telepathy" in repr(t)
    assert t.result() == 2 and t.dropped == 1


@pytest.mark.parametrize("id", ["mine", "__proto__", "c9fef08e-1809-406c-aa86-84fc95d7b386"])
def test_a_run_has_the_id_that_its_config_says(tmp_path: Path, id: str) -> None:
    given: Any = {"run_id": id}
    with trace() as t:
        (RunnableLambda(len) | (lambda x: x + 1)).invoke("abc", given)
    again = chainviz.load(t.save(tmp_path / "t"))
    assert [str(node.run.id) for node in again.tree] == [id]
    assert again.events() == t.events()


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    whole = b"".join(json.dumps(line).encode() + b"\n" for line in (head(), start(), end()))
    path = tmp_path / "t"
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole) + 1):
        path.write_bytes(whole[:length])
        t = chainviz.load(path)
        ended = length >= len(whole) - 1
        assert [node.status for node in t.tree] in ([], ["done" if ended else "cancelled"])
        assert bool(t.notes) == (not ended and length != first)


def test_open_runs_are_interrupted_children_first(put: Any) -> None:
    inner = start(1, OTHER, parent_ids=[RUN], path="seq:1")
    t = chainviz.load(put(head(), start(), inner))
    events = t.events()
    assert [event["event"] for event in events] == ["on_chain_start"] * 2 + ["on_chain_cancel"] * 2
    assert [event["run_id"] for event in events[2:]] == [OTHER, RUN]
    assert events[2]["data"]["reason"] == "interrupted: the journal ends here"
    assert t.closed and t.notes == ("2 runs were open where it ends",)
    with pytest.raises(BaseException, match="interrupted"):
        t.result()


def test_lines_are_put_in_order(put: Any) -> None:
    assert chainviz.load(put(head(), end(), start())).result() == 2


WRONG: dict[str, tuple[list[Any], str]] = {
    "nothing": ([], "line 1: expected a journal of chainviz, got ''"),
    "another file": ([{"a": 1}], "line 1: expected a journal of chainviz, got '{\"a\": 1}'"),
    "no JSON": ([b"\x80\x00"], "line 1: expected JSON"),
    "a newer version": ([head(version=2)], "line 1: expected version 1 of the format, got 2"),
    "no anchor": ([without(head(), "anchor")], "line 1: anchor: expected a whole number"),
    "an anchor past all dates": ([head(anchor=10**30)], "line 1: anchor: expected a whole number, between"),
    "a name that is none": ([head(name=3)], "line 1: name: expected a text, got 3"),
    "garbage between": ([head(), start(), b"{oops", end()], "line 3: expected JSON, got '{oops'"),
    "a list": ([head(), [1]], "line 2: expected a JSON object, got [1]"),
    "NaN": ([head(), start(input=float("nan"))], "line 2: expected JSON"),
    "deep JSON": ([head(), b"[" * 200_000], "line 2: nested too deeply"),
    "a deep value": ([head(), start(input=json.loads("[" * 65 + "]" * 65))], "line 2: a value is nested too deeply"),
    "no kind": ([head(), without(start(), "kind")], "line 2: kind: expected a text, got None"),
    "no seq": ([head(), without(start(), "seq")], "line 2: seq: expected a whole number, 0 or more, got None"),
    "seq a truth": ([head(), start(seq=True)], "line 2: seq: expected a whole number"),
    "a seq twice": ([head(), start(), end(0)], "line 3: the event 0 was there before"),
    "t a text": ([head(), start(t="1")], "line 2: t: expected a whole number"),
    "t past all dates": ([head(), start(t=10**30)], "line 2: t: expected a whole number"),
    "an id that is none": ([head(), start(run="")], "line 2: run: expected the id of a run, got ''"),
    "an id that is a number": ([head(), start(run=5)], "line 2: run: expected the id of a run, got 5"),
    "a type that is none": ([head(), start(type="robot")], "line 2: type: expected one of chain, chat_model"),
    "tags that are none": ([head(), start(tags=[1])], "line 2: tags: expected a list of texts, got [1]"),
    "metadata that is none": ([head(), start(metadata=[1])], "line 2: metadata: expected an object, got [1]"),
    "parents that are none": ([head(), start(parent_ids="x")], "line 2: parent_ids: expected a list"),
    "a path beside the parent's": (
        [head(), start(path="a", parent_ids=[str(uuid4())]), start(1, OTHER, parent_ids=[RUN], path="b")],
        "line 3: path: expected one below 'a', got 'b'",
    ),
    "a run twice": ([head(), start(), start(1)], f"line 3: the run {RUN} has started before, and is open"),
    "an unknown run": ([head(), start(), end(1, OTHER)], f"line 3: expected a run that has started, got '{OTHER}'"),
    "an end twice": ([head(), start(), end(), end(2)], f"line 4: expected a run that is open, got '{RUN}'"),
    "no output": ([head(), start(), without(end(), "output")], "line 3: output: expected a value, got nothing"),
    "no reason": ([head(), start(), end(kind="cancel")], "line 3: reason: expected a text, got None"),
    "an error that is none": ([head(), start(), end(kind="error", error=[])], "line 3: error: expected an object"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_sentence_with_the_line(put: Any, lines: list[Any], sentence: str) -> None:
    path = put(*lines)
    with pytest.raises(JournalError) as raised:
        chainviz.load(path)
    assert str(raised.value).startswith(f"{path}, {sentence}")
    assert len(str(raised.value)) < 500


def test_runs_nested_without_end(put: Any) -> None:
    ids = [str(uuid4()) for _ in range(400)]
    runs = [start(seq, id, parent_ids=ids[seq - 1 : seq]) for seq, id in enumerate(ids)]
    with pytest.raises(JournalError, match="at most 300 runs inside one another"):
        chainviz.load(put(head(), *runs))
    repr(chainviz.load(put(head(), *runs[:300])).tree)


def test_the_caps_can_be_raised(put: Any) -> None:
    path = put(head(), start(input=json.loads("[" * 70 + "]" * 70)), end())
    size = path.stat().st_size
    with pytest.raises(JournalError, match=f"expected {size - 1:,} bytes at most, got more; a larger `max_bytes`"):
        chainviz.load(path, max_bytes=size - 1)
    with pytest.raises(JournalError, match="a larger `max_depth` lets it in"):
        chainviz.load(path, max_bytes=size)
    assert chainviz.load(path, max_depth=70).result() == 2
    deep = put(head(), start(input=json.loads("[" * 900 + "]" * 900)))
    with pytest.raises(JournalError, match="nested too deeply"):
        chainviz.load(deep, max_depth=10**6)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, "/dev/zero"):
        with pytest.raises(JournalError, match="expected a file, got a folder or a device"):
            chainviz.load(path)
    with pytest.raises(FileNotFoundError):
        chainviz.load(tmp_path / "none")


HOSTILE_VALUES: list[Any] = [
    {"__proto__": {"polluted": 1}, "constructor": {"prototype": 1}},
    {"$type": "object", "class": "os.system", "fields": {"command": "true"}},
    {"$type": "object", "class": "subprocess.Popen", "fields": {"args": ["true"]}},
    {"$type": "message", "class": "Popen", "role": "ai", "content": "x"},
    {"$type": "message", "class": ["AIMessage"], "content": "x"},
    {"$type": "message", "class": "AIMessage", "content": {"a": 1}},
    {"$type": "message", "class": "AIMessage", "content": "x", "tool_calls": [1]},
    {"$type": "message", "class": "AIMessage", "content": "x", "tool_calls": 5},
    {"$type": "message", "class": "AIMessageChunk", "content": "x", "usage_metadata": {"input_tokens": "many"}},
    {"$type": "message", "class": "AIMessage", "content": "x", "response_metadata": "y"},
    {"$type": "document", "page_content": 5},
    {"$type": "prompt", "class": "ChatPromptValue", "messages": [1]},
    {"$type": "prompt", "class": "StringPromptValue", "text": []},
    {"$type": "object", "class": "chainviz.outputs.LLMResult", "fields": {"generations": [[5]]}},
    {"$type": "object", "class": "chainviz.outputs.LLMResult", "fields": 5},
    {"$type": "dict", "items": [[[1], 2]]},
    {"$type": "dict", "items": 7},
    {"$type": "number", "value": "9" * 10_000},
    {"$type": "number", "value": "__import__('os')"},
    {"$type": "bytes", "base64": "?"},
    {"$type": "cut", "of": "list", "length": "x", "head": [1]},
    {"$type": "cut", "of": "str", "length": [], "head": 1},
    {"$type": "opaque", "class": 5, "repr": {"a": 1}},
    {"$type": ["x"], "class": {"y": 1}},
    {"$type": "toString"},
    "\ud800\u202e<script>alert(1)</script>",
]


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: json.dumps(value)[:60])
def test_a_hostile_value_is_shown_and_does_nothing(put: Any, value: Any) -> None:
    lines = [start(input=value, metadata={"__proto__": value}, type="chat_model"), end(2, output=value)]
    chunk = {"seq": 1, "kind": "chunk", "t": 1, "run": RUN, "chunk": value}
    t = chainviz.load(put(head(), lines[0], chunk, lines[1]))
    assert len(t.events()) == 3 and len(t.events("v1")) == 3
    assert t.state["streamed_output"]
    repr(t.tree), repr(t.events())
    json.dumps(snapshot(t), ensure_ascii=False, allow_nan=False).encode()
    if isinstance(value, dict) and "$type" in value:
        assert isinstance(t.recorder.events[0].inputs, StoredValue)  # type: ignore[union-attr]


def test_hostile_names_and_errors(put: Any) -> None:
    said = {"type": "os.\0\ud800" + "x" * 500, "message": "<b>", "traceback": "\u202e"}
    t = chainviz.load(put(head(name="\ud800"), start(name="/~" * 5_000), end(kind="error", error=said)))
    assert str(t.errors[0].error) == "<b>"
    json.dumps(snapshot(t), ensure_ascii=False).encode()
    repr(t.log), repr(t)


def test_many_kinds_of_errors_take_few_classes(put: Any) -> None:
    ids = [str(uuid4()) for _ in range(1_200)]
    lines: list[Line] = []
    for id in ids:
        said = {"type": f"m.E{len(lines)}", "message": "", "traceback": ""}
        lines += [start(len(lines), id), end(len(lines) + 1, id, kind="error", error=said)]
    t = chainviz.load(put(head(), *lines))
    assert len({type(error) for _, error in t.errors}) == 1_001


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["$type", "class", "head", "a"]), inner)
    ),
    max_leaves=8,
)
KINDS = ["start", "chunk", "end", "error", "cancel", "custom"]
WORDS = ["seq", "t", "run", "kind", "parent_ids", "path", "type", "name", "tags", "metadata", "input", "chunk", "error"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(WORDS), json_values | st.sampled_from(KINDS)), max_size=3
    )
)
def test_any_line_loads_or_is_refused(put: Any, changes: list[tuple[int, str, Any]]) -> None:
    lines = [head(), start(), {"seq": 1, "kind": "chunk", "t": 1, "run": RUN, "chunk": "a"}, end(2)]
    for number, name, value in changes:
        lines[number][name] = value
    try:
        t = chainviz.load(put(*lines))
    except JournalError as error:
        assert ", line " in str(error)
    else:
        t.events(), repr(t), snapshot(t)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_load_or_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(json.dumps(head()).encode() + b"\n" + data)
    try:
        chainviz.load(path)
    except JournalError:
        pass


TRIPWIRE = """
import sys
from chainviz import load
seen = []
armed = False
def hook(event, args):
    if armed:
        seen.append((event, str(args[0]) if args else ""))
sys.addaudithook(hook)
path = sys.argv[1]
armed = True
trace = load(path)
armed = False
assert len(trace.recorder.events) > 10
print(seen)
"""


def test_opening_executes_nothing(tmp_path: Path) -> None:
    """No import, no file but the journal, no socket, no process, no compiling: the interpreter's own hook tells."""
    path = tmp_path / "t"
    with trace(journal=path):
        RunnableLambda(lambda x: AIMessage("hi", tool_calls=[{"name": "f", "args": {}, "id": "1"}])).invoke(1)
        for value in HOSTILE_VALUES:
            RunnableLambda(lambda x: x).invoke(value)
        with pytest.raises(ZeroDivisionError):
            RunnableLambda(lambda x: x / 0).invoke(1)
    hostile = [
        json.dumps(start(10_000, metadata={"x": HOSTILE_VALUES})),
        json.dumps(end(10_001, output=HOSTILE_VALUES)),
    ]
    path.write_text(path.read_text() + "\n".join(hostile) + "\n")
    run = subprocess.run(
        [sys.executable, "-c", TRIPWIRE, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(chainviz.__file__).parents[1])},
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"{[('open', str(path))]}\n"


def test_every_view_takes_a_loaded_trace(tmp_path: Path) -> None:
    with trace(journal=tmp_path / "t"):
        RunnableLambda(len).invoke("abc")
    t = chainviz.load(tmp_path / "t")
    for view in ("TracePanel", "TokenStreams", "RunStateTree", "EventTimeline", "GraphView"):
        shown: Any = getattr(chainviz, view)(t)
        assert shown.trace == t.id and "done" in shown.picture()[0]
        shown.close()
    assert "<title>len</title>" in Path(t.to_html(tmp_path / "page.html")).read_text()
