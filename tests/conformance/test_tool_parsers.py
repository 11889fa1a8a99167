"""Parsers of tool calls, on whole answers and on streams of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from .cores import OURS, REFERENCE, Core


class Add(BaseModel):
    a: int
    b: int = 0


class Renamed(BaseModel):
    model_config = ConfigDict(title="other")
    text: str


PARSERS: dict[str, Callable[[Core, Any], Any]] = {
    "json": lambda core, more: core.JsonOutputToolsParser(**more),
    "json with ids": lambda core, more: core.JsonOutputToolsParser(return_id=True, **more),
    "key": lambda core, more: core.JsonOutputKeyToolsParser(key_name="other", **more),
    "key with ids": lambda core, more: core.JsonOutputKeyToolsParser(key_name="Add", return_id=True, **more),
    "no such key": lambda core, more: core.JsonOutputKeyToolsParser(key_name="none", **more),
    "pydantic": lambda core, more: core.PydanticToolsParser(tools=[Add, Renamed], **more),
}
CALLS: dict[str, list[tuple[str, list[str]]]] = {
    "none": [],
    "one": [("Add", ['{"a": 1', ', "b": ', "2}"])],
    "several": [("Add", ['{"a": ', "1}"]), ("other", ['{"text": "x', 'y"}']), ("Add", ['{"a": 3}'])],
}


def answer(core: Core, calls: str) -> Any:
    made = [{"name": name, "args": json.loads("".join(args)), "id": name} for name, args in CALLS[calls]]
    return core.AIMessage("so", tool_calls=made)


def chunks(core: Core, calls: str) -> Any:
    yield core.AIMessageChunk("so")
    for index, (name, pieces) in enumerate(CALLS[calls]):
        for number, piece in enumerate(pieces):
            first = number == 0
            call = {"name": name if first else None, "id": name if first else None, "args": piece, "index": index}
            yield core.AIMessageChunk("", tool_call_chunks=[call])


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("calls", CALLS)
@pytest.mark.parametrize("name", PARSERS)
def test_calls_are_read(name: str, calls: str, first: bool) -> None:
    def read(core: Core) -> Any:
        parser = PARSERS[name](core, {"first_tool_only": first})
        streamed = list(parser.transform(chunks(core, calls)))
        if first:  # where the reference has an empty list for no call, too
            return parser.invoke(answer(core, calls)) or None, [value for value in streamed if value != []]
        return parser.invoke(answer(core, calls)), streamed

    assert read(OURS) == read(REFERENCE)


@pytest.mark.parametrize("name", PARSERS)
def test_a_text_is_refused(name: str) -> None:
    for core in (OURS, REFERENCE):
        with pytest.raises(core.OutputParserException):
            PARSERS[name](core, {}).invoke("no calls")


def test_a_call_of_no_tool_is_refused() -> None:
    for core in (OURS, REFERENCE):
        with pytest.raises(core.OutputParserException):
            core.PydanticToolsParser(tools=[Add]).invoke(answer(core, "several"))
