"""Parameters that are made by a call of their own: what they are made of, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, cast

from chainviz.builder.forms import Fault
from chainviz.builder.prompts import FORM, MESSAGES, ROLES, params_of, prompt_of
from chainviz.errors import shorten
from chainviz.prompts import ChatPromptTemplate, PromptTemplate

Kind = Literal["text prompt", "chat prompt", "messages", "iterator"]


class Made(NamedTuple):
    """How a parameter is made of plain values, what plain values a made one is of (None where they cannot say it), and
    the JSON Schema of these."""

    kind: Kind
    of: Callable[[Any], Any]
    said: Callable[[Any], Any]
    form: dict[str, Any]


def _text_prompt(params: Mapping[str, Any]) -> PromptTemplate:
    return PromptTemplate(**params)


def _said_of_text(prompt: Any) -> dict[str, Any] | None:
    if type(prompt) is not PromptTemplate:
        return None
    format = {} if prompt.template_format == "f-string" else {"template_format": prompt.template_format}
    said = {"template": prompt.template, **format}
    return said if _text_prompt(said) == prompt else None


def _said_of_chat(prompt: Any) -> dict[str, Any] | None:
    return params_of(prompt) if type(prompt) is ChatPromptTemplate else None


def _messages(rows: list[Any]) -> list[Any]:
    return [_message(index, row) for index, row in enumerate(rows)]


def _message(index: int, row: Any) -> Any:
    if isinstance(row, Mapping):
        fields = cast("Mapping[str, Any]", row)
        role, text = fields.get("role"), fields.get("text")
        if role in MESSAGES and isinstance(text, str):
            return MESSAGES[role](text)
    raise Fault((index, "text"), f"expected a role and a text, got {shorten(row)}")


def _said_of_messages(messages: list[Any]) -> list[Any] | None:
    known = [message for message in messages if type(message) in ROLES and isinstance(message.content, str)]
    rows = [{"role": ROLES[type(message)], "text": message.content} for message in known]
    return rows if _messages(rows) == messages else None


def _said_of_none(iterator: Any) -> None:
    """What an iterator will give is not known before."""


_ROW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "role": {"title": "Role", "enum": [*MESSAGES], "default": "ai"},
        "text": {"title": "Text", "type": "string"},
    },
    "required": ["role", "text"],
}
_TEXT_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "template": {"title": "Template", "type": "string", "format": "template"},
        "template_format": FORM["properties"]["template_format"],
    },
    "required": ["template"],
}
_CHAT_FORM: dict[str, Any] = {**FORM, "description": "Each example as messages."}

MADE: dict[str, dict[str, Made]] = {
    "FewShotPromptTemplate": {"example_prompt": Made("text prompt", _text_prompt, _said_of_text, _TEXT_FORM)},
    "FewShotChatMessagePromptTemplate": {"example_prompt": Made("chat prompt", prompt_of, _said_of_chat, _CHAT_FORM)},
    "FakeMessagesListChatModel": {
        "responses": Made("messages", _messages, _said_of_messages, {"type": "array", "items": _ROW, "minItems": 1})
    },
    "GenericFakeChatModel": {
        "messages": Made("iterator", iter, _said_of_none, {"type": "array", "items": {"type": "string"}})
    },
}
"""By class and parameter."""

__all__ = ["MADE", "Kind", "Made"]
