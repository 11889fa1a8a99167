"""Tools whose arguments the reference loses, or gives in a way that their function does not take."""

from __future__ import annotations

from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core


def test_arguments_of_any_number_are_passed_on() -> None:
    """The reference asks a model for `args` and `kwargs`, which a function has no parameters for: it would fail, and
    what is given by other names is lost."""

    def tools(core: Core) -> list[Any]:
        def some(a: int, *args: int) -> str:
            return f"{a} {args}"

        def named(a: int, **kwargs: Any) -> str:
            return f"{a} {kwargs}"

        return [core.StructuredTool.from_function(function, description="d") for function in (some, named)]

    some, named = tools(REFERENCE)
    assert [list(tool.args) for tool in (some, named)] == [["a", "args"], ["a", "kwargs"]]
    with pytest.raises(TypeError, match="unexpected keyword argument 'args'"):
        some.invoke({"a": 1, "args": [2]})
    assert named.invoke({"a": 1, "b": 2}) == "1 {}"
    some, named = tools(OURS)
    assert [list(tool.args) for tool in (some, named)] == [["a"], ["a"]]
    assert some.invoke({"a": 1, "args": [2]}) == "1 ()"
    assert named.invoke({"a": 1, "b": 2}) == "1 {'b': 2}"


def test_a_tool_of_a_json_schema_takes_a_text() -> None:
    """Where it needs one argument, as every other tool; the reference refuses."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}

    def answer(core: Core) -> Any:
        return core.StructuredTool.from_function(lambda a: a, name="t", description="d", args_schema=schema).invoke("x")

    with pytest.raises(ValueError, match="String tool inputs are not allowed"):
        answer(REFERENCE)
    assert answer(OURS) == "x"


def test_a_text_for_an_argument_that_has_a_name_only() -> None:
    """The reference gives it by position."""

    def shout(*, a: str) -> str:
        return a

    def answer(core: Core) -> Any:
        return core.StructuredTool.from_function(shout, description="d").invoke("x")

    with pytest.raises(TypeError):
        answer(REFERENCE)
    assert answer(OURS) == "x"


def test_a_text_that_stands_for_a_number() -> None:
    """The reference looks whether it is one, and gives the text."""

    def next_of(a: int) -> int:
        return a + 1

    def answer(core: Core) -> Any:
        return core.StructuredTool.from_function(next_of, description="d").invoke("1")

    with pytest.raises(TypeError):
        answer(REFERENCE)
    assert answer(OURS) == 2
