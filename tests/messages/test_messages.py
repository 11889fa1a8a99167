from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from chainviz.errors import InvalidConfigError, InvalidInputError
from chainviz.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    convert_to_messages,
    get_buffer_string,
    messages_from_dict,
    messages_to_dict,
)

EACH: list[BaseMessage] = [
    HumanMessage("hi"),
    AIMessage("hi", name="bot"),
    SystemMessage("hi"),
    ToolMessage("hi", tool_call_id="1"),
    FunctionMessage("hi", name="f"),
    ChatMessage("hi", role="captain"),
]


@pytest.mark.parametrize(
    ("short", "message"),
    [
        ("hi", HumanMessage("hi")),
        (("human", "hi"), HumanMessage("hi")),
        (("user", "hi"), HumanMessage("hi")),
        (["ai", "hi"], AIMessage("hi")),
        ({"role": "assistant", "content": "hi"}, AIMessage("hi")),
        ({"role": "system", "content": "hi", "name": "s"}, SystemMessage("hi", name="s")),
        ({"type": "tool", "content": "hi", "tool_call_id": "1"}, ToolMessage("hi", tool_call_id="1")),
        ({"role": "human", "content": None}, HumanMessage("")),
        ({"role": "human", "content": "hi", "mood": "good"}, HumanMessage("hi", additional_kwargs={"mood": "good"})),
        (
            {
                "role": "ai",
                "content": "",
                "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"x": 1}'}}],
            },
            AIMessage("", tool_calls=[{"name": "f", "args": {"x": 1}, "id": "1"}]),
        ),
        (HumanMessage("hi"), HumanMessage("hi")),
    ],
)
def test_short_forms(short: Any, message: BaseMessage) -> None:
    assert convert_to_messages([short]) == [message]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("humn", "hi"), "got 'humn'; did you mean 'human'?"),
        (3, "expected a message, a str, .* got 3"),
        (("a", "b", "c"), "expected a message"),
        ({"content": "hi"}, "expected a dict with 'role' and 'content'"),
    ],
)
def test_what_is_no_message(wrong: Any, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        convert_to_messages([wrong])


@pytest.mark.parametrize("message", EACH, ids=lambda message: message.type)
def test_dicts_and_back(message: BaseMessage) -> None:
    assert messages_from_dict(messages_to_dict([message])) == [message]


@pytest.mark.parametrize("cls", [HumanMessage, AIMessage, AIMessageChunk, SystemMessage])
def test_keywords_that_are_no_fields(cls: type[BaseMessage]) -> None:
    assert cls("hi", mood="good").mood == "good"  # type: ignore[attr-defined]
    with pytest.raises(InvalidConfigError, match="got 'pretty_repr'"):
        cls("hi", pretty_repr="good")
    with pytest.raises(InvalidConfigError, match="got 'type'"):
        cls("hi", type="other")
    assert cls("hi", type=cls.type) == cls("hi")


def test_a_misspelt_content_is_named() -> None:
    with pytest.raises(InvalidInputError, match="got None; did you mean 'content'"):
        HumanMessage(contnet="hi")


@pytest.mark.parametrize("content", [3, None, [3]])
def test_content_must_be_text_or_parts(content: Any) -> None:
    with pytest.raises(InvalidInputError, match="HumanMessage: expected content to be a str or a list"):
        HumanMessage(content)


def test_text_of_parts() -> None:
    message = HumanMessage([{"type": "text", "text": "a"}, "b", {"type": "image_url", "image_url": "x"}])
    assert message.text == "ab"
    assert [block["type"] for block in message.content_blocks] == ["text", "text", "non_standard"]


def test_a_tool_message_takes_what_a_tool_gave() -> None:
    assert ToolMessage(3, tool_call_id=7) == ToolMessage("3", tool_call_id="7")
    assert ToolMessage(["a", 3], tool_call_id="1").content == ["a", "3"]
    with pytest.raises(InvalidInputError, match="expected status to be 'success' or 'error'"):
        ToolMessage("x", tool_call_id="1", status="bad")  # type: ignore[arg-type]


def test_tool_calls_of_a_provider() -> None:
    raw = [
        {"id": "1", "function": {"name": "f", "arguments": '{"x": 1}'}},
        {"id": "2", "function": {"name": "g", "arguments": "{"}},
    ]
    message = AIMessage("", additional_kwargs={"tool_calls": raw})
    assert message.tool_calls == [{"name": "f", "args": {"x": 1}, "id": "1", "type": "tool_call"}]
    assert message.invalid_tool_calls[0]["name"] == "g"


def test_pretty() -> None:
    message = AIMessage("hi", tool_calls=[{"name": "f", "args": {"x": 1}, "id": "1"}])
    assert message.pretty_repr() == (
        "================================== Ai Message ==================================\n"
        "\nhi\nTool Calls:\n  f (1)\n Call ID: 1\n  Args:\n    x: 1"
    )


def test_buffer_string() -> None:
    assert get_buffer_string(EACH) == "Human: hi\nAI: hi\nSystem: hi\nTool: hi\nFunction: hi\ncaptain: hi"


def test_messages_and_documents_import_without_pydantic() -> None:
    program = "import sys, chainviz.messages, chainviz.documents; print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"
