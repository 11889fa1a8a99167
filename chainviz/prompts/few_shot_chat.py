"""FewShotChatMessagePromptTemplate: a chat prompt that shows examples before it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from chainviz.errors import InvalidInputError
from chainviz.messages import BaseMessage
from chainviz.prompts.chat import BaseChatPromptTemplate

if TYPE_CHECKING:
    from typing import Self


class FewShotChatMessagePromptTemplate(BaseChatPromptTemplate):
    """The examples, each as the messages of `example_prompt`: a part of a chat prompt, or a prompt of its own.

    The examples are `examples`, or those that `example_selector.select_examples(variables)` picks.
    Raises InvalidInputError where there is neither, or both.
    """

    example_prompt: Any
    examples: list[dict[str, Any]] | None = None
    example_selector: Any = None
    input_variables: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check_examples(self) -> Self:
        if (self.examples is None) == (self.example_selector is None):
            raise InvalidInputError(f"{type(self).__name__}: expected either examples or an example_selector")
        return self

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        """The messages of the examples. Raises MissingVariableError where an example lacks a variable."""
        if self.examples is not None:
            return self.__messages(self.examples)
        return self.__messages(self.example_selector.select_examples(dict(self._filled(kwargs))))

    async def aformat_messages(self, **kwargs: Any) -> list[BaseMessage]:
        """`format_messages` without blocking the event loop."""
        if self.examples is not None:
            return self.__messages(self.examples)
        return self.__messages(await self.example_selector.aselect_examples(dict(self._filled(kwargs))))

    def __messages(self, examples: list[dict[str, Any]]) -> list[BaseMessage]:
        needed = self.example_prompt.input_variables
        return [
            message
            for example in examples
            for message in self.example_prompt.format_messages(
                **{name: value for name, value in example.items() if name in needed}
            )
        ]

    def pretty_repr(self, html: bool = False) -> str:
        return "\n\n".join(message.pretty_repr(html) for message in self.__messages(self.examples or []))


__all__ = ["FewShotChatMessagePromptTemplate"]
