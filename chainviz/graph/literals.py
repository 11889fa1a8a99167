"""Values and prompts as Python source."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WIDTH = 88
STEP = "    "
LONGEST = 10_000
"""Characters of a literal that is still source to read."""
_DEEPEST = 20
_LONG_NUMBER = 256
_CALL = 40
_ROLES = {"HumanMessage": "human", "AIMessage": "ai", "SystemMessage": "system"}


def quoted(text: str) -> str:
    """A string literal with double quotes, as formatters write it; with three of them where it has several lines."""
    if "\n" in text.strip() and '"' not in text and "\\" not in repr(text.replace("\n", "")):
        return f'"""{text}"""'
    literal = repr(text)
    return literal if '"' in text else f'"{literal[1:-1]}"'.replace("\\'", "'")


def literal(value: Any, depth: int = 0) -> str | None:
    """A plain value as Python source, or None where it has parts that are not plain, or too much of them."""
    if value is None or type(value) is bool:
        return repr(value)
    if type(value) is float:
        return repr(value) if isfinite(value) else None
    if type(value) is int:
        return repr(value) if value.bit_length() < _LONG_NUMBER else None
    if type(value) is str:
        return quoted(value) if len(value) <= LONGEST else None
    if depth == _DEEPEST:
        return None
    if type(value) in (list, tuple):
        items = _literals(cast("list[Any]", value), depth + 1)
        if items is None:
            return None
        inside = ", ".join(items)
        return f"[{inside}]" if type(value) is list else f"({inside}{',' if len(items) == 1 else ''})"
    if type(value) is dict:
        keys = _literals(cast("dict[Any, Any]", value), depth + 1)
        items = _literals(cast("dict[Any, Any]", value).values(), depth + 1)
        if keys is None or items is None:
            return None
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(keys, items, strict=True)) + "}"
    return None


def _literals(values: Iterable[Any], depth: int) -> list[str] | None:
    texts: list[str] = []
    size = 0
    for value in values:
        text = literal(value, depth)
        size += len(text or "")
        if text is None or size > LONGEST:
            return None
        texts.append(text)
    return texts


def arguments(values: dict[str, Any]) -> str | None:
    """Keyword arguments as source, or None where one is not plain."""
    literals = {name: literal(value) for name, value in values.items()}
    if None in literals.values():
        return None
    return ", ".join(f"{name}={text}" for name, text in literals.items())


def prompt_call(prompt: Any, indent: str) -> str | None:
    """The call that makes a prompt; None where there is more to it than such a call can say."""
    from chainviz.prompts import ChatPromptTemplate, PromptTemplate

    cls = cast("Any", type(prompt))
    if cls is PromptTemplate:
        return _checked(prompt, cls.from_template, prompt.template, f"({quoted(prompt.template)}", "from_template")
    if cls is not ChatPromptTemplate:
        return None
    rows = [_row(message) for message in prompt.messages]
    if any(row is None for row in rows):
        return None
    values: list[Any] = [row[0] for row in rows if row]
    if len(values) == 1 and type(values[0]) is tuple:
        role, template = cast("tuple[str, str]", values[0])
        if role == "human":
            return _checked(prompt, cls.from_template, template, f"({quoted(template)}", "from_template")
    texts = [row[1] for row in rows if row]
    inside = ", ".join(texts)
    if len(indent) + len(inside) > WIDTH - _CALL or "\n" in inside:
        deeper = indent + STEP
        inside = "\n" + "".join(f"{deeper}{text},\n" for text in texts) + indent
    return _checked(prompt, cls.from_messages, values, f"([{inside}]", "from_messages")


def _checked(prompt: Any, make: Callable[..., Any], value: Any, text: str, method: str) -> str | None:
    """The text of a call, where what it makes is the prompt itself, and one can still read it."""
    options: dict[str, Any] = {}
    if len(text) > LONGEST:
        return None
    if prompt.template_format != "f-string":
        options["template_format"] = prompt.template_format
    partial: dict[str, Any] = prompt.partial_variables
    said = arguments(partial)
    try:
        made = make(value, **options)
        same = (made.partial(**partial) if partial else made) == prompt
    except Exception:
        return None
    if not same or said is None:
        return None
    more = "".join(f", {name}={quoted(value)}" for name, value in options.items())
    return f"{type(prompt).__name__}.{method}{text}{more})" + (f".partial({said})" if partial else "")


def _row(message: Any) -> tuple[Any, str] | None:
    """A message of a prompt as it is given to `from_messages`, as a value and as its source."""
    from chainviz.messages import BaseMessage
    from chainviz.prompts import MessagesPlaceholder, PromptTemplate
    from chainviz.prompts.message import MessageTemplate

    if isinstance(message, MessagesPlaceholder):
        name, optional, most = message.variable_name, message.optional, message.n_messages
        if optional and most is None:
            return ("placeholder", f"{{{name}}}"), f'("placeholder", {quoted(f"{{{name}}}")})'
        said = [quoted(name), *(["optional=True"] if optional else []), *([f"n_messages={most}"] if most else [])]
        return message, f"MessagesPlaceholder({', '.join(said)})"
    if isinstance(message, BaseMessage) and isinstance(message.content, str):
        return message, f"{type(message).__name__}({quoted(message.content)})"
    if not isinstance(message, MessageTemplate) or type(message.prompt) is not PromptTemplate:
        return None
    role = _ROLES.get(message.message_class.__name__)
    template = message.prompt.template
    return None if role is None else ((role, template), f'("{role}", {quoted(template)})')


__all__ = ["STEP", "WIDTH", "arguments", "literal", "prompt_call", "quoted"]
