"""Where ours means to differ: tools."""

from __future__ import annotations

from typing import Any

import pytest

from ..cores import OURS, REFERENCE, Core


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


# Texts are one clear sentence of ours, also where they are an answer to a model.


def test_arguments_that_do_not_fit_are_told_of() -> None:
    def answer(core: Core) -> str:
        tool = core.StructuredTool.from_function(lambda a: a, name="t", description="d", handle_validation_error=True)
        return tool.invoke({"b": 1})

    assert answer(REFERENCE) == "Tool input validation error"
    assert answer(OURS) == "t: the argument 'a' is missing; expected 'a', got 'b'"


def test_a_tool_call_is_run() -> None:
    """By `run` as by `invoke`; the reference takes it for the arguments."""
    call = {"type": "tool_call", "name": "f", "id": "7", "args": {"a": 1}}

    def run(core: Core) -> Any:
        return core.StructuredTool.from_function(lambda a: a, name="f", description="d").run(call)

    with pytest.raises(ValueError, match="Field required"):
        run(REFERENCE)
    assert run(OURS).content == "1"


def test_a_tool_of_a_json_schema_takes_a_text() -> None:
    """Where it needs one argument, as every other tool; the reference refuses."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}

    def answer(core: Core) -> Any:
        return core.StructuredTool.from_function(lambda a: a, name="t", description="d", args_schema=schema).invoke("x")

    with pytest.raises(ValueError, match="String tool inputs are not allowed"):
        answer(REFERENCE)
    assert answer(OURS) == "x"


def test_a_text_is_given_by_its_name() -> None:
    """A model gives arguments by name, so a text is given so too: the reference gives it by position, and a tool that
    takes the one fails at the other."""

    def by_name(*, a: str) -> str:
        return a

    def by_position(a: str, /) -> str:
        return a

    def answer(core: Core, function: Any) -> Any:
        return core.StructuredTool.from_function(function, description="d").invoke("x")

    assert answer(OURS, by_name) == answer(REFERENCE, by_position) == "x"
    with pytest.raises(TypeError):
        answer(REFERENCE, by_name)
    with pytest.raises(TypeError):
        answer(OURS, by_position)


def test_no_class_for_tools_of_one_text() -> None:
    """The decorator `tool` makes one with `infer_schema=False`; the reference has a class of an older time, too."""

    def echo(x: str) -> str:
        return x

    made = [core.tool("t", infer_schema=False, description="d")(echo) for core in (REFERENCE, OURS)]
    assert [tool.invoke("x") for tool in made] == ["x", "x"]
    assert type(made[0]) is REFERENCE.Tool
    with pytest.raises(AttributeError):
        _ = OURS.Tool
