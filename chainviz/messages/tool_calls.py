"""Tool calls: whole, as they stream in, and those whose arguments do not parse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NotRequired, TypedDict, cast

from chainviz.errors import InputTypeError, InvalidInputError, shorten
from chainviz.messages.partial_json import parse_partial_json


class ToolCall(TypedDict):
    """A model's wish that the tool `name` be called with `args`; `id` ties the tool's answer to it."""

    name: str
    args: dict[str, Any]
    id: str | None
    type: NotRequired[Literal["tool_call"]]


class ToolCallChunk(TypedDict):
    """A part of a tool call; `args` is JSON text that has come so far, `index` tells which call it belongs to."""

    name: str | None
    args: str | None
    id: str | None
    index: int | None
    type: NotRequired[Literal["tool_call_chunk"]]


class InvalidToolCall(TypedDict):
    """A tool call whose `args` are no JSON object."""

    name: str | None
    args: str | None
    id: str | None
    error: str | None
    type: NotRequired[Literal["invalid_tool_call"]]


def tool_call(*, name: str, args: dict[str, Any], id: str | None = None) -> ToolCall:
    return ToolCall(name=name, args=args, id=id, type="tool_call")


def tool_call_chunk(
    *, name: str | None = None, args: str | None = None, id: str | None = None, index: int | None = None
) -> ToolCallChunk:
    return ToolCallChunk(name=name, args=args, id=id, index=index, type="tool_call_chunk")


def invalid_tool_call(
    *, name: str | None = None, args: str | None = None, id: str | None = None, error: str | None = None
) -> InvalidToolCall:
    return InvalidToolCall(name=name, args=args, id=id, error=error, type="invalid_tool_call")


def as_tool_calls(calls: Iterable[Mapping[str, Any]]) -> list[ToolCall]:
    """The calls with their `type` filled in. Raises InputTypeError where a name or arguments are missing, or these are
    no dict."""
    return [_tool_call(call) for call in calls]


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    if "name" not in call or "args" not in call:
        raise InputTypeError(f"tool_calls: expected the name and the args of each, got {shorten(call)}")
    if not isinstance(call["args"], dict):
        raise InvalidInputError(f"tool_calls: expected the args to be a dict, got {shorten(call['args'])}")
    return tool_call(name=call["name"], args=cast("dict[str, Any]", call["args"]), id=call.get("id"))


def as_invalid_tool_calls(calls: Iterable[Mapping[str, Any]]) -> list[InvalidToolCall]:
    """The calls with their `type` and whatever else is missing filled in."""
    keys = ("name", "args", "id", "error")
    return [invalid_tool_call(**{key: call.get(key) for key in keys}) for call in calls]


def as_tool_call_chunks(chunks: Iterable[Mapping[str, Any]]) -> list[ToolCallChunk]:
    """The chunks with their `type` and whatever else is missing filled in."""
    keys = ("name", "args", "id", "index")
    return [tool_call_chunk(**{key: chunk.get(key) for key in keys}) for chunk in chunks]


def chunks_of(calls: Iterable[ToolCall], invalid: Iterable[InvalidToolCall]) -> list[ToolCallChunk]:
    """Whole calls as chunks."""
    whole = [tool_call_chunk(name=call["name"], args=json.dumps(call["args"]), id=call["id"]) for call in calls]
    return whole + [tool_call_chunk(name=call["name"], args=call["args"], id=call["id"]) for call in invalid]


def parse_chunks(chunks: Iterable[ToolCallChunk]) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """The calls that the chunks amount to so far, and those whose arguments are no JSON object."""
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for chunk in chunks:
        try:
            args: Any = parse_partial_json(chunk["args"]) if chunk["args"] else {}
        except ValueError:
            args = None
        if isinstance(args, dict):
            calls.append(tool_call(name=chunk["name"] or "", args=cast("dict[str, Any]", args), id=chunk["id"]))
        else:
            invalid.append(invalid_tool_call(name=chunk["name"], args=chunk["args"], id=chunk["id"]))
    return calls, invalid


def parse_functions(raw: Iterable[Mapping[str, Any]]) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """The calls in a provider's form, `{"id": …, "function": {"name": …, "arguments": "<JSON>"}}`."""
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for item in raw:
        function = item.get("function")
        if function is None:
            continue
        arguments: Any = function["arguments"]
        try:
            args: Any = arguments if not isinstance(arguments, str) else json.loads(arguments, strict=False)
            if not isinstance(args or {}, dict):
                raise ValueError("a call's arguments are an object")
            calls.append(tool_call(name=function["name"] or "", args=args or {}, id=item.get("id")))
        except ValueError:
            invalid.append(invalid_tool_call(name=function["name"], args=str(arguments), id=item.get("id")))
    return calls, invalid


def function_chunks(raw: Iterable[Mapping[str, Any]]) -> list[ToolCallChunk]:
    """The chunks in a provider's form."""
    parts = [(item, cast("dict[str, Any]", item.get("function") or {})) for item in raw]
    return [
        tool_call_chunk(name=part.get("name"), args=part.get("arguments"), id=item.get("id"), index=item.get("index"))
        for item, part in parts
    ]


__all__ = [
    "InvalidToolCall",
    "ToolCall",
    "ToolCallChunk",
    "as_invalid_tool_calls",
    "as_tool_call_chunks",
    "as_tool_calls",
    "chunks_of",
    "function_chunks",
    "invalid_tool_call",
    "parse_chunks",
    "parse_functions",
    "tool_call",
    "tool_call_chunk",
]
