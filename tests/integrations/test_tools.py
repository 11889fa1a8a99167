from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from chainviz import ChatOpenAI, HumanMessage, ToolMessage, tool
from chainviz.errors import InvalidConfigError, InvalidInputError
from tests.integrations.server import Server, chunk, completion, reply, stream, tool_chunks
from tests.integrations.verbs import ANSWERS, STREAMS, answer, parts

Chat = Callable[..., ChatOpenAI]


@tool
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


class Weather(BaseModel):
    """Tell the weather."""

    place: str = Field(description="where")


class Note(TypedDict):
    """Keep a note."""

    text: Annotated[str, "what"]


def double(x: int) -> int:
    """Double a number."""
    return 2 * x


def calls(*given: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"id": id, "type": "function", "function": {"name": name, "arguments": text}} for id, name, text in given]


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_the_model_asks_for_tools(server: Server, chat: Chat, verb: str) -> None:
    if verb in STREAMS:
        server.expect(stream(tool_chunks(("1", "add", ['{"a"', ": 2}"]), ("2", "add", ['{"a": 3, "b": 4}']))))
    else:
        asked = calls(("1", "add", '{"a": 2}'), ("2", "add", '{"a": 3, "b": 4}'))
        server.expect(reply(completion("", finish_reason="tool_calls", tool_calls=asked)))
    message = await answer(chat().bind_tools([add]), "hi", verb)
    assert message.tool_calls == [
        {"type": "tool_call", "id": "1", "name": "add", "args": {"a": 2}},
        {"type": "tool_call", "id": "2", "name": "add", "args": {"a": 3, "b": 4}},
    ]
    assert message.response_metadata["finish_reason"] == "tool_calls"
    assert message.usage_metadata["total_tokens"] == 10
    assert server.body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "add",
                "description": "Add two numbers.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "a": {"title": "A", "type": "integer"},
                        "b": {"default": 1, "title": "B", "type": "integer"},
                    },
                    "required": ["a"],
                },
            },
        }
    ]


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_call_streams_in_pieces(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(tool_chunks(("1", "add", ['{"a"', ": 2}"]))))
    given = await parts(chat().bind_tools([add]), "hi", verb)
    assert [piece["args"] for part in given for piece in part.tool_call_chunks] == ["", '{"a"', ": 2}"]
    assert {piece["index"] for part in given for piece in part.tool_call_chunks} == {0}
    assert (given[0] + given[1:3]).tool_calls[0]["args"] == {}


@pytest.mark.parametrize("verb", ANSWERS)
async def test_arguments_that_do_not_parse(server: Server, chat: Chat, verb: str) -> None:
    server.expect(reply(completion("", tool_calls=calls(("1", "add", "{a: 2")))))
    message = await answer(chat().bind_tools([add]), "hi", verb)
    assert message.tool_calls == []
    assert (message.invalid_tool_calls[0]["args"], message.invalid_tool_calls[0]["id"]) == ("{a: 2", "1")


async def test_there_and_back(server: Server, chat: Chat) -> None:
    model = chat().bind_tools([add], tool_choice="add", parallel_tool_calls=False)
    server.expect(reply(completion("", tool_calls=calls(("1", "add", '{"a": 2}')))), reply(completion("three")))
    question = HumanMessage("2 + 1?")
    asked = await model.ainvoke([question])
    assert server.body["tool_choice"] == {"type": "function", "function": {"name": "add"}}
    assert server.body["parallel_tool_calls"] is False
    result = await add.ainvoke(asked.tool_calls[0])
    assert result == ToolMessage("3", tool_call_id="1", name="add")
    assert (await model.ainvoke([question, asked, result])).content == "three"
    assert server.body["messages"][1:] == [
        {"role": "assistant", "content": None, "tool_calls": calls(("1", "add", '{"a": 2}'))},
        {"role": "tool", "content": "3", "tool_call_id": "1", "name": "add"},
    ]


def test_all_that_can_be_a_tool(server: Server, chat: Chat) -> None:
    wire = {"type": "function", "function": {"name": "w", "parameters": {}}}
    schema = {"title": "S", "description": "d", "type": "object", "properties": {"a": {"type": "string"}}}
    function = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}
    search = {"type": "web_search"}
    server.expect(reply(completion("a")))
    chat().bind_tools([Weather, Note, double, wire, schema, function, search]).invoke("hi")
    sent = server.body["tools"]
    functions = [tool["function"] for tool in sent[:-1]]
    assert [function["name"] for function in functions] == ["Weather", "Note", "double", "w", "S", "f"]
    assert functions[0]["description"] == "Tell the weather."
    assert functions[0]["parameters"]["properties"]["place"]["description"] == "where"
    assert functions[1]["parameters"]["required"] == ["text"]
    assert functions[2]["parameters"]["properties"]["x"]["type"] == "integer"
    assert functions[4] == {
        "name": "S",
        "description": "d",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    assert sent[-1] == search
    with pytest.raises(InvalidInputError, match=r"tools: expected a tool, a function, .* got 3"):
        chat().bind_tools([3])


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("any", "required"),
        (True, "required"),
        ("required", "required"),
        ("auto", "auto"),
        ("none", "none"),
        ("add", {"type": "function", "function": {"name": "add"}}),
        ({"type": "allowed_tools"}, {"type": "allowed_tools"}),
    ],
)
def test_which_tool(server: Server, chat: Chat, choice: Any, sent: Any) -> None:
    server.expect(reply(completion("a")))
    chat().bind_tools([add], tool_choice=choice).invoke("hi")
    assert server.body["tool_choice"] == sent


def test_a_tool_that_is_not_there(chat: Chat) -> None:
    with pytest.raises(InvalidConfigError, match="got 'ad'; did you mean 'add'"):
        chat().bind_tools([add], tool_choice="ad")


def test_a_strict_tool(server: Server, chat: Chat) -> None:
    class Inner(BaseModel):
        default: int = 3

    class Outer(BaseModel):
        inner: Inner = Field(Inner(), description="inside")
        several: list[Inner] | None = None

    server.expect(reply(completion("a")))
    chat().bind_tools([Outer], strict=True).invoke("hi")
    function = server.body["tools"][0]["function"]
    assert function["strict"] is True
    assert function["parameters"] == {
        "type": "object",
        "properties": {
            "inner": {"$ref": "#/$defs/Inner"},
            "several": {
                "title": "Several",
                "anyOf": [{"type": "array", "items": {"$ref": "#/$defs/Inner"}}, {"type": "null"}],
            },
        },
        "required": ["inner", "several"],
        "additionalProperties": False,
        "$defs": {
            "Inner": {
                "title": "Inner",
                "type": "object",
                "properties": {"default": {"title": "Default", "type": "integer"}},
                "required": ["default"],
                "additionalProperties": False,
            }
        },
    }


async def test_no_tokens_where_tools_are_given(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("", tool_calls=calls(("1", "add", '{"a": 2}')))))
    model = chat(disable_streaming="tool_calling").bind_tools([add])
    assert len(await parts(model, "hi", "astream")) == 1
    assert "stream" not in server.body


async def test_servers_that_number_no_calls(server: Server, chat: Chat) -> None:
    whole = {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a": 2}'}}
    server.expect(stream([chunk({"tool_calls": [whole]}), chunk({}, "tool_calls")]))
    async with asyncio.timeout(5):
        message = await answer(chat().bind_tools([add]), "hi", "astream")
    assert message.tool_calls == [{"type": "tool_call", "id": "1", "name": "add", "args": {"a": 2}}]


def test_no_tools(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("a")))
    chat().bind_tools([]).invoke("hi")
    assert "tools" not in server.body
