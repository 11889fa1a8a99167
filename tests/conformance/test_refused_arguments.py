"""Arguments that do not fit a tool: what a user's `handle_validation_error` is given of them."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from .cores import OURS, REFERENCE, Core, plain

GIVEN: dict[str, Any] = {
    "missing": {"a": 1},
    "several": {"a": "x", "b": "y"},
    "out of range": {"a": 1, "b": -1},
    "text": "7",
    "list": [1],
    "nothing": None,
    "tool call": {"type": "tool_call", "name": "add", "args": {"a": 1}, "id": "1"},
}


def add(a: int, b: Annotated[int, Field(ge=0)]) -> int:
    return a + b


def answer(core: Core, given: Any, verb: str) -> Any:
    heard: list[Any] = []

    def handle(error: ValidationError) -> str:
        heard.append((type(error), error.errors(include_url=False), error.error_count(), error.title))
        return f"{error.error_count()} do not fit"

    tool = core.StructuredTool.from_function(add, description="d", handle_validation_error=handle)
    output = tool.invoke(given) if verb == "invoke" else asyncio.run(tool.ainvoke(given))
    return plain(output), heard


@pytest.mark.parametrize("verb", ["invoke", "ainvoke"])
@pytest.mark.parametrize("what", GIVEN)
def test_a_refusal_is_handled(what: str, verb: str) -> None:
    ours = answer(OURS, GIVEN[what], verb)
    assert ours[1]
    assert ours == answer(REFERENCE, GIVEN[what], verb)
