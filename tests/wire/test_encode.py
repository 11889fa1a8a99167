"""Values on the wire: whatever comes in, JSON comes out, of bounded size, and nothing is raised."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from chainviz import AIMessage, AIMessageChunk, Document, HumanMessage, RunnableLambda, trace
from chainviz.tracing.values import DEPTH
from chainviz.wire.columns import ColumnReader
from chainviz.wire.encode import LIMIT, NAME, encode, named
from chainviz.wire.frames import Framer

Point = namedtuple("Point", "x y")


@dataclass
class Place:
    name: str
    point: Any


class Login(BaseModel):
    user: str
    key: SecretStr


class Colour(StrEnum):
    RED = "red"


class Grumpy:
    def __repr__(self) -> str:
        raise ValueError("no")

    __str__ = __repr__


class Trap(BaseModel):
    x: int = 1

    def __getattribute__(self, name: str) -> Any:
        if name == "x":
            raise RuntimeError("boo")
        return super().__getattribute__(name)


class Copying:
    def __deepcopy__(self, memo: Any) -> Any:
        raise AssertionError("copied")

    def __reduce__(self) -> Any:
        raise AssertionError("pickled")

    def __repr__(self) -> str:
        return "kept"


@pytest.mark.parametrize("value", [None, True, 0, -3, 2**53, 1.5, "", "é\U0001f600", [1, [2]], {"a": {"b": 1}}])
def test_json_stands_for_itself(value: Any) -> None:
    assert encode(value) == value


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (float("nan"), {"$type": "number", "value": "NaN"}),
        (float("-inf"), {"$type": "number", "value": "-Infinity"}),
        (2**60, {"$type": "number", "value": str(2**60)}),
        ((1, 2), [1, 2]),
        ("\ud800", "\\ud800"),
        ({1: 2}, {"$type": "dict", "items": [[1, 2]]}),
        ({"a": 1, "$type": "x"}, {"$type": "dict", "items": [["a", 1], ["$type", "x"]]}),
        (b"ab", {"$type": "cut", "of": "bytes", "length": 2, "head": "6162"}),
        (SecretStr("hush"), "**********"),
        (Document("hi", {"a": 1}), {"$type": "document", "page_content": "hi", "metadata": {"a": 1}}),
        (HumanMessage("hi"), {"$type": "message", "class": "HumanMessage", "role": "human", "content": "hi"}),
        (Copying(), {"$type": "opaque", "class": f"{__name__}.Copying", "repr": "kept"}),
        (Colour.RED, {"$type": "opaque", "class": f"{__name__}.Colour", "repr": "<Colour.RED: 'red'>"}),
        (Point(1, 2), {"$type": "object", "class": f"{__name__}.Point", "fields": {"x": 1, "y": 2}}),
    ],
)
def test_what_is_more_than_json_is_marked(value: Any, encoded: Any) -> None:
    assert encode(value) == encoded


def test_messages_show_the_fields_that_say_something() -> None:
    call = {"name": "f", "args": {"x": 1}, "id": "1"}
    encoded: Any = encode(AIMessage("hi", id="m", tool_calls=[call]))
    assert encoded["role"] == "ai" and encoded["id"] == "m"
    assert encoded["tool_calls"][0]["name"] == "f"
    assert "additional_kwargs" not in encoded
    chunk: Any = encode(AIMessageChunk("a"))
    assert (chunk["class"], chunk["role"]) == ("AIMessageChunk", "ai")


def test_no_secret_is_read() -> None:
    assert "hush" not in json.dumps(encode({"a": [Login(user="u", key=SecretStr("hush"))]}))


def test_what_raises_is_a_note() -> None:
    assert encode(Grumpy()) == {
        "$type": "opaque",
        "class": f"{__name__}.Grumpy",
        "repr": "<Grumpy whose repr raised ValueError>",
    }
    encoded: Any = encode(Trap())
    assert encoded["fields"] == {"x": "<raised RuntimeError when it was read>"}


def test_cycles_and_depth_end() -> None:
    cycle: list[Any] = [1]
    cycle.append(cycle)
    assert encode(cycle) == [1, {"$type": "opaque", "class": "list", "repr": "… (cyclic)"}]
    place = Place("here", None)
    place.point = place
    assert "cyclic" in json.dumps(encode(place))
    deep: Any = 1
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(encode(deep)).count("[") == DEPTH


def test_the_same_object_twice_is_no_cycle() -> None:
    shared = [1]
    assert encode([shared, shared]) == [[1], [1]]


@pytest.mark.parametrize(
    ("value", "of", "length"),
    [
        ("x" * 50_000, "str", 50_000),
        (list(range(50_000)), "list", 50_000),
        ({str(i): i for i in range(50_000)}, "dict", 50_000),
        ({i: i for i in range(50_000)}, "dict", 50_000),
        (b"x" * 50_000, "bytes", 50_000),
    ],
)
def test_what_is_long_is_cut(value: Any, of: str, length: int) -> None:
    encoded: Any = encode(value)
    assert (encoded["$type"], encoded["of"], encoded["length"]) == ("cut", of, length)
    assert len(json.dumps(encoded)) < 4 * LIMIT


def test_the_limit_is_for_the_whole_value() -> None:
    encoded = encode([Document("x" * 4_000) for _ in range(100)])
    assert len(json.dumps(encoded)) < 2 * LIMIT


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.builds(Grumpy)
    | st.builds(Document, st.text()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters()) | st.integers(), inner)
        | st.builds(Place, st.text(), inner)
        | st.frozensets(st.integers())
    ),
)


@given(values)
def test_anything_becomes_json_in_utf8(value: Any) -> None:
    json.dumps(encode(value), allow_nan=False, ensure_ascii=False).encode()


def test_a_name_is_short() -> None:
    assert named("Docs \ud800") == "Docs \\ud800"
    assert named("x" * NAME) == "x" * NAME
    assert named("x" * 10_000) == "x" * (NAME - 1) + "…"


def test_long_names_make_no_long_messages() -> None:
    long = "name" * 100_000
    step = RunnableLambda(str).with_config(run_name=long, tags=[long], metadata={long: 1})
    with trace() as t:
        step.invoke(1)
    header, _ = ColumnReader(t).part()
    batch = Framer(t).batch()
    for message in ({**header, "graphs": []}, batch["events"], {**batch["graphs"][0]["graph"], "exports": {}}):
        assert len(json.dumps(message)) < 20_000
