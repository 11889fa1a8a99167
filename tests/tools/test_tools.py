from __future__ import annotations

from typing import Annotated, Any

import pytest

from chainviz.config import RunnableConfig
from chainviz.errors import InvalidInputError, ToolError
from chainviz.messages import ToolMessage
from chainviz.tools import BaseTool, StructuredTool, tool


@tool
def some_tool(x: int, y: str) -> dict:  # type: ignore[type-arg]
    """Some_tool."""
    return {"x": x, "y": y}


@tool("search", return_direct=True)
async def find(query: Annotated[str, "what to find"], times: int = 2) -> str:
    """Find it."""
    return query * times


def call(args: dict[str, Any]) -> dict[str, Any]:
    return {"name": "some_tool", "args": args, "id": "7", "type": "tool_call"}


async def test_it_takes_a_dict() -> None:
    assert some_tool.invoke({"x": 1, "y": "2"}) == await some_tool.ainvoke({"x": "1", "y": "2"}) == {"x": 1, "y": "2"}


def test_what_it_is() -> None:
    assert (some_tool.name, some_tool.description) == ("some_tool", "Some_tool.")
    assert some_tool.args == {"x": {"title": "X", "type": "integer"}, "y": {"title": "Y", "type": "string"}}
    assert some_tool.input_schema.model_json_schema()["required"] == ["x", "y"]
    assert (find.name, find.return_direct) == ("search", True)


async def test_a_coroutine_function() -> None:
    assert await find.ainvoke("a") == await find.ainvoke({"query": "a", "times": 2}) == "aa"
    with pytest.raises(NotImplementedError, match="search: a coroutine function serves the async verbs only"):
        find.invoke({"query": "a"})


async def test_a_tool_call_is_answered_with_a_message() -> None:
    answer = ToolMessage('{"x": 1, "y": "é"}', tool_call_id="7", name="some_tool")
    assert some_tool.invoke(call({"x": 1, "y": "é"})) == await some_tool.ainvoke(call({"x": 1, "y": "é"})) == answer


@pytest.mark.parametrize(
    ("input", "sentence"),
    [
        ({"x": "q", "y": ""}, "some_tool: x: Input should be a valid integer.*, got 'q'"),
        ({"x": 1}, "some_tool: the argument 'y' is missing; expected 'x', 'y', got 'x'"),
        ("text", "some_tool: expected a dict of 'x', 'y', got 'text'"),
        (3, "some_tool: expected a dict of 'x', 'y', got 3"),
    ],
)
async def test_wrong_arguments(input: Any, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        some_tool.invoke(input)
    with pytest.raises(InvalidInputError, match=sentence):
        await some_tool.ainvoke(input)


@pytest.mark.parametrize(
    ("handler", "text"), [(True, "too big"), ("sorry", "sorry"), (lambda error: f"<{error}>", "<too big>")]
)
async def test_a_tool_that_fails(handler: Any, text: str) -> None:
    def fail(x: int) -> str:
        """Fail."""
        raise ToolError("too big")

    with pytest.raises(ToolError, match="too big"):
        tool(fail).invoke({"x": 1})
    handled = StructuredTool.from_function(fail, handle_tool_error=handler)
    assert handled.invoke({"x": 1}) == await handled.ainvoke({"x": 1}) == text
    assert handled.invoke(call({"x": 1})) == ToolMessage(text, tool_call_id="7", name="fail", status="error")


def test_wrong_arguments_handled() -> None:
    handled = StructuredTool.from_function(some_tool.func, handle_validation_error="try again")
    assert handled.invoke({"x": "q", "y": ""}) == "try again"


def test_an_error_of_the_function_passes_through() -> None:
    error = InvalidInputError("mine")

    @tool
    def fail(x: int) -> str:
        """Fail."""
        raise error

    with pytest.raises(InvalidInputError) as caught:
        fail.invoke({"x": 1})
    assert caught.value is error


def test_content_and_artifact() -> None:
    def draw(size: int) -> tuple[str, bytes]:
        """Draw."""
        return "a picture", b"x" * size

    drawing = StructuredTool.from_function(draw, response_format="content_and_artifact")
    assert drawing.invoke({"size": 1}) == "a picture"
    message = drawing.invoke(call({"size": 1}))
    assert (message.content, message.artifact) == ("a picture", b"x")


def test_a_docstring_describes_the_arguments() -> None:
    def add(a: int, b: int = 1) -> int:
        """Add two numbers.

        Args:
            a: the first
                number
            b (int): the second

        Returns:
            Their sum.
        """
        return a + b

    adding = StructuredTool.from_function(add, parse_docstring=True)
    assert adding.description == "Add two numbers."
    assert {name: arg["description"] for name, arg in adding.args.items()} == {
        "a": "the first number",
        "b": "the second",
    }
    assert adding.invoke({"a": 1}) == 2


def test_without_a_description() -> None:
    with pytest.raises(InvalidInputError, match="nothing: expected a docstring or a description, got neither"):

        @tool
        def nothing(x: int) -> int:
            return x


async def test_the_function_is_given_config() -> None:
    @tool
    def tags(x: int, config: RunnableConfig) -> list[str]:
        """Tags."""
        return config["tags"]

    assert list(tags.args) == ["x"]
    assert tags.invoke({"x": 1}, {"tags": ["a"]}) == ["a"]
    assert await tags.ainvoke({"x": 1}, {"tags": ["a"]}) == ["a"]


class Doubler(BaseTool):
    name: str = "double"
    description: str = "Doubles."

    def _run(self, number: int) -> int:
        return number * 2


async def test_a_tool_class_of_ones_own() -> None:
    assert Doubler().invoke({"number": 4}) == await Doubler().ainvoke({"number": 4}) == 8
    assert Doubler().args == {"number": {"title": "Number", "type": "integer"}}


async def test_its_events() -> None:
    events = [event async for event in some_tool.astream_events({"x": 1, "y": "2"})]
    assert [(event["event"], event["name"]) for event in events] == [
        ("on_tool_start", "some_tool"),
        ("on_tool_end", "some_tool"),
    ]
    assert events[0]["data"] == {"input": {"x": 1, "y": "2"}}
    assert events[1]["data"]["output"] == {"x": 1, "y": "2"}
