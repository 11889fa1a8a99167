"""Messages: what chat models read and write. Slotted objects; the chunks of each kind add with `+`."""

from chainviz.messages.ai import AIMessage, AIMessageChunk, UsageMetadata
from chainviz.messages.base import BaseMessage, BaseMessageChunk
from chainviz.messages.convert import (
    AnyMessage,
    MessageLikeRepresentation,
    convert_to_messages,
    get_buffer_string,
    message_chunk_to_message,
    message_to_dict,
    messages_from_dict,
    messages_to_dict,
)
from chainviz.messages.merge import merge_content
from chainviz.messages.roles import (
    ChatMessage,
    ChatMessageChunk,
    FunctionMessage,
    FunctionMessageChunk,
    HumanMessage,
    HumanMessageChunk,
    RemoveMessage,
    SystemMessage,
    SystemMessageChunk,
    ToolMessage,
    ToolMessageChunk,
)
from chainviz.messages.select import filter_messages, merge_message_runs
from chainviz.messages.tool_calls import InvalidToolCall, ToolCall, ToolCallChunk
from chainviz.messages.trim import count_tokens_approximately, trim_messages

__all__ = [
    "AIMessage",
    "AIMessageChunk",
    "AnyMessage",
    "BaseMessage",
    "BaseMessageChunk",
    "ChatMessage",
    "ChatMessageChunk",
    "FunctionMessage",
    "FunctionMessageChunk",
    "HumanMessage",
    "HumanMessageChunk",
    "InvalidToolCall",
    "MessageLikeRepresentation",
    "RemoveMessage",
    "SystemMessage",
    "SystemMessageChunk",
    "ToolCall",
    "ToolCallChunk",
    "ToolMessage",
    "ToolMessageChunk",
    "UsageMetadata",
    "convert_to_messages",
    "count_tokens_approximately",
    "filter_messages",
    "get_buffer_string",
    "merge_content",
    "merge_message_runs",
    "message_chunk_to_message",
    "message_to_dict",
    "messages_from_dict",
    "messages_to_dict",
    "trim_messages",
]
