"""Values made again from the forms of `tracing.values`: our own classes as themselves, the rest as plain data.

Nothing is looked up by a name that the data gives but in the tables here, so no code but ours runs.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias, cast

from chainviz import messages, outputs
from chainviz.addable import AddableDict
from chainviz.documents import Document
from chainviz.errors import JournalError
from chainviz.messages import BaseMessage
from chainviz.prompts import values as prompts
from chainviz.records import Record
from chainviz.tracing.values import StoredValue

Form: TypeAlias = dict[str, Any]

_MESSAGES: dict[str, type[BaseMessage]] = {
    cls.__name__: cls
    for cls in (
        *(messages.AIMessage, messages.AIMessageChunk),
        *(messages.ChatMessage, messages.ChatMessageChunk),
        *(messages.FunctionMessage, messages.FunctionMessageChunk),
        *(messages.HumanMessage, messages.HumanMessageChunk),
        *(messages.SystemMessage, messages.SystemMessageChunk),
        *(messages.ToolMessage, messages.ToolMessageChunk),
    )
}
_PROMPTS: dict[str, type[prompts.ChatPromptValue]] = {
    cls.__name__: cls for cls in (prompts.ChatPromptValue, prompts.ChatPromptValueConcrete)
}
_RECORDS: dict[str, type[Record]] = {
    f"{cls.__module__}.{cls.__name__}": cls
    for cls in (
        *(outputs.Generation, outputs.GenerationChunk, outputs.ChatGeneration, outputs.ChatGenerationChunk),
        *(outputs.ChatResult, outputs.LLMResult),
    )
}
_LEAVES = ("bytes", "number", "opaque")
_LABEL = 1_000
"""Characters of a class's name or a repr; a writer keeps to less."""

_TYPES: dict[str, tuple[type, ...]] = {
    "additional_kwargs": (dict,),
    "response_metadata": (dict,),
    "generation_info": (dict, type(None)),
    "llm_output": (dict, type(None)),
    "usage_metadata": (dict, type(None)),
    "metadata": (dict,),
    "name": (str, type(None)),
    "id": (str, type(None)),
    "role": (str,),
    "text": (str,),
    "tool_call_id": (str,),
    "example": (bool,),
    "chunk_position": (str, type(None)),
}
"""What the fields hold that the classes themselves do not check."""


class Decoder:
    """Makes the values of one file again. `cuts` counts those that were too long when they were written.

    Raises JournalError for what is nested deeper than `depth`.
    """

    def __init__(self, depth: int) -> None:
        self.cuts = 0
        self._left = depth

    def value(self, data: Any) -> Any:
        """What stands for a value of a line."""
        if not isinstance(data, dict | list):
            return data
        if self._left <= 0 and not (isinstance(data, dict) and cast("Form", data).get("$type") in _LEAVES):
            raise JournalError("a value is nested too deeply; a larger `max_depth` lets it in")
        self._left -= 1
        try:
            if isinstance(data, list):
                return self._all(cast("list[Any]", data))
            form = cast("Form", data)
            return self._form(form) if "$type" in form else self._fields(form)
        finally:
            self._left += 1

    def _all(self, data: list[Any]) -> list[Any]:
        return [self.value(item) for item in data]

    def _fields(self, data: Form) -> Form:
        return {name: self.value(item) for name, item in data.items()}

    def _form(self, form: Form) -> Any:
        make = _FORMS.get(str(form["$type"]))
        try:
            made = None if make is None else make(self, form)
        except JournalError:
            raise
        except Exception:  # what does not fit its class is shown as it was written
            made = None
        return self._stored(form) if made is None else made

    def _stored(self, form: Form) -> StoredValue:
        labels = {name: _label(form[name]) for name in ("$type", "class", "role", "repr", "of") if name in form}
        if labels["$type"] == "opaque":
            return StoredValue({"class": "", "repr": "", **labels})
        rest = {name: self._inside(item) for name, item in form.items() if name not in labels}
        if labels["$type"] == "cut":
            length, head = rest.get("length"), rest.get("head")
            return StoredValue({**labels, "length": length if isinstance(length, int) else 0, "head": head})
        return StoredValue({**labels, **rest})

    def _inside(self, data: Any) -> Any:
        """A part of a form that is no nesting of its own."""
        if isinstance(data, list):
            return self._all(cast("list[Any]", data))
        if isinstance(data, dict) and "$type" not in data:
            return self._fields(cast("Form", data))
        return self.value(data)

    def _checked(self, form: Form, names: tuple[str, ...]) -> Form:
        """The fields with these names that are there. Raises TypeError for one that is not of its type."""
        fields = {name: self._inside(form[name]) for name in names if name in form}
        for name, item in fields.items():
            if name in _TYPES and not isinstance(item, _TYPES[name]):
                raise TypeError(name)
        for call in fields.get("tool_calls", ()):
            _check_call(call, dict)
        for call in (*fields.get("invalid_tool_calls", ()), *fields.get("tool_call_chunks", ())):
            _check_call(call, (str, type(None)))
        if usage := fields.get("usage_metadata"):
            _check_counts(usage)
        return fields


def _label(text: Any) -> str:
    return text[:_LABEL] if isinstance(text, str) else ""


def _check_call(call: Any, args: Any) -> None:
    fits = isinstance(call.get("name"), str | None) and isinstance(call.get("id"), str | None)
    if not fits or not isinstance(call.get("args"), args):
        raise TypeError("tool call")


def _check_counts(counts: dict[str, Any]) -> None:
    for count in counts.values():
        if isinstance(count, dict):
            _check_counts(cast("dict[str, Any]", count))
        elif not isinstance(count, int):
            raise TypeError("usage")


def _message(decoder: Decoder, form: Form) -> Any:
    cls = _MESSAGES[form["class"]]
    return cls(**decoder._checked(form, cls.fields))  # pyright: ignore[reportPrivateUsage]


def _document(decoder: Decoder, form: Form) -> Any:
    return Document(**decoder._checked(form, Document.fields))  # pyright: ignore[reportPrivateUsage]


def _prompt(decoder: Decoder, form: Form) -> Any:
    if form["class"] == "StringPromptValue":
        return prompts.StringPromptValue(form["text"])
    found: list[Any] = [decoder.value(item) for item in form["messages"]]
    if not all(isinstance(message, BaseMessage) for message in found):
        return None
    return _PROMPTS[form["class"]].of(found)


def _object(decoder: Decoder, form: Form) -> Any:
    cls = _RECORDS[form["class"]]
    fields = decoder._checked(form["fields"], cls.fields)  # pyright: ignore[reportPrivateUsage]
    found = fields.get("generations", [])
    parts = chain.from_iterable(found) if cls is outputs.LLMResult else found
    return cls(**fields) if all(isinstance(part, outputs.Generation) for part in parts) else None


def _cut(decoder: Decoder, form: Form) -> Any:
    decoder.cuts += 1
    return f"{form['head']}… (cut: {int(form['length']):,} characters)" if form["of"] == "str" else None


def _number(_: Decoder, form: Form) -> Any:
    text = str(form["value"])
    return float(text) if text in ("NaN", "Infinity", "-Infinity") else int(text, 0)


def _dict(decoder: Decoder, form: Form) -> Any:
    return {decoder.value(key): decoder.value(item) for key, item in form["items"]}


def _addable(decoder: Decoder, form: Form) -> Any:
    return AddableDict(_dict(decoder, form))


def _tuple(decoder: Decoder, form: Form) -> Any:
    return tuple(decoder.value(item) for item in form["items"])


def _bytes(_: Decoder, form: Form) -> Any:
    return b64decode(form["base64"], validate=True)


_FORMS: dict[str, Callable[[Decoder, Form], Any]] = {
    "addable": _addable,
    "bytes": _bytes,
    "cut": _cut,
    "dict": _dict,
    "document": _document,
    "message": _message,
    "number": _number,
    "object": _object,
    "prompt": _prompt,
    "tuple": _tuple,
}
"""How each form is made a value again; None, or what it raises, means that it is kept as it was written."""

__all__ = ["Decoder"]
