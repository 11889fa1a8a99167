from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import pytest

from chainviz.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessageChunk,
    ChatMessageChunk,
    FunctionMessageChunk,
    HumanMessageChunk,
    SystemMessageChunk,
    ToolMessageChunk,
    message_chunk_to_message,
)
from chainviz.messages.merge import MergeError, merge_content, merge_dicts

TOKENS = [AIMessageChunk("Har", id="lc_run--1"), AIMessageChunk("ri"), AIMessageChunk("son", chunk_position="last")]


def both_sums(chunks: list[Any]) -> Any:
    one_by_one, at_once = reduce(add, chunks), chunks[0] + chunks[1:]
    assert one_by_one == at_once
    return at_once


def test_text() -> None:
    assert both_sums(TOKENS) == AIMessageChunk("Harrison", id="lc_run--1", chunk_position="last")


def test_adding_leaves_the_parts_alone() -> None:
    first = AIMessageChunk(["a"], response_metadata={"k": "v"})
    first + AIMessageChunk(["b"], response_metadata={"l": "w"})
    assert first == AIMessageChunk(["a"], response_metadata={"k": "v"})


def test_tool_calls_merge_by_index() -> None:
    def chunk(name: str | None, args: str, id: str | None, index: int) -> AIMessageChunk:
        return AIMessageChunk("", tool_call_chunks=[{"name": name, "args": args, "id": id, "index": index}])

    total = both_sums([chunk("f", '{"x"', "1", 0), chunk("g", "{", "2", 1), chunk(None, ": 1}", None, 0)])
    assert [call["args"] for call in total.tool_call_chunks] == ['{"x": 1}', "{"]
    assert total.tool_calls[0] == {"name": "f", "args": {"x": 1}, "id": "1", "type": "tool_call"}
    assert message_chunk_to_message(total) == AIMessage("", tool_calls=total.tool_calls)


def test_broken_tool_calls_are_kept_apart() -> None:
    chunk = AIMessageChunk("", tool_call_chunks=[{"name": "f", "args": "[1]", "id": "1", "index": 0}])
    assert chunk.tool_calls == []
    assert chunk.invalid_tool_calls[0]["args"] == "[1]"


def test_usage_is_added_up() -> None:
    first = {"input_tokens": 5, "output_tokens": 0, "total_tokens": 5, "input_token_details": {"cache_read": 3}}
    second = {"input_tokens": 0, "output_tokens": 2, "total_tokens": 2, "output_token_details": {"reasoning": 1}}
    total = both_sums([AIMessageChunk("", usage_metadata=usage) for usage in (first, second)])
    assert total.usage_metadata == {
        "input_tokens": 5,
        "output_tokens": 2,
        "total_tokens": 7,
        "input_token_details": {"cache_read": 3},
        "output_token_details": {"reasoning": 1},
    }


@pytest.mark.parametrize(
    ("ids", "best"),
    [
        ((None, "a"), "a"),
        (("lc_run--1", "a"), "a"),
        (("lc_1", "lc_run--1"), "lc_run--1"),
        (("a", "b"), "a"),
        ((None, None), None),
    ],
)
def test_the_best_id_is_kept(ids: tuple[str | None, ...], best: str | None) -> None:
    assert both_sums([AIMessageChunk("x", id=id) for id in ids]).id == best


def test_metadata_merges() -> None:
    chunks = [
        AIMessageChunk("a", response_metadata={"id": "1", "n": 1, "text": "x", "created": 1, "none": None}),
        AIMessageChunk("b", response_metadata={"id": "1", "n": 2, "text": "y", "created": 2, "none": 3}),
    ]
    merged = {"id": "1", "n": 3, "text": "xy", "created": 2, "none": 3}
    assert both_sums(chunks).response_metadata == merged


@pytest.mark.parametrize(
    "chunks",
    [
        [HumanMessageChunk("a"), HumanMessageChunk("b")],
        [SystemMessageChunk("a"), SystemMessageChunk("b")],
        [ChatMessageChunk("a", role="captain"), ChatMessageChunk("b", role="captain")],
        [FunctionMessageChunk("a", name="f"), FunctionMessageChunk("b", name="f")],
        [ToolMessageChunk("a", tool_call_id="1"), ToolMessageChunk("b", tool_call_id="1")],
    ],
    ids=lambda chunks: chunks[0].type,
)
def test_each_kind(chunks: list[BaseMessageChunk]) -> None:
    total = both_sums(chunks)
    assert (type(total), total.content) == (type(chunks[0]), "ab")
    assert type(message_chunk_to_message(total)).__name__ == type(total).__name__.removesuffix("Chunk")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (ChatMessageChunk("a", role="captain"), ChatMessageChunk("b", role="mate")),
        (ToolMessageChunk("a", tool_call_id="1"), ToolMessageChunk("b", tool_call_id="2")),
        (FunctionMessageChunk("a", name="f"), FunctionMessageChunk("b", name="g")),
    ],
)
def test_what_does_not_belong_together(left: Any, right: Any) -> None:
    with pytest.raises(MergeError, match="expected the same"):
        left + right


def test_what_is_no_chunk() -> None:
    with pytest.raises(TypeError, match=r"AIMessageChunk \+ …: expected a message chunk"):
        AIMessageChunk("a") + "b"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["a", "b"], "ab"),
        (["a", ["b"]], ["a", "b"]),
        ([["a"], "b"], ["ab"]),
        ([[{"type": "text", "text": "a"}], "b"], [{"type": "text", "text": "a"}, "b"]),
        (
            [[{"type": "text", "text": "a", "index": 0}], [{"text": "b", "index": 0}]],
            [{"type": "text", "text": "ab", "index": 0}],
        ),
    ],
)
def test_contents(parts: list[Any], whole: Any) -> None:
    assert merge_content(*parts) == whole


def test_values_that_do_not_fit() -> None:
    with pytest.raises(MergeError, match="'k' is 1 in one and 'a' in the next"):
        merge_dicts({"k": 1}, {"k": "a"})
