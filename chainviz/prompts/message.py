"""Message templates: the parts of a chat prompt, each giving messages once its variables are filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from chainviz.errors import InvalidInputError, NoMessageError, nearest, shorten
from chainviz.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    convert_to_messages,
)
from chainviz.messages.base import title_line
from chainviz.prompts.content import content_variables, fill_content
from chainviz.prompts.string import PromptTemplate
from chainviz.prompts.templates import COMPILERS, TemplateFormat, shown_variable
from chainviz.runnables.serializable import unusual

if TYPE_CHECKING:
    from typing import Self


class BaseMessagePromptTemplate(BaseModel):
    """The base of message templates. A class of one's own gives `format_messages` and `input_variables`."""

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return unusual(self, super().__repr_args__())

    @property
    def input_variables(self) -> list[str]:
        return []

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        """The messages with the variables filled in."""
        return self.fill(kwargs)

    def fill(self, values: Mapping[str, Any]) -> list[BaseMessage]:
        """The messages; raises KeyError for a variable that `values` lacks."""
        return self.format_messages(**values)

    async def aformat_messages(self, **kwargs: Any) -> list[BaseMessage]:
        return self.format_messages(**kwargs)

    def pretty_repr(self, html: bool = False) -> str:
        return repr(self)

    def pretty_print(self) -> None:
        print(self.pretty_repr())

    def __add__(self, other: Any) -> Any:
        from chainviz.prompts.chat import ChatPromptTemplate

        return ChatPromptTemplate([self]) + other


class MessagesPlaceholder(BaseMessagePromptTemplate):
    """A place for a list of messages, such as the history of a chat.

    An `optional` one may be left out; of a long list, the last `n_messages` are taken.
    """

    variable_name: str
    optional: bool = False
    n_messages: int | None = Field(default=None, gt=0)

    def __init__(self, variable_name: str, *, optional: bool = False, **kwargs: Any) -> None:
        super().__init__(variable_name=variable_name, optional=optional, **kwargs)  # type: ignore[call-arg]

    @property
    def input_variables(self) -> list[str]:
        return [] if self.optional else [self.variable_name]

    def fill(self, values: Mapping[str, Any]) -> list[BaseMessage]:
        value = values.get(self.variable_name, []) if self.optional else values[self.variable_name]
        if not isinstance(value, list):
            raise InvalidInputError(
                f"MessagesPlaceholder {self.variable_name!r}: expected a list of messages, got {shorten(value)}"
            )
        messages = convert_to_messages(cast("list[Any]", value))
        return messages[-self.n_messages :] if self.n_messages else messages

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        return self.fill(kwargs)

    def pretty_repr(self, html: bool = False) -> str:
        return f"{title_line('Messages Placeholder', bold=html)}\n\n{shown_variable(self.variable_name, coloured=html)}"


class MessageTemplate(BaseMessagePromptTemplate):
    """A message whose content is a template: a text, or a list of parts of which each text is one."""

    message_class: ClassVar[type[BaseMessage]] = HumanMessage
    message_fields: ClassVar[tuple[str, ...]] = ()
    """The fields of its own that it gives to its message."""

    prompt: Any
    additional_kwargs: dict[str, Any] = Field(default_factory=dict)
    template_format: TemplateFormat = "f-string"
    _variables: list[str] = PrivateAttr(default_factory=list)

    def model_post_init(self, context: Any, /) -> None:
        self._variables = sorted(set(content_variables(self.prompt, self.template_format)))

    @classmethod
    def from_template(cls, template: Any, template_format: TemplateFormat = "f-string", **fields: Any) -> Self:
        """A message template of a text or of a list of parts, such as `{"type": "text", "text": "{question}"}`.

        Raises InvalidInputError for a list with `partial_variables`.
        """
        partial = fields.pop("partial_variables", None)
        if isinstance(template, list):
            if partial:
                raise InvalidInputError(f"{cls.__name__}: `partial_variables` need a text, got a list of parts")
            prompt: Any = cast("list[Any]", template)
        else:
            prompt = PromptTemplate.from_template(template, template_format=template_format, partial_variables=partial)
        return cls(prompt=prompt, template_format=template_format, **fields)

    @property
    def input_variables(self) -> list[str]:
        return self._variables

    @classmethod
    def from_template_file(
        cls, template_file: str | Path, input_variables: list[str] | None = None, **fields: Any
    ) -> Self:
        """A message template of the text in a file; its variables are read from it."""
        return cls.from_template(Path(template_file).read_text(encoding="utf-8"), **fields)

    def format(self, **kwargs: Any) -> BaseMessage:
        """The message with the variables filled in."""
        return self.fill(kwargs)[0]

    async def aformat(self, **kwargs: Any) -> BaseMessage:
        """`format` without blocking the event loop."""
        return self.format(**kwargs)

    def fill(self, values: Mapping[str, Any]) -> list[BaseMessage]:
        content: Any = fill_content(self.prompt, values, self.template_format)
        return [self.message_class(content, **self._more())]

    def filler(self) -> Callable[[Mapping[str, Any]], Iterable[BaseMessage]]:
        """`fill`, as a prompt keeps it: what nearly all are, a text with variables, is filled in by a shorter way."""
        if self.message_fields or type(self).fill is not MessageTemplate.fill:
            return self.fill
        own, make = vars(self), self.message_class  # a model's attributes are slow to read

        def fill(values: Mapping[str, Any]) -> Iterable[BaseMessage]:
            prompt = own["prompt"]
            if own["additional_kwargs"] or type(prompt) is not PromptTemplate:
                return self.fill(values)
            text = vars(prompt)
            if text["partial_variables"]:
                return self.fill(values)
            return (make(COMPILERS[text["template_format"]](text["template"]).fill(values)),)

        return fill

    def format_messages(self, **kwargs: Any) -> list[BaseMessage]:
        return self.fill(kwargs)

    def pretty_repr(self, html: bool = False) -> str:
        message = self.format(**{name: shown_variable(name, coloured=html) for name in self.input_variables})
        title = title_line(type(self).__name__.replace("MessagePromptTemplate", " Message"), bold=html)
        shown = message.content
        if isinstance(shown, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in shown):
            shown = "\n\n".join(cast("dict[str, str]", part)["text"] for part in shown)
        return f"{title}\n\n{shown}"

    def text(self) -> str:
        """The template's text, for showing."""
        return self.prompt.template if isinstance(self.prompt, PromptTemplate) else str(self.prompt)

    def _more(self) -> dict[str, Any]:
        """The message's fields beside its content."""
        more = {name: getattr(self, name) for name in self.message_fields}
        return {**more, "additional_kwargs": {**self.additional_kwargs}}


class HumanMessagePromptTemplate(MessageTemplate):
    """A message of a human whose content is a template."""


class AIMessagePromptTemplate(MessageTemplate):
    """A message of a model whose content is a template."""

    message_class = AIMessage


class SystemMessagePromptTemplate(MessageTemplate):
    """A message of the system whose content is a template."""

    message_class = SystemMessage


class ChatMessagePromptTemplate(MessageTemplate):
    """A message of any role whose content is a template."""

    message_class = ChatMessage
    message_fields = ("role",)
    role: str


_BY_ROLE: dict[str, type[MessageTemplate]] = {
    "human": HumanMessagePromptTemplate,
    "user": HumanMessagePromptTemplate,
    "ai": AIMessagePromptTemplate,
    "assistant": AIMessagePromptTemplate,
    "system": SystemMessagePromptTemplate,
}


def as_message_template(thing: Any, template_format: TemplateFormat = "f-string") -> Any:
    """A message or a message template as it is, or what a short form stands for: a text of a human, `(role, text)`,
    `{"role": …, "content": …}`; the role may be 'placeholder', or a class of message templates.

    Raises InvalidInputError for anything else.
    """
    if isinstance(thing, (BaseMessage, BaseMessagePromptTemplate)) or hasattr(thing, "format_messages"):
        return thing
    if isinstance(thing, str):
        return HumanMessagePromptTemplate.from_template(thing, template_format)
    if isinstance(thing, Mapping) and set(cast("Mapping[str, Any]", thing)) == {"role", "content"}:
        entry = cast("Mapping[str, Any]", thing)
        return _of_role(entry["role"], entry["content"], template_format)
    if isinstance(thing, (tuple, list)) and len(cast("Any", thing)) == 2:
        role, template = cast("tuple[Any, Any]", thing)
        return _of_role(role, template, template_format)
    raise NoMessageError(
        "ChatPromptTemplate: expected messages, message templates, texts, (role, text) or"
        f" {{'role': …, 'content': …}}, got {shorten(thing)}"
    )


def _of_role(role: Any, template: Any, template_format: TemplateFormat) -> Any:
    if role == "placeholder":
        return _placeholder(template)
    if isinstance(role, type) and issubclass(role, MessageTemplate):
        return role.from_template(template, template_format)
    if isinstance(role, type) and issubclass(role, BaseMessage):
        return _of_role(role.type, template, template_format)
    if role not in _BY_ROLE:
        raise InvalidInputError(
            f"ChatPromptTemplate: expected a role out of {', '.join(_BY_ROLE)}, placeholder, got {shorten(role)}"
            f"{nearest(str(cast('Any', role)), [*_BY_ROLE, 'placeholder'])}"
        )
    return _BY_ROLE[role].from_template(template, template_format)


def _placeholder(template: Any) -> MessagesPlaceholder:
    given = cast("list[Any]", template if isinstance(template, (list, tuple)) else [template, True])
    name, optional = given if len(given) == 2 else (None, None)
    if not isinstance(name, str) or not (name.startswith("{") and name.endswith("}")) or not isinstance(optional, bool):
        raise InvalidInputError(
            f"ChatPromptTemplate: expected the placeholder to be '{{name}}' or ['{{name}}', optional],"
            f" got {shorten(template)}"
        )
    return MessagesPlaceholder(name[1:-1], optional=optional)


__all__ = [
    "AIMessagePromptTemplate",
    "BaseMessagePromptTemplate",
    "ChatMessagePromptTemplate",
    "HumanMessagePromptTemplate",
    "MessageTemplate",
    "MessagesPlaceholder",
    "SystemMessagePromptTemplate",
    "as_message_template",
]
