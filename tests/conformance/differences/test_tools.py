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
