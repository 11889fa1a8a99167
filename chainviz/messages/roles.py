"""The messages of people, of the system, of tools and functions, and of whoever else has a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast
from uuid import UUID

from chainviz.errors import InvalidInputError, MissingFieldError, shorten
from chainviz.messages.base import BaseMessage, BaseMessageChunk, message_schema
from chainviz.messages.merge import Content, merge_values
from chainviz.missing import MISSING


class HumanMessage(BaseMessage):
    """A Message from a human."""

    __slots__ = ("example",)
    type = "human"
    schema_fields = message_schema("human", example=(bool, False))

    def __init__(
        self,
        content: Content | None = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        example: bool = False,
        **fields: Any,
    ) -> None:
        if fields or content.__class__ is not str:
            BaseMessage.__init__(self, content, content_blocks, **fields)
        else:  # what most are, a call cheaper: every prompt makes one
            self.content = content  # type: ignore[assignment]
            self.additional_kwargs = {}
            self.response_metadata = {}
            self.name = self.id = None
        self.example = example


class HumanMessageChunk(HumanMessage, BaseMessageChunk):
    """A part of a HumanMessage."""

    __slots__ = ()
    type = "HumanMessageChunk"
    message_class = HumanMessage


class SystemMessage(BaseMessage):
    """A Message for priming AI behavior, usually passed in as the first of a sequence
    of input messages.
    """

    __slots__ = ()
    type = "system"
    schema_fields = message_schema("system")


class SystemMessageChunk(SystemMessage, BaseMessageChunk):
    """A part of a SystemMessage."""

    __slots__ = ()
    type = "SystemMessageChunk"
    message_class = SystemMessage


class ChatMessage(BaseMessage):
    """A Message that can be assigned an arbitrary speaker (i.e. role)."""

    __slots__ = ("role",)
    type = "chat"
    schema_fields = message_schema("chat", role=(str, ...))

    def __init__(
        self,
        content: Content | None = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        role: str = MISSING,
        **fields: Any,
    ) -> None:
        super().__init__(content, content_blocks, **fields)
        self.role = needed(self, "role", role)


class ChatMessageChunk(ChatMessage, BaseMessageChunk):
    """A part of a ChatMessage."""

    __slots__ = ()
    type = "ChatMessageChunk"
    message_class = ChatMessage

    def merge(self, others: Sequence[BaseMessageChunk], **fields: Any) -> ChatMessageChunk:
        return super().merge(others, role=self.require_same("role", others), **fields)


class FunctionMessage(BaseMessage):
    """A Message for passing the result of executing a function back to a model."""

    __slots__ = ()
    type = "function"
    schema_fields = message_schema("function", name=(str, ...))

    def __init__(
        self,
        content: Content | None = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        name: str = MISSING,
        **fields: Any,
    ) -> None:
        super().__init__(content, content_blocks, name=needed(self, "name", name), **fields)


class FunctionMessageChunk(FunctionMessage, BaseMessageChunk):
    """A part of a FunctionMessage."""

    __slots__ = ()
    type = "FunctionMessageChunk"
    message_class = FunctionMessage

    def merge(self, others: Sequence[BaseMessageChunk], **fields: Any) -> FunctionMessageChunk:
        self.require_same("name", others)
        return super().merge(others, **fields)


class ToolMessage(BaseMessage):
    """A Message for passing the result of executing a tool back to a model."""

    __slots__ = ("tool_call_id", "artifact", "status")  # noqa: RUF023
    type = "tool"
    schema_fields = message_schema("tool", tool_call_id=(str, ...))

    def __init__(
        self,
        content: Any = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        tool_call_id: str | UUID | int = MISSING,
        artifact: Any = None,
        status: Literal["success", "error"] = "success",
        **fields: Any,
    ) -> None:
        super().__init__(content, content_blocks, **fields)
        if status not in ("success", "error"):
            raise InvalidInputError(f"ToolMessage: expected status to be 'success' or 'error', got {shorten(status)}")
        self.tool_call_id = str(needed(self, "tool_call_id", tool_call_id))
        self.artifact = artifact
        self.status: Literal["success", "error"] = status

    def check_content(self, content: Any, more: Mapping[str, Any]) -> Content:
        """Whatever a tool gave, as text, or as a list of texts and dicts."""
        if isinstance(content, (list, tuple)):
            parts = cast("Sequence[Any]", content)
            return [cast("str | dict[str, Any]", p) if isinstance(p, (str, dict)) else str(p) for p in parts]
        return str(content)

    def shown(self) -> dict[str, Any]:
        fields = super().shown()
        return {name: value for name, value in fields.items() if (name, value) != ("status", "success")}


class ToolMessageChunk(ToolMessage, BaseMessageChunk):
    """A part of a ToolMessage."""

    __slots__ = ()
    type = "ToolMessageChunk"
    message_class = ToolMessage

    def merge(self, others: Sequence[BaseMessageChunk], **fields: Any) -> ToolMessageChunk:
        call_id = self.require_same("tool_call_id", others)
        artifact, status = self.artifact, self.status
        for other in others:
            artifact = merge_values(artifact, getattr(other, "artifact", None))
            status = "error" if "error" in (status, getattr(other, "status", None)) else status
        return super().merge(others, tool_call_id=call_id, artifact=artifact, status=status, **fields)


class RemoveMessage(BaseMessage):
    """A message that stands for the wish that the one with its `id` be removed."""

    __slots__ = ()
    type = "remove"
    schema_fields = message_schema("remove")

    def __init__(self, id: str, **fields: Any) -> None:
        if fields.pop("content", None):
            raise InvalidInputError("RemoveMessage: expected no content, got some")
        super().__init__("", id=id, **fields)


def needed(message: BaseMessage, name: str, value: Any) -> Any:
    """The value of a field that a message is not without. Raises MissingFieldError where it was not given."""
    if value is MISSING:
        raise MissingFieldError(f"{type(message).__name__}: the field {name!r} is missing")
    return value


__all__ = [
    "ChatMessage",
    "ChatMessageChunk",
    "FunctionMessage",
    "FunctionMessageChunk",
    "HumanMessage",
    "HumanMessageChunk",
    "RemoveMessage",
    "SystemMessage",
    "SystemMessageChunk",
    "ToolMessage",
    "ToolMessageChunk",
]
