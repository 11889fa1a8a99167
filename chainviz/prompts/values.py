"""Prompt values: what a prompt makes and a model reads, as text or as messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from chainviz.errors import InvalidInputError, shorten
from chainviz.messages import AnyMessage, BaseMessage, HumanMessage, convert_to_messages, get_buffer_string
from chainviz.records import Record


class PromptValue(Record):
    """What any language model takes: `to_string()` for one that reads text, `to_messages()` for a chat model."""

    __slots__ = ()

    def to_string(self) -> str:
        raise NotImplementedError(f"{type(self).__name__}.to_string")

    def to_messages(self) -> list[BaseMessage]:
        raise NotImplementedError(f"{type(self).__name__}.to_messages")


class StringPromptValue(PromptValue):
    """String prompt value."""

    __slots__ = ("text",)
    type: ClassVar[str] = "StringPromptValue"
    schema_fields: ClassVar[dict[str, tuple[Any, Any]]] = {
        "text": (str, ...),
        "type": (Literal["StringPromptValue"], "StringPromptValue"),
    }

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"StringPromptValue: expected text to be a str, got {shorten(text)}")
        self.text = text

    def to_string(self) -> str:
        return self.text

    def to_messages(self) -> list[BaseMessage]:
        return [HumanMessage(self.text)]


class ChatPromptValue(PromptValue):
    """Chat prompt value, built from messages."""

    __slots__ = ("messages",)
    type: ClassVar[str] = "ChatPromptValue"
    schema_fields: ClassVar[dict[str, tuple[Any, Any]]] = {"messages": (list[AnyMessage], ...)}

    def __init__(self, messages: Iterable[Any]) -> None:
        self.messages: list[BaseMessage] = convert_to_messages(messages)

    @classmethod
    def of(cls, messages: list[BaseMessage]) -> ChatPromptValue:
        """One of a list that holds nothing but messages; the list is kept."""
        value = cls.__new__(cls)
        value.messages = messages
        return value

    def to_string(self) -> str:
        return get_buffer_string(self.messages)

    def to_messages(self) -> list[BaseMessage]:
        return list(self.messages)


class ChatPromptValueConcrete(ChatPromptValue):
    """Chat prompt value which explicitly lists out the message types it accepts.
    For use in external schemas.
    """

    __slots__ = ()
    type = "ChatPromptValueConcrete"
    schema_fields = {  # noqa: RUF012 (declared in the base)
        "messages": (list[AnyMessage], ...),
        "type": (Literal["ChatPromptValueConcrete"], "ChatPromptValueConcrete"),
    }

    @classmethod
    def model_validate(cls, value: Any) -> Any:
        """A ChatPromptValue of either class as it is, else one of a dict."""
        return value if isinstance(value, ChatPromptValue) else super().model_validate(value)


__all__ = ["ChatPromptValue", "ChatPromptValueConcrete", "PromptValue", "StringPromptValue"]
