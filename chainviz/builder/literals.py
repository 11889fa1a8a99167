"""Values as Python source."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword
from typing import Any, cast
from unicodedata import normalize

from chainviz.builder.layout import Items, Row, Text
from chainviz.builder.tree import Ref

_SHORT = 64
"""Characters of two lines that stand in one."""


def quoted(text: str) -> str:
    """A string literal with double quotes, as formatters write it; with three of them where it has several lines."""
    lines = text.strip().count("\n")
    is_long = lines > 1 or (lines and len(text) > _SHORT)
    if is_long and '"' not in text and "\\" not in repr(text.replace("\n", "")):
        return f'"""{text}"""'
    literal = repr(text)
    return literal if '"' in text else f'"{literal[1:-1]}"'.replace("\\'", "'")


def literal(value: Any) -> Text:
    """A parameter as source: what is kept is written by its name."""
    if isinstance(value, Ref):
        return Text(value.name)
    if isinstance(value, str):
        return Text(quoted(value))
    if isinstance(value, list):
        return Items("[", [literal(item) for item in cast("list[Any]", value)], "]")
    if isinstance(value, tuple):
        items = [literal(item) for item in cast("tuple[Any, ...]", value)]
        return Row("(", items[0], ",)") if len(items) == 1 else Items("(", items, ")")
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return Items("{", [Row(f"{quoted(key)}: ", literal(item)) for key, item in pairs], "}")
    return Text(repr(value))


def keywords(values: Mapping[str, Text]) -> list[Text]:
    """Keyword arguments in their order; from one on whose name Python does not take, they stand in a dict."""
    count = next((index for index, name in enumerate(values) if not is_name(name)), len(values))
    pairs = list(values.items())
    named = [Row(f"{name}=", value) for name, value in pairs[:count]]
    others = [Row(f"{quoted(name)}: ", value) for name, value in pairs[count:]]
    return [*named, *([Items("**{", others, "}")] if others else [])]


def is_name(text: str) -> bool:
    """Whether Python takes a text as the name of a variable, and reads it as this one."""
    return text.isidentifier() and not iskeyword(text) and (text.isascii() or normalize("NFKC", text) == text)


__all__ = ["is_name", "keywords", "literal", "quoted"]
