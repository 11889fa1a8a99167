"""Messages out of the short forms in which people write them, and back into text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from chainviz.errors import InvalidInputError, MissingFieldError, NoMessageError, nearest, shorten
from chainviz.messages.ai import AIMessage
from chainviz.messages.base import BaseMessage, BaseMessageChunk
from chainviz.messages.roles import (
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

if TYPE_CHECKING:
    from chainviz.prompts.values import PromptValue

AnyMessage: TypeAlias = AIMessage | HumanMessage | ChatMessage | SystemMessage | FunctionMessage | ToolMessage
"""Any message; the order is that of the schemas."""

MessageLikeRepresentation: TypeAlias = BaseMessage | str | Sequence[Any] | Mapping[str, Any]
"""What stands for a message: one, a text of a human, `(role, content)`, `{"role": …, "content": …}`."""

ROLES: dict[str, type[BaseMessage]] = {
    "human": HumanMessage,
    "user": HumanMessage,
    "ai": AIMessage,
    "assistant": AIMessage,
    "system": SystemMessage,
    "developer": SystemMessage,
    "function": FunctionMessage,
    "tool": ToolMessage,
}

_FIELDS = frozenset(
    {
        *("name", "id", "tool_call_id", "tool_calls", "artifact", "status", "example"),
        *("additional_kwargs", "response_metadata"),
    }
)
"""What a dict gives to its message; anything else goes into `additional_kwargs`."""

_NEEDED: dict[type[BaseMessage], str] = {ToolMessage: "tool_call_id", FunctionMessage: "name"}
"""What some messages are not without."""

_FORMS = "a message, a str, (role, content) or {'role': …, 'content': …}"


def role_class(role: Any) -> type[BaseMessage]:
    """The class of the messages of a role. Raises InvalidInputError for a role that there is not."""
    if isinstance(role, str) and role in ROLES:
        return ROLES[role]
    raise InvalidInputError(
        f"message: expected a role out of {', '.join(ROLES)}, got {shorten(role)}{nearest(str(role), ROLES)}"
    )


def convert_to_message(value: MessageLikeRepresentation) -> BaseMessage:
    """The message that `value` stands for. Raises NoMessageError where it stands for none."""
    if isinstance(value, BaseMessage):
        return value
    if isinstance(value, str):
        return HumanMessage(value)
    if isinstance(value, Mapping):
        return _of_dict(value)
    if isinstance(value, Sequence) and len(value) == 2:  # pyright: ignore[reportUnnecessaryIsInstance]
        return _of_role(value[0], value[1], {})
    raise NoMessageError(f"message: expected {_FORMS}, got {shorten(value)}")


def convert_to_messages(messages: Iterable[MessageLikeRepresentation] | PromptValue) -> list[BaseMessage]:
    """The messages that the values stand for; of a prompt value, its messages."""
    to_messages = getattr(messages, "to_messages", None)
    if to_messages is not None:
        return to_messages()
    return [convert_to_message(value) for value in cast("Iterable[MessageLikeRepresentation]", messages)]


def message_chunk_to_message(chunk: BaseMessage) -> BaseMessage:
    """The whole message that a chunk amounts to; a message stays as it is."""
    return chunk.to_message() if isinstance(chunk, BaseMessageChunk) else chunk


def messages_to_dict(messages: Iterable[BaseMessage]) -> list[dict[str, Any]]:
    """The messages as `{"type": …, "data": {…}}`."""
    return [message_to_dict(message) for message in messages]


def message_to_dict(message: BaseMessage) -> dict[str, Any]:
    return {"type": message.type, "data": message.model_dump()}


def messages_from_dict(messages: Iterable[Mapping[str, Any]]) -> list[BaseMessage]:
    """The messages that `messages_to_dict` wrote down."""
    return [BaseMessage.from_fields({**value["data"], "type": value["type"]}) for value in messages]


def get_buffer_string(
    messages: Iterable[BaseMessage],
    human_prefix: str = "Human",
    ai_prefix: str = "AI",
    *,
    system_prefix: str = "System",
    function_prefix: str = "Function",
    tool_prefix: str = "Tool",
    message_separator: str = "\n",
) -> str:
    """The messages as lines of `Role: text`."""
    prefixes: dict[type[BaseMessage], str] = {
        HumanMessage: human_prefix,
        AIMessage: ai_prefix,
        SystemMessage: system_prefix,
        FunctionMessage: function_prefix,
        ToolMessage: tool_prefix,
    }
    return message_separator.join(_line(message, prefixes) for message in messages)


def _of_dict(value: Mapping[str, Any]) -> BaseMessage:
    fields = dict(value)
    role = fields.pop("role") if "role" in fields else fields.pop("type", None)
    if role is None or "content" not in fields:
        raise InvalidInputError(f"message: expected a dict with 'role' and 'content', got {shorten(value)}")
    content = fields.pop("content")
    return _of_role(role, "" if content is None else content, fields)


def _of_role(role: Any, content: Any, fields: dict[str, Any]) -> BaseMessage:
    if role == "chat" and "role" in fields:
        return ChatMessage(content, **fields)
    if role == "remove":
        return RemoveMessage(**fields)
    target = role_class(role)
    known = _FIELDS.intersection(target.fields)
    taken = {name: fields[name] for name in known if fields.get(name) is not None}
    extra = {name: fields[name] for name in fields if name not in known}
    if role == "developer":
        extra["__openai_role__"] = "developer"
    if extra:
        taken["additional_kwargs"] = {**extra, **taken.get("additional_kwargs", {})}
    if "tool_calls" in taken:
        taken["tool_calls"] = [_tool_call(call) for call in taken["tool_calls"]]
    needed = _NEEDED.get(target)
    if needed is not None and needed not in taken:
        kind = MissingFieldError if target is ToolMessage else InvalidInputError
        raise kind(f"message: expected {needed!r} in one of the role {role!r}, got {shorten(fields)}")
    return target(content=content, **taken)


def _tool_call(call: Mapping[str, Any]) -> Mapping[str, Any]:
    function = call.get("function")
    if function is None:
        return call
    args = function["arguments"]
    return {
        "name": function["name"],
        "args": json.loads(args, strict=False) if isinstance(args, str) else args,
        "id": call.get("id"),
    }


def _line(message: BaseMessage, prefixes: Mapping[type[BaseMessage], str]) -> str:
    if isinstance(message, ChatMessage):
        role = message.role
    else:
        role = next((prefix for kind, prefix in prefixes.items() if isinstance(message, kind)), None)
        if role is None:
            raise InvalidInputError(f"message: expected one with a role, got {shorten(message)}")
    line = f"{role}: {message.text}"
    if isinstance(message, AIMessage):
        line += str(message.tool_calls or message.additional_kwargs.get("function_call", ""))
    return line


__all__ = [
    "AnyMessage",
    "MessageLikeRepresentation",
    "convert_to_message",
    "convert_to_messages",
    "get_buffer_string",
    "message_chunk_to_message",
    "message_to_dict",
    "messages_from_dict",
    "messages_to_dict",
    "role_class",
]
