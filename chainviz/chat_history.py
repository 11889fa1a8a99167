"""Chat histories: where the messages of a conversation are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from chainviz.messages import AIMessage, BaseMessage, HumanMessage, get_buffer_string
from chainviz.runnables.work import in_thread


class BaseChatMessageHistory(ABC):
    """A class of one's own gives `messages`, an attribute or a property, `add_messages` or at least `add_message`, and
    `clear`. `aget_messages`, `aadd_messages` and `aclear` spare the async verbs a thread.
    """

    messages: list[BaseMessage]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    async def aget_messages(self) -> list[BaseMessage]:
        """`messages` without blocking the event loop."""
        return await in_thread(lambda: self.messages)

    def add_user_message(self, message: HumanMessage | str) -> None:
        """Add what the user said, a text or a message."""
        self.add_message(HumanMessage(message) if isinstance(message, str) else message)

    def add_ai_message(self, message: AIMessage | str) -> None:
        """Add what the model said, a text or a message."""
        self.add_message(AIMessage(message) if isinstance(message, str) else message)

    def add_message(self, message: BaseMessage) -> None:
        """Add one message."""
        if type(self).add_messages is BaseChatMessageHistory.add_messages:
            raise NotImplementedError(f"{type(self).__name__}: expected `add_messages` or `add_message`, got neither")
        self.add_messages([message])

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Add several messages; a store that can take them at once overrides this."""
        for message in messages:
            self.add_message(message)

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        """`add_messages` without blocking the event loop."""
        await in_thread(self.add_messages, messages)

    @abstractmethod
    def clear(self) -> None:
        """Forget all messages."""

    async def aclear(self) -> None:
        """`clear` without blocking the event loop."""
        await in_thread(self.clear)

    def __str__(self) -> str:
        return get_buffer_string(self.messages)


class InMemoryChatMessageHistory(BaseChatMessageHistory, BaseModel):
    """A history in a list, for as long as the process lives."""

    messages: list[BaseMessage] = Field(default_factory=list)  # pyright: ignore[reportUnknownVariableType]

    def add_message(self, message: BaseMessage) -> None:
        self.messages.append(message)

    async def aget_messages(self) -> list[BaseMessage]:
        return self.messages

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        self.add_messages(messages)

    def clear(self) -> None:
        self.messages = []

    async def aclear(self) -> None:
        self.clear()


__all__ = ["BaseChatMessageHistory", "InMemoryChatMessageHistory"]
