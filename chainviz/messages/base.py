"""BaseMessage and BaseMessageChunk: what all messages have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from chainviz.errors import InvalidInputError, nearest, shorten
from chainviz.messages.blocks import as_block
from chainviz.messages.merge import Content, MergeError, merge_content, merge_dicts
from chainviz.records import Record

if TYPE_CHECKING:
    from typing import Self

    from chainviz.prompts.chat import ChatPromptTemplate

Part = str | dict[str, Any]


def message_schema(type: str, **more: tuple[Any, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that a message's JSON schema lists."""
    return {
        "content": (str | list[str | dict[str, Any]], ...),
        "additional_kwargs": (dict[str, Any], dict),
        "type": (Literal[type], type),  # pyright: ignore[reportInvalidTypeForm]
        **more,
    }


class TextAccessor(str):
    """A message's text. It may be called, too, as when `text` was a method."""

    __slots__ = ()

    def __call__(self) -> str:
        return str(self)


class BaseMessage(Record):
    """A message: what a chat model reads and writes.

    `content` is text, or a list of texts and of dicts with a `type`. `additional_kwargs` and `response_metadata` hold
    what a provider sends beside it. Any other keyword becomes an attribute.
    """

    __slots__ = ("content", "additional_kwargs", "response_metadata", "name", "id", "__dict__")  # noqa: RUF023
    type: ClassVar[str] = "base"
    by_type: ClassVar[dict[str, type[BaseMessage]]] = {}
    schema_fields = message_schema("base")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.by_type.setdefault(cls.type, cls)

    def __init__(
        self,
        content: Content | None = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        additional_kwargs: dict[str, Any] | None = None,
        response_metadata: dict[str, Any] | None = None,
        name: str | None = None,
        id: str | None = None,
        **more: Any,
    ) -> None:
        if content_blocks is not None:
            content = [dict(block) for block in content_blocks]
        elif content.__class__ is not str:
            content = self.check_content(content, more)
        self.content: Content = content  # type: ignore[assignment]
        self.additional_kwargs: dict[str, Any] = {} if additional_kwargs is None else additional_kwargs
        self.response_metadata: dict[str, Any] = {} if response_metadata is None else response_metadata
        self.name = name
        self.id = id
        if more:
            self.keep(more)

    def check_content(self, content: Any, more: Mapping[str, Any]) -> Content:
        """The content, if it is text or a list of parts; bytes are UTF-8. Raises InvalidInputError otherwise, which
        names the keyword in `more` that was meant."""
        if isinstance(content, str):
            return content
        several = isinstance(content, (list, tuple))
        parts = cast("list[Any]", [*content] if several else [content])
        with suppress(UnicodeDecodeError):
            parts = [part.decode() if isinstance(part, (bytes, bytearray)) else part for part in parts]
        if all(isinstance(part, (str, dict) if several else str) for part in parts):
            return parts if several else parts[0]
        meant = "".join(nearest(name, ["content"]) for name in more)
        raise InvalidInputError(
            f"{type(self).__name__}: expected content to be a str or a list of str and dict, got {shorten(content)}"
            f"{meant}"
        )

    def keep(self, more: dict[str, Any]) -> None:
        """Make attributes of the keywords that are no fields.

        Raises InvalidConfigError for a `type` that is not the class's, and for the name of a method.
        """
        if more.pop("type", self.type) != self.type or any(hasattr(type(self), name) for name in more):
            raise self.unknown([name for name in more if hasattr(type(self), name)] or ["type"])
        vars(self).update(more)

    def shown(self) -> dict[str, Any]:
        return super().shown() | vars(self)

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        return same if same is NotImplemented else same and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> Self:
        """Make a message of a dict of its fields; where its `type` is that of a subclass, one of that subclass."""
        kind = values.get("type", cls.type)
        target = cls if kind == cls.type else cls.by_type.get(kind)
        if target is None or not issubclass(target, cls):
            raise InvalidInputError(f"{cls.__name__}: expected the type {cls.type!r}, got {kind!r}")
        return target(**{name: value for name, value in values.items() if name != "type"})

    @property
    def text(self) -> TextAccessor:
        """The text of the content, without what is no text."""
        content = self.content
        return TextAccessor(content if isinstance(content, str) else "".join(_texts(content)))

    @property
    def content_blocks(self) -> list[dict[str, Any]]:
        """The content as a list of dicts with a `type`, those of images, audio and files in one form."""
        if not self.content:
            return []
        parts: list[Part] = [self.content] if isinstance(self.content, str) else self.content
        return [as_block(part) for part in parts]

    def _values(self) -> dict[str, Any]:
        values = super()._values()
        if values.get("example") is False:
            del values["example"]
        first = ("content", "additional_kwargs", "response_metadata", "type")
        return {name: values[name] for name in first} | values | vars(self)

    def pretty_repr(self, html: bool = False) -> str:
        """The message under a title line, for reading; `html` makes the title bold in a terminal."""
        title = title_line(f"{self.type.title()} Message", bold=html)
        name = f"\nName: {self.name}" if self.name is not None else ""
        return f"{title}{name}\n\n{self.content}"

    def pretty_print(self) -> None:
        print(self.pretty_repr())

    def __add__(self, other: Any) -> ChatPromptTemplate:
        """A prompt of this message and what follows it."""
        from chainviz.prompts.chat import ChatPromptTemplate

        return ChatPromptTemplate([self]) + other


class BaseMessageChunk(BaseMessage):
    """A part of a message; parts add with `+`, one by one or a list of them at once."""

    __slots__ = ()
    adds_lists: ClassVar[bool] = True

    message_class: ClassVar[type[BaseMessage]]
    """What the chunk is a part of."""

    def __add__(self, other: Any) -> Self:  # type: ignore[override]
        others = self.check_others(other)
        return self.merge(others)

    def check_others(self, other: Any) -> Sequence[BaseMessageChunk]:
        """`other` as a sequence of chunks. Raises MergeError where it is none."""
        if isinstance(other, BaseMessageChunk):
            return (other,)
        if isinstance(other, (list, tuple)) and all(isinstance(o, BaseMessageChunk) for o in cast("list[Any]", other)):
            return cast("list[BaseMessageChunk]", other)
        raise MergeError(f"{type(self).__name__} + …: expected a message chunk or a list of them, got {shorten(other)}")

    def merge(self, others: Sequence[BaseMessageChunk], **fields: Any) -> Self:
        """The sum of this chunk and the others; `fields` are those that the class adds to the common ones."""
        return type(self)(
            content=merge_content(self.content, *(other.content for other in others)),
            additional_kwargs=merge_dicts(self.additional_kwargs, *(other.additional_kwargs for other in others)),
            response_metadata=merge_dicts(self.response_metadata, *(other.response_metadata for other in others)),
            name=self.name,
            id=self.id,
            **fields,
        )

    def require_same(self, name: str, others: Iterable[BaseMessageChunk]) -> Any:
        """The value of the field `name` that all of them share. Raises MergeError where one differs."""
        value = getattr(self, name)
        for other in others:
            if (theirs := getattr(other, name, value)) != value:
                raise MergeError(f"{type(self).__name__} + …: expected the same {name} {value!r}, got {theirs!r}")
        return value

    def to_message(self) -> BaseMessage:
        """The message that the chunk, being the sum of all, has become."""
        kept = self.message_class.fields
        return self.message_class(**{name: getattr(self, name) for name in kept})


def title_line(title: str, *, bold: bool = False) -> str:
    """`title` centred in a line of 80 equals signs."""
    padded = f" {title} "
    left = "=" * ((80 - len(padded)) // 2)
    right = left + "=" * (len(padded) % 2)
    return f"{left}\033[1m{padded}\033[0m{right}" if bold else f"{left}{padded}{right}"


def _texts(parts: Iterable[Part]) -> Iterable[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif part.get("type") == "text" and isinstance(part.get("text"), str):
            yield part["text"]


__all__ = ["BaseMessage", "BaseMessageChunk", "TextAccessor", "title_line"]
