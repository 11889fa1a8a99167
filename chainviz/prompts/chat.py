"""ChatPromptTemplate: a prompt that is a list of messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from pydantic import Field

from chainviz.errors import InvalidConfigError, listed
from chainviz.messages import AnyMessage, BaseMessage
from chainviz.prompts.base import BasePromptTemplate
from chainviz.prompts.message import (
    BaseMessagePromptTemplate,
    MessagesPlaceholder,
    MessageTemplate,
    as_message_template,
)
from chainviz.prompts.templates import TemplateFormat
from chainviz.prompts.values import ChatPromptValue

if TYPE_CHECKING:
    from typing import Self

    from chainviz.prompts.values import PromptValue
    from chainviz.tracing.active import ActiveRun, Unwatched


class BaseChatPromptTemplate(BasePromptTemplate):
    """The base of prompts that are messages. A class of one's own gives `format_messages`."""

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        """The messages with the variables filled in. Raises MissingVariableError where one is missing."""
        raise NotImplementedError(f"{type(self).__name__}.format_messages")

    async def aformat_messages(self, **kwargs: Any) -> list[BaseMessage]:
        return self.format_messages(**kwargs)

    def format_prompt(self, **kwargs: Any) -> ChatPromptValue:
        return ChatPromptValue.of(self.format_messages(**kwargs))

    async def aformat_prompt(self, **kwargs: Any) -> ChatPromptValue:
        return ChatPromptValue.of(await self.aformat_messages(**kwargs))


class ChatPromptTemplate(BaseChatPromptTemplate):
    """Messages with variables in them: `ChatPromptTemplate([("system", "You are {who}"), ("human", "{question}")])`.

    A part is a message, a message template, another chat prompt, a text (of a human), `(role, text)` or
    `{"role": …, "content": …}`; the role 'placeholder' takes a list of messages. Prompts add with `+`.
    """

    messages: list[Any] = Field(default_factory=list)
    template_format: TemplateFormat = Field(default="f-string", exclude=True)
    validate_template: bool = False

    def __init__(
        self, messages: Iterable[Any] = (), *, template_format: TemplateFormat = "f-string", **fields: Any
    ) -> None:
        parts = [as_message_template(part, template_format) for part in messages]
        needed, optional = _variables(parts)
        partial: dict[str, Any] = {**{name: [] for name in optional}, **(fields.pop("partial_variables", None) or {})}
        variables = sorted(needed.difference(partial))
        if fields.get("validate_template") and sorted(fields.get("input_variables", variables)) != variables:
            given = listed(fields["input_variables"])
            raise InvalidConfigError(
                f"{type(self).__name__}: expected the input_variables {listed(variables)}, got {given}"
            )
        fields["input_variables"] = variables
        fields["optional_variables"] = sorted({*optional, *fields.get("optional_variables", ())})
        fields["input_types"] = {**_types(parts), **fields.get("input_types", {})}
        fields.update(messages=parts, template_format=template_format, partial_variables=partial)
        super().__init__(**fields)

    @classmethod
    def from_template(cls, template: str, **fields: Any) -> Self:
        """A prompt of one message of a human."""
        return cls([("human", template)], **fields)

    @classmethod
    def from_messages(cls, messages: Iterable[Any], template_format: TemplateFormat = "f-string") -> Self:
        """A prompt of messages in any of their forms."""
        return cls(messages, template_format=template_format)

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        return self._fill(self.__messages, kwargs)

    async def aformat_messages(self, **kwargs: Any) -> list[BaseMessage]:
        """`format_messages` without blocking the event loop, where a part has to wait: for examples, say."""
        values = self._filled(kwargs)
        messages: list[BaseMessage] = []
        try:
            for part in self.messages:
                messages += await part.aformat_messages(**values) if _waits(part) else _filled([part], values)
        except KeyError as error:
            raise self._explained(error, values) from None
        return messages

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> PromptValue:
        if type(self) is not ChatPromptTemplate:
            return super()._invoke(input, run)
        return ChatPromptValue.of(self._fill(self.__messages, self._as_values(input)))

    def _plain_call(self) -> Callable[[Any], PromptValue]:
        if type(self) is not ChatPromptTemplate:
            return self._invoke_plain
        fields = vars(self)  # a model's attributes are slow to read
        parts = [*self.messages]
        left_out: dict[str, list[Any]] = {name: [] for name in self.optional_variables}
        fillers = [_filler(part) for part in parts]

        def call(input: Any) -> PromptValue:
            partial = fields["partial_variables"]
            if input.__class__ is not dict or (partial and partial != left_out) or fields["messages"] != parts:
                return self._invoke_plain(input)
            messages: list[BaseMessage] = []
            try:
                for name in fields["input_variables"]:
                    _ = input[name]
                for fill in fillers:
                    messages += fill(input)
            except KeyError:
                return self._invoke_plain(input)  # which says what is missing
            return ChatPromptValue.of(messages)

        return call

    def __messages(self, values: Mapping[str, Any]) -> list[BaseMessage]:
        return _filled(self.messages, values)

    def partial(self, **kwargs: Any) -> Self:
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields["partial_variables"] = {**self.partial_variables, **kwargs}
        return type(self)(**fields)

    def append(self, message: Any) -> None:
        """Add a part at the end."""
        self.extend([message])

    def extend(self, messages: Iterable[Any]) -> None:
        """Add parts at the end."""
        grown = type(self)(
            [*self.messages, *messages],
            template_format=self.template_format,
            partial_variables=self.partial_variables,
        )
        for name in ("messages", "input_variables", "optional_variables", "input_types"):
            setattr(self, name, getattr(grown, name))

    def __add__(self, other: Any) -> ChatPromptTemplate:
        partial = dict(self.partial_variables)
        if isinstance(other, ChatPromptTemplate):
            parts, partial = other.messages, {**partial, **other.partial_variables}
        elif isinstance(other, (list, tuple)):
            parts = [*cast("list[Any]", other)]
        else:
            parts = [other]
        return ChatPromptTemplate(
            [*self.messages, *parts], template_format=self.template_format, partial_variables=partial
        )

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return ChatPromptTemplate(self.messages[index], template_format=self.template_format)
        return self.messages[index]

    def __len__(self) -> int:
        return len(self.messages)

    def __bool__(self) -> bool:
        return True

    def pretty_repr(self, html: bool = False) -> str:
        return "\n\n".join(part.pretty_repr(html) for part in self.messages)

    def _graph_params(self) -> dict[str, Any]:
        return dict(_shown(part) for part in self.messages[:3])


def _waits(part: Any) -> bool:
    """Whether it has a way of its own to give its messages asynchronously."""
    method = getattr(cast("Any", type(part)), "aformat_messages", None)
    return method not in (None, BaseMessagePromptTemplate.aformat_messages)


def _filled(parts: Iterable[Any], values: Mapping[str, Any]) -> list[BaseMessage]:
    messages: list[BaseMessage] = []
    for part in parts:
        if isinstance(part, BaseMessage):
            messages.append(part)
        elif (fill := getattr(part, "fill", None)) is not None:
            messages += fill(values)
        else:
            messages.extend(part.format_messages(**values))
    return messages


def _filler(part: Any) -> Callable[[Mapping[str, Any]], Iterable[BaseMessage]]:
    """What `_filled` does with one part."""
    if isinstance(part, MessageTemplate):
        return part.filler()
    return lambda values: _filled((part,), values)


def _variables(parts: Iterable[Any]) -> tuple[set[str], set[str]]:
    """The variables that a part needs, and those that a part may do without."""
    needed: set[str] = set()
    optional: set[str] = set()
    for part in parts:
        if isinstance(part, MessagesPlaceholder) and part.optional:
            optional.add(part.variable_name)
        elif not isinstance(part, BaseMessage):
            needed.update(part.input_variables)
    return needed, optional


def _types(parts: Iterable[Any]) -> dict[str, Any]:
    return {part.variable_name: list[AnyMessage] for part in parts if isinstance(part, MessagesPlaceholder)}


def _shown(part: Any) -> tuple[str, Any]:
    if isinstance(part, MessagesPlaceholder):
        return "messages", f"{{{part.variable_name}}}"
    if isinstance(part, MessageTemplate):
        return part.message_class.type, part.text()
    return getattr(part, "type", "messages"), getattr(part, "content", repr(part))


__all__ = ["BaseChatPromptTemplate", "ChatPromptTemplate"]
