"""Calls in a chain's source: their arguments, and the prompts and messages that are made by calls of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from chainviz.builder.layout import Items, Row, Text
from chainviz.builder.literals import keywords, literal, quoted
from chainviz.builder.made import MADE
from chainviz.builder.prompts import MESSAGES
from chainviz.builder.tree import refs


class Calls:
    """Writes the calls of one piece of code; notes the classes and the names of the user's that stand in it."""

    def __init__(self) -> None:
        self.used: dict[str, None] = {}
        self.classes: dict[str, None] = {}

    def call(self, name: str, arguments: list[Text], method: str = "") -> Text:
        self.classes[name] = None
        return Items(f"{name}{method}(", arguments, ")")

    def arguments(self, values: Mapping[Any, Any], *, named: bool = True) -> list[Text]:
        for value in values.values():
            self.used.update(dict.fromkeys(refs(value)))
        texts = {name: literal(value) for name, value in values.items()}
        return keywords(texts) if named else list(texts.values())

    def led(self, first: str, values: Mapping[str, Any]) -> list[Text]:
        """Arguments of which the first has no name."""
        leading = {name: value for name, value in values.items() if name == first}
        others = {name: value for name, value in values.items() if name != first}
        return [*self.arguments(leading, named=False), *self.arguments(others)]

    def made(self, component: str, params: Mapping[str, Any]) -> list[Text]:
        """The keyword arguments of a component, of which some are made by calls."""
        known = MADE.get(component, {})
        kinds = {name: known[name].kind if name in known else "" for name in params}
        return keywords({name: self._made(kinds[name], value) or self._plain(value) for name, value in params.items()})

    def _plain(self, value: Any) -> Text:
        return self.arguments({"": value}, named=False)[0]

    def _made(self, kind: str, value: Any) -> Text | None:
        """The call that makes a parameter; None where the value is none that it could be made of."""
        if kind == "text prompt":
            return self.text_prompt(cast("Any", value)) if isinstance(value, dict) else None
        if kind == "chat prompt":
            return self.prompt(cast("Any", value)) if isinstance(value, dict) else None
        if not isinstance(value, list):
            return None
        if kind == "iterator":
            return Items("iter([", [self._plain(item) for item in cast("list[Any]", value)], "])")
        if kind != "messages":
            return None
        rows = [self.fixed(row) for row in cast("list[Any]", value)]
        texts = [row for row in rows if row is not None]
        return Items("[", texts, "]") if len(texts) == len(rows) else None

    def text_prompt(self, params: Mapping[str, Any]) -> Text | None:
        """The call of `PromptTemplate.from_template`; None where there is no template."""
        if not isinstance(params.get("template"), str):
            return None
        return self.call("PromptTemplate", self.led("template", params), ".from_template")

    def fixed(self, row: Any) -> Text | None:
        """The message of a role and a text that is no template."""
        match row:
            case {"role": str(role), "text": str(text)} if role in MESSAGES and len(row) == 2:
                return self.call(MESSAGES[role].__name__, [Text(quoted(text))])
            case _:
                return None

    # --- prompts ---------------------------------------------------------------------------------------------

    def prompt(self, params: Mapping[str, Any]) -> Text | None:
        """The call of `from_template` or `from_messages`; None where the rows are none that it could say."""
        rows: Any = params.get("messages")
        if not isinstance(rows, list) or not params.keys() <= {"messages", "template_format", "partial_variables"}:
            return None
        parts = [self.row(row) for row in cast("list[Any]", rows)]
        texts = [part for part in parts if part is not None]
        if len(texts) < len(parts):
            return None
        format = self.arguments({name: value for name, value in params.items() if name == "template_format"})
        only = cast("dict[str, Any]", rows[0]) if len(texts) == 1 else {}
        if set(only) == {"role", "text"} and only["role"] == "human":
            call = self.call("ChatPromptTemplate", [Text(quoted(only["text"])), *format], ".from_template")
        else:
            self.classes["ChatPromptTemplate"] = None
            list_ = Items("[", texts, "]")
            call = (
                Items("ChatPromptTemplate.from_messages(", [list_, *format], ")")
                if format
                else Items("ChatPromptTemplate.from_messages([", texts, "])")
            )
        partial = params.get("partial_variables")
        return Row(call, Items(".partial(", self.arguments(partial), ")")) if partial else call

    def row(self, row: Any) -> Text | None:
        if not isinstance(row, Mapping):
            return None
        fields = cast("Mapping[str, Any]", row)
        role, text, more = fields.get("role"), fields.get("text"), fields.keys() - {"role", "text"}
        if not isinstance(text, str):
            return None
        if role == "messages" and more <= {"n_messages"}:
            self.classes["MessagesPlaceholder"] = None
            last = self.arguments({name: fields[name] for name in more})
            return Items("MessagesPlaceholder(", [Text(quoted(text)), *last], ")")
        if role in MESSAGES and more == {"fixed"} and fields["fixed"] is True:
            return self.fixed({"role": role, "text": text})
        if not more and (role == "placeholder" or role in MESSAGES):
            return Items("(", [Text(quoted(str(role))), Text(quoted(text))], ")")
        return None


__all__ = ["Calls"]
