"""A chat prompt as parameters: its messages as rows of a role and a text, and back.

A row is `{"role": "human" | "ai" | "system", "text": template}`; with `"fixed": True` the text is no template. The role
`placeholder` takes a list of messages that may be left out, by a text like `{history}`; the role `messages` one that is
needed, its text being the variable's name, and of which the last `n_messages` are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from chainviz.builder.forms import Fault
from chainviz.errors import ChainvizError, InvalidConfigError, describe, shorten
from chainviz.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from chainviz.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate
from chainviz.prompts.message import MessageTemplate

MESSAGES: dict[str, Any] = {"human": HumanMessage, "ai": AIMessage, "system": SystemMessage}
ROLES = {cls: role for role, cls in MESSAGES.items()}

FORM: dict[str, Any] = {
    "title": "ChatPromptTemplate",
    "type": "object",
    "properties": {
        "messages": {
            "title": "Messages",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "role": {"title": "Role", "enum": [*MESSAGES, "placeholder", "messages"], "default": "human"},
                    "text": {"title": "Text", "type": "string", "format": "template"},
                    "fixed": {"title": "No variables", "type": "boolean", "default": False},
                    "n_messages": {"title": "Last messages", "type": "integer", "minimum": 1},
                },
                "required": ["role", "text"],
            },
        },
        "template_format": {"title": "Format", "enum": ["f-string", "mustache"], "default": "f-string"},
        "partial_variables": {
            "title": "Filled in beforehand",
            "type": "object",
            "additionalProperties": {"type": "string"},
            "default": {},
        },
    },
    "required": ["messages"],
}
"""The JSON Schema of these parameters."""


def prompt_of(params: Mapping[str, Any]) -> ChatPromptTemplate:
    """The prompt of these parameters. Raises Fault for a row that is none."""
    options: dict[str, Any] = {**params}
    rows = cast("list[Any]", options.pop("messages", []))
    format = options.get("template_format", "f-string")
    parts: list[Any] = []
    for index, row in enumerate(rows):
        try:
            parts.append(_part(row))
            ChatPromptTemplate([parts[-1]], template_format=format)
        except ChainvizError as error:
            raise Fault(("messages", index, "text"), str(error)) from None
        except Exception as error:
            raise Fault(("messages", index, "text"), describe(error)) from None
    partial = options.pop("partial_variables", None)
    prompt = ChatPromptTemplate(parts, **options)
    return prompt.partial(**partial) if partial else prompt


def _part(row: Any) -> Any:
    if not isinstance(row, Mapping) or not isinstance(text := cast("Any", row).get("text"), str):
        raise InvalidConfigError(f"expected a role and a text, got {shorten(cast('Any', row))}")
    role = cast("Any", row).get("role")
    if role == "messages":
        return MessagesPlaceholder(text, n_messages=cast("Any", row).get("n_messages"))
    if role == "placeholder" or role in MESSAGES:
        return MESSAGES[role](text) if cast("Any", row).get("fixed") else (role, text)
    raise InvalidConfigError(f"expected the role human, ai, system, placeholder or messages, got {shorten(role)}")


def params_of(prompt: ChatPromptTemplate) -> dict[str, Any] | None:
    """The parameters of a prompt; None where there is more to it than they can say."""
    rows = [_row(part) for part in prompt.messages]
    params: dict[str, Any] = {"messages": rows}
    if prompt.template_format != "f-string":
        params["template_format"] = prompt.template_format
    if prompt.partial_variables:
        params["partial_variables"] = dict(prompt.partial_variables)
    try:
        return params if None not in rows and prompt_of(params) == prompt else None
    except Exception:
        return None


def _row(part: Any) -> dict[str, Any] | None:
    if isinstance(part, MessagesPlaceholder):
        if part.optional:
            return None if part.n_messages else {"role": "placeholder", "text": f"{{{part.variable_name}}}"}
        more = {"n_messages": part.n_messages} if part.n_messages else {}
        return {"role": "messages", "text": part.variable_name, **more}
    if isinstance(part, BaseMessage):
        role = ROLES.get(type(part))
        return {"role": role, "text": part.content, "fixed": True} if role and isinstance(part.content, str) else None
    if isinstance(part, MessageTemplate) and type(part.prompt) is PromptTemplate:
        role = ROLES.get(part.message_class)
        return {"role": role, "text": part.prompt.template} if role else None
    return None


__all__ = ["FORM", "MESSAGES", "params_of", "prompt_of"]
