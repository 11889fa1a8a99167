"""Messages in the form in which they are sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from chainviz.errors import InvalidInputError, shorten
from chainviz.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

Wire = dict[str, Any]

_OWN_TEXT = frozenset({"text", "refusal"})
"""Those parts of its own answers that a model takes back."""


def wire_messages(messages: Iterable[BaseMessage]) -> list[Wire]:
    """The messages as the protocol has them. Raises InvalidInputError for one that has no role there."""
    return [_wire_message(message) for message in messages]


def _wire_message(message: BaseMessage) -> Wire:
    wire: Wire = {"role": _role(message), "content": _content(message)}
    if message.name is not None:
        wire["name"] = message.name
    if isinstance(message, ToolMessage):
        wire["tool_call_id"] = message.tool_call_id
    if isinstance(message, AIMessage) and (message.tool_calls or message.invalid_tool_calls):
        wire["tool_calls"] = [*map(_tool_call, message.tool_calls), *map(_invalid_call, message.invalid_tool_calls)]
        wire["content"] = wire["content"] or None
    return wire


def _role(message: BaseMessage) -> str:
    if isinstance(message, ChatMessage):
        return message.role
    if isinstance(message, SystemMessage):
        return message.additional_kwargs.get("__openai_role__", "system")
    roles = {HumanMessage: "user", AIMessage: "assistant", ToolMessage: "tool", FunctionMessage: "function"}
    for kind, role in roles.items():
        if isinstance(message, kind):
            return role
    raise InvalidInputError(f"ChatOpenAI: expected messages with a role, got {shorten(message)}")


def _content(message: BaseMessage) -> str | list[Wire]:
    content = message.content
    if isinstance(content, str):
        return content
    parts = [_part(part) for part in content]
    return [part for part in parts if part["type"] in _OWN_TEXT] if isinstance(message, AIMessage) else parts


def _part(part: str | Wire) -> Wire:
    """A part of a message's content; images, sounds and files in the common form become the protocol's."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    kind, data = part.get("type"), part.get("base64") or part.get("data")
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": part.get("url") or _data_url(part, data)}}
    if kind == "audio" and data:
        format = str(part.get("mime_type", "audio/wav")).rpartition("/")[2]
        return {"type": "input_audio", "input_audio": {"data": data, "format": "mp3" if format == "mpeg" else format}}
    if kind == "file" and "file" not in part:
        named = {"filename": part["filename"]} if "filename" in part else {}
        file = {"file_id": part["file_id"]} if "file_id" in part else {"file_data": _data_url(part, data), **named}
        return {"type": "file", "file": file}
    if kind is None:
        raise InvalidInputError(f"ChatOpenAI: expected a part of a message's content to have a type, got {part!r}")
    return part


def _data_url(part: Wire, data: Any) -> str:
    if not data or "mime_type" not in part:
        raise InvalidInputError(
            f"ChatOpenAI: expected an {part['type']} with a url, or with base64 and mime_type, got {shorten(part)}"
        )
    return f"data:{part['mime_type']};base64,{data}"


def _tool_call(call: ToolCall) -> Wire:
    arguments = json.dumps(call["args"], ensure_ascii=False)
    return {"type": "function", "id": call["id"], "function": {"name": call["name"], "arguments": arguments}}


def _invalid_call(call: InvalidToolCall) -> Wire:
    return {"type": "function", "id": call["id"], "function": {"name": call["name"], "arguments": call["args"]}}


__all__ = ["Wire", "wire_messages"]
