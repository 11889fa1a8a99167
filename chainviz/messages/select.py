"""Messages chosen out of a list, and runs of them made one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast, overload

from chainviz.messages.ai import AIMessage, AIMessageChunk
from chainviz.messages.base import BaseMessage, BaseMessageChunk
from chainviz.messages.convert import MessageLikeRepresentation, convert_to_messages
from chainviz.messages.roles import (
    ChatMessage,
    ChatMessageChunk,
    FunctionMessage,
    FunctionMessageChunk,
    HumanMessage,
    HumanMessageChunk,
    SystemMessage,
    SystemMessageChunk,
    ToolMessage,
)

if TYPE_CHECKING:
    from chainviz.prompts.values import PromptValue
    from chainviz.runnables.base import Runnable

Messages: TypeAlias = "Iterable[MessageLikeRepresentation] | PromptValue"
Kind: TypeAlias = str | type[BaseMessage]
"""A kind of message: its class, or the class's `type`."""


def is_of(message: BaseMessage, kinds: Kind | Sequence[Kind]) -> bool:
    """Whether a message is of one of these kinds."""
    several = [kinds] if isinstance(kinds, (str, type)) else kinds
    return any(message.type == kind if isinstance(kind, str) else isinstance(message, kind) for kind in several)


def as_a_step(function: Callable[..., list[BaseMessage]], **options: Any) -> Runnable[Messages, list[BaseMessage]]:
    """What these functions give where they are called without messages: a step that takes them."""
    from chainviz.runnables.functions import RunnableLambda

    def step(messages: Messages) -> list[BaseMessage]:
        return function(messages, **options)

    return RunnableLambda(step, name=function.__name__)


@overload
def filter_messages(
    messages: None = None,
    *,
    include_names: Sequence[str] | None = None,
    exclude_names: Sequence[str] | None = None,
    include_types: Sequence[Kind] | None = None,
    exclude_types: Sequence[Kind] | None = None,
    include_ids: Sequence[str] | None = None,
    exclude_ids: Sequence[str] | None = None,
    exclude_tool_calls: Sequence[str] | bool | None = None,
) -> Runnable[Messages, list[BaseMessage]]: ...


@overload
def filter_messages(
    messages: Messages,
    *,
    include_names: Sequence[str] | None = None,
    exclude_names: Sequence[str] | None = None,
    include_types: Sequence[Kind] | None = None,
    exclude_types: Sequence[Kind] | None = None,
    include_ids: Sequence[str] | None = None,
    exclude_ids: Sequence[str] | None = None,
    exclude_tool_calls: Sequence[str] | bool | None = None,
) -> list[BaseMessage]: ...


def filter_messages(
    messages: Messages | None = None,
    *,
    include_names: Sequence[str] | None = None,
    exclude_names: Sequence[str] | None = None,
    include_types: Sequence[Kind] | None = None,
    exclude_types: Sequence[Kind] | None = None,
    include_ids: Sequence[str] | None = None,
    exclude_ids: Sequence[str] | None = None,
    exclude_tool_calls: Sequence[str] | bool | None = None,
) -> list[BaseMessage] | Runnable[Messages, list[BaseMessage]]:
    """The messages that an include names, all of them where there is none, without those that an exclude names.

    `exclude_tool_calls` takes out all tool calls and their answers, or those with these ids; an AIMessage that had
    no others goes with them. Without `messages`, a step that does this.
    """
    if messages is None:
        given = {name: value for name, value in locals().items() if name != "messages"}
        return as_a_step(filter_messages, **given)
    open_to_all = not (include_names or include_types or include_ids)
    kept: list[BaseMessage] = []
    for message in convert_to_messages(messages):
        if message.name in (exclude_names or ()) or message.id in (exclude_ids or ()):
            continue
        if exclude_types and is_of(message, exclude_types):
            continue
        left = _without_calls(message, exclude_tool_calls) if exclude_tool_calls else message
        if left is not None and (
            open_to_all
            or (include_types and is_of(left, include_types))
            or (include_names and left.name in include_names)
            or (include_ids and left.id in include_ids)
        ):
            kept.append(left)
    return kept


def _without_calls(message: BaseMessage, calls: Sequence[str] | bool) -> BaseMessage | None:
    """The message without these tool calls; None where nothing is left to say."""

    def goes(id: Any) -> bool:
        return True if isinstance(calls, bool) else id in calls

    if isinstance(message, ToolMessage):
        return None if goes(message.tool_call_id) else message
    if not isinstance(message, AIMessage) or not message.tool_calls:
        return message
    left = [call for call in message.tool_calls if not goes(call["id"])]
    if not left:
        return None
    content = message.content
    if isinstance(content, list):
        content = [
            part
            for part in content
            if isinstance(part, str) or part.get("type") != "tool_use" or not goes(part.get("id"))
        ]
    return message.model_copy(update={"tool_calls": left, "content": content})


@overload
def merge_message_runs(
    messages: None = None, *, chunk_separator: str = "\n"
) -> Runnable[Messages, list[BaseMessage]]: ...


@overload
def merge_message_runs(messages: Messages, *, chunk_separator: str = "\n") -> list[BaseMessage]: ...


def merge_message_runs(
    messages: Messages | None = None, *, chunk_separator: str = "\n"
) -> list[BaseMessage] | Runnable[Messages, list[BaseMessage]]:
    """The messages, those of one kind that follow each other made one, their texts joined by `chunk_separator`.

    Answers of tools stay apart. Without `messages`, a step that does this.
    """
    if messages is None:
        return as_a_step(merge_message_runs, chunk_separator=chunk_separator)
    merged: list[BaseMessage] = []
    for message in convert_to_messages(messages):
        last = merged[-1] if merged else None
        if last is None or isinstance(message, ToolMessage) or not isinstance(message, type(last)):
            merged.append(message.model_copy(deep=True))
            continue
        first, second = as_chunk(last), as_chunk(message)
        second.response_metadata = {}
        if isinstance(first.content, str) and isinstance(second.content, str) and first.content and second.content:
            first.content += chunk_separator
        merged[-1] = (first + second).to_message()
    return merged


_CHUNKS: dict[type[BaseMessage], type[BaseMessageChunk]] = {
    HumanMessage: HumanMessageChunk,
    AIMessage: AIMessageChunk,
    SystemMessage: SystemMessageChunk,
    FunctionMessage: FunctionMessageChunk,
    ChatMessage: ChatMessageChunk,
}


def as_chunk(message: BaseMessage) -> BaseMessageChunk:
    """The message as a chunk, for adding."""
    if isinstance(message, BaseMessageChunk):
        return message
    target = next(chunk for kind, chunk in _CHUNKS.items() if isinstance(message, kind))
    fields: dict[str, Any] = {name: getattr(message, name) for name in message.fields}
    if isinstance(message, AIMessage):
        fields["tool_call_chunks"] = [
            {"name": call["name"], "args": json.dumps(call["args"]), "id": call["id"], "index": None}
            for call in cast("list[Any]", fields.pop("tool_calls"))
        ]
    return target(**fields)


__all__ = ["Kind", "Messages", "as_a_step", "as_chunk", "filter_messages", "is_of", "merge_message_runs"]
