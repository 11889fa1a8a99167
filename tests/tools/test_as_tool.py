"""Steps as tools."""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel, Field

from chainviz import (
    FakeListChatModel,
    PromptTemplate,
    RunnableLambda,
    RunnablePassthrough,
    StructuredTool,
    tool,
)
from chainviz.errors import InvalidInputError
from tests.tracing.watching import Watcher


class Args(TypedDict):
    a: int
    b: list[int]


class Schema(BaseModel):
    """Apply a function to an integer and list of integers."""

    a: int = Field(..., description="Integer")
    b: list[int] = Field(..., description="List of ints")


def typed(x: Args) -> str:
    return str(x["a"] * max(x["b"]))


def untyped(x: dict[str, Any]) -> str:
    return str(x["a"] * max(x["b"]))


def text(x: str) -> str:
    return x + "a"


@pytest.mark.parametrize(
    "made",
    [
        RunnableLambda(typed).as_tool(),
        RunnableLambda(untyped).as_tool(Schema),
        RunnableLambda(untyped).as_tool(arg_types={"a": int, "b": list[int]}),
    ],
    ids=["TypedDict", "args_schema", "arg_types"],
)
async def test_a_dict_of_arguments(made: StructuredTool) -> None:
    assert list(made.args) == ["a", "b"]
    given = {"a": 3, "b": [1, 2]}
    assert made.invoke(given) == await made.ainvoke(given) == "6"
    assert made.invoke({"type": "tool_call", "name": made.name, "args": given, "id": "1"}).content == "6"
    with pytest.raises(InvalidInputError, match="the argument 'b' is missing"):
        made.invoke({"a": 3})
    with pytest.raises(InvalidInputError, match="got 'three'"):
        made.invoke({"a": "three", "b": [1]})


def test_descriptions_of_arguments_are_kept() -> None:
    made = RunnableLambda(untyped).as_tool(Schema)
    assert made.args["a"]["description"] == "Integer"
    assert "Apply a function" in made.description


async def test_a_text() -> None:
    made = (RunnableLambda(text) | (lambda x: x + "z")).as_tool(name="add", description="Adds a and z.")
    assert (made.name, made.description) == ("add", "Adds a and z.")
    assert made.invoke("b") == await made.ainvoke("b") == made.invoke({"tool_input": "b"}) == "baz"


async def test_a_prompt() -> None:
    made = PromptTemplate.from_template("{a} {b}").as_tool()
    assert made.name == "PromptTemplate"
    assert made.description.startswith("Takes {'properties': {'a'")
    assert made.invoke({"a": "1", "b": "2"}).to_string() == "1 2"


def test_the_decorator_takes_a_step() -> None:
    made = tool("upper", PromptTemplate.from_template("{x}") | (lambda value: value.to_string().upper()))
    assert made.name == "upper"
    assert made.invoke({"x": "a"}) == "A"


@pytest.mark.parametrize(
    "step", [RunnableLambda(untyped), RunnablePassthrough[Any](), FakeListChatModel(responses=["x"])]
)
def test_arguments_without_types(step: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"{step.get_name()}: a tool takes a text or a dict of arguments"):
        step.as_tool()


def test_what_it_calls_is_its_child() -> None:
    watcher = Watcher()
    asyncio.run(RunnableLambda(text).as_tool().ainvoke("b", {**watcher.config, "tags": ["t"]}))
    made, inside = (event.run for event in watcher.events[:2])
    assert (made.type, inside.type) == ("tool", "chain")
    assert inside.parent is made
    assert inside.tags == ["t"]


def test_a_configurable_step_is_configured() -> None:
    from chainviz import ConfigurableField

    step = RunnableLambda(text).configurable_alternatives(ConfigurableField(id="q"), loud=RunnableLambda(str.upper))
    made = step.as_tool()
    assert made.invoke("b") == "ba"
    assert made.invoke("b", {"configurable": {"q": "loud"}}) == "B"
