"""Tools' odds and ends: injected arguments, options of `run`, handlers of their own."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from chainviz import BaseCallbackHandler, RunnableLambda, tool
from chainviz.errors import InvalidInputError, ToolError
from chainviz.tools import InjectedToolArg, InjectedToolCallId, StructuredTool, ToolException


class Connection:
    """No type that JSON knows."""


@tool
def look(query: str, over: Annotated[Connection, InjectedToolArg], call: Annotated[str, InjectedToolCallId]) -> str:
    """Look it up."""
    return f"{query} {type(over).__name__} {call}"


def test_no_model_is_asked_for_what_is_injected() -> None:
    assert list(look.args) == ["query"]
    assert look.tool_call_schema.model_json_schema()["required"] == ["query"]
    call = {"type": "tool_call", "name": "look", "id": "7", "args": {"query": "q", "over": Connection()}}
    assert look.invoke(call).content == "q Connection 7"


def test_the_id_of_a_tool_call_needs_a_tool_call() -> None:
    with pytest.raises(InvalidInputError, match="'call' is a tool call's id: give a tool call"):
        look.invoke({"query": "q", "over": Connection()})


def test_run_takes_its_options_one_by_one() -> None:
    seen: list[Any] = []

    class Handler(BaseCallbackHandler):
        def on_tool_start(self, *_: Any, **more: Any) -> None:
            seen.append((more["name"], more["tags"]))

    @tool
    def double(x: int) -> int:
        """Double."""
        return 2 * x

    assert double.run({"x": 1}, callbacks=[Handler()], tags=["t"], run_name="n") == 2
    assert seen == [("n", ["t"])]
    assert double.run({"x": 1}, tool_call_id="3").tool_call_id == "3"


def test_own_handlers_hear_the_tool_and_not_what_it_calls() -> None:
    seen: list[str] = []

    class Handler(BaseCallbackHandler):
        def on_tool_start(self, *_: Any, **more: Any) -> None:
            seen.append("tool")

        def on_chain_start(self, *_: Any, **more: Any) -> None:
            seen.append("chain")

    def inner(x: int) -> int:
        """Inner."""
        return RunnableLambda(lambda y: y + 1).invoke(x)

    made = StructuredTool.from_function(inner, callbacks=[Handler()], verbose=True, extras={"a": 1})
    assert made.invoke({"x": 1}) == 2
    assert seen == ["tool"]


def test_one_error_under_two_names() -> None:
    assert ToolException is ToolError


def test_a_docstring_that_does_not_say_its_arguments() -> None:
    def add(a: int) -> int:
        """Add."""
        return a

    with pytest.raises(InvalidInputError, match="expected a docstring with a section 'Args:'"):
        tool(parse_docstring=True)(add)
