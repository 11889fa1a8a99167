"""Values as JSON for the wire, whatever they are and whatever their methods do.

JSON scalars, lists and dicts stand for themselves; what is more than JSON becomes an object with `$type`:

    message   {class, role, content, …the other fields that say something}
    document  {page_content, metadata, id?}
    prompt    {class, messages} or {class, text}
    object    {class, fields}          a pydantic model, a dataclass, a named tuple, a record of ours
    opaque    {class, repr}            what does not serialise, is cyclic or too deep
    cut       {of, length, head}       what went over the limit
    number    {value}                  NaN, the infinities, an int that JavaScript would round
    dict      {items: [[k, v], …]}     keys that are no strings, or that begin with "$"

Nothing is pickled or copied deeply, no secret is read, and no exception of a value's own code comes through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

LIMIT = 10_000
"""Characters that one value may take, about."""
DEPTH = 64
_REPR = 500
_SAFE_INT = 2**53
_ITEM = 4
SECRET = "**********"


def encode(value: Any, limit: int = LIMIT) -> Json:
    """A value as JSON of about `limit` characters at most; longer strings are cut, longer lists and dicts shortened."""
    if type(value) is str and len(value) <= limit:
        return visible(value)
    return _Encoder(limit).encode(value)


def visible(text: str) -> str:
    """The text with lone surrogates, which no JSON in UTF-8 can hold, as `\\ud800`."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def guarded_repr(value: Any, limit: int = _REPR) -> str:
    """A value's repr, shortened; where `__repr__` raises, what it raised."""
    try:
        text = visible(repr(value))
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return text if len(text) <= limit else f"{text[:limit]}…"


def class_name(value: Any) -> str:
    """Module and name of a value's class."""
    cls = cast("type[Any]", type(value))
    module = str(getattr(cls, "__module__", ""))
    return visible(cls.__qualname__ if module == "builtins" else f"{module}.{cls.__qualname__}")


class _Encoder:
    """Encodes one value: what is left of its limit, and the containers that it is inside of."""

    __slots__ = ("left", "open")

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.open: set[int] = set()

    def encode(self, value: Any) -> Json:
        cls = cast("type[Any]", type(value))
        way = _way(cls)
        if way in _FLAT:
            return way(self, value)
        if id(value) in self.open or len(self.open) >= DEPTH:
            return _opaque_text(value, "… (cyclic)" if id(value) in self.open else "… (too deep)")
        self.open.add(id(value))
        try:
            return way(self, value)
        except Exception as error:
            return _opaque_text(value, f"<{cls.__name__} that raised {type(error).__name__} when it was read>")
        finally:
            self.open.discard(id(value))

    def text(self, value: str) -> Json:
        if len(value) <= self.left:
            self.left -= len(value)
            return visible(value)
        head = visible(str.__getitem__(value, slice(0, self.left)))
        self.left = 0
        return {"$type": "cut", "of": "str", "length": len(value), "head": head}

    def items(self, values: Iterable[Any], length: int) -> Json:
        result: list[Json] = []
        for value in values:
            if self.left <= 0:
                return {"$type": "cut", "of": "list", "length": length, "head": result}
            self.left -= _ITEM
            result.append(self.encode(value))
        return result

    def fields(self, values: Iterable[tuple[str, Any]]) -> dict[str, Json]:
        """Named fields, each encoded while there is room; those past the limit say so in place of their value."""
        result: dict[str, Json] = {}
        for name, value in values:
            self.left -= len(name) + _ITEM
            result[visible(name)] = self.encode(value)
        return result


def _scalar(_: _Encoder, value: Any) -> Json:
    return value


def _int(_: _Encoder, value: int) -> Json:
    if -_SAFE_INT <= value <= _SAFE_INT:
        return int(value)
    digits = str(int(value)) if value.bit_length() < 10_000 else hex(int(value))
    return {"$type": "number", "value": digits}


def _float(_: _Encoder, value: float) -> Json:
    value = float(value)
    if math.isfinite(value):
        return value
    return {"$type": "number", "value": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}


def _str(encoder: _Encoder, value: str) -> Json:
    return encoder.text(value)


def _bytes(_: _Encoder, value: bytes) -> Json:
    return {"$type": "cut", "of": "bytes", "length": len(value), "head": bytes(value[:64]).hex()}


def _list(encoder: _Encoder, value: Any) -> Json:
    return encoder.items(value, len(value))


def _dict(encoder: _Encoder, value: Mapping[Any, Any]) -> Json:
    result: dict[str, Json] = {}
    for key, item in list(value.items()):
        if not isinstance(key, str) or key.startswith("$"):
            return _pairs(encoder, value, list(result.items()))
        if encoder.left < len(key):
            return {"$type": "cut", "of": "dict", "length": len(value), "head": result}
        encoder.left -= len(key) + _ITEM
        result[visible(key)] = encoder.encode(item)
    return result


def _pairs(encoder: _Encoder, value: Mapping[Any, Any], done: list[tuple[str, Json]]) -> Json:
    """A dict whose keys JSON cannot hold, or would mix up with `$type`: its first pairs are encoded already."""
    pairs: list[Json] = [[key, item] for key, item in done]
    result: dict[str, Json] = {"$type": "dict", "items": pairs}
    for key, item in list(value.items())[len(done) :]:
        if encoder.left <= 0:
            return {"$type": "cut", "of": "dict", "length": len(value), "head": result}
        encoder.left -= _ITEM
        pairs.append([encoder.encode(key), encoder.encode(item)])
    return result


def _message(encoder: _Encoder, value: Any) -> Json:
    fields = {name: item for name, item in _attributes(value) if name not in ("type", "content") and _tells(item)}
    result: dict[str, Json] = {
        "$type": "message",
        "class": type(value).__name__,
        "role": _role(value),
        "content": encoder.encode(value.content),
    }
    result.update(encoder.fields(fields.items()))
    return result


def _role(message: Any) -> str:
    if (said := getattr(message, "role", None)) is not None:
        return visible(str(said))
    for cls in type(message).__mro__:
        if (kind := _ROLES.get(cls.__name__.removesuffix("Chunk"))) is not None:
            return kind
    return visible(str(message.type))


_ROLES = {
    "AIMessage": "ai",
    "HumanMessage": "human",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "FunctionMessage": "function",
}


def _document(encoder: _Encoder, value: Any) -> Json:
    names = ("page_content", "metadata", "id") if value.id is not None else ("page_content", "metadata")
    return {"$type": "document", **encoder.fields((name, getattr(value, name)) for name in names)}


def _prompt(encoder: _Encoder, value: Any) -> Json:
    name = "messages" if hasattr(value, "messages") else "text"
    cls = type(value).__name__
    return {"$type": "prompt", "class": cls, name: encoder.encode(getattr(value, name))}


def _object(encoder: _Encoder, value: Any) -> Json:
    return {"$type": "object", "class": class_name(value), "fields": encoder.fields(_attributes(value))}


def _opaque(encoder: _Encoder, value: Any) -> Json:
    text = guarded_repr(value)
    encoder.left -= len(text)
    return {"$type": "opaque", "class": class_name(value), "repr": text}


def _secret(_: _Encoder, value: Any) -> Json:
    return SECRET


def _opaque_text(value: Any, text: str) -> Json:
    return {"$type": "opaque", "class": class_name(value), "repr": text}


_Way: TypeAlias = Callable[[_Encoder, Any], Json]
_FLAT: frozenset[_Way] = frozenset({_scalar, _int, _float, _str, _bytes, _secret})
"""What has nothing inside and cannot raise."""

_WAYS: dict[type[Any], _Way] = {
    type(None): _scalar,
    bool: _scalar,
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    list: _list,
    tuple: _list,
    dict: _dict,
}
"""How each class is encoded, as far as values of it have been seen."""

_BASES = frozenset(_WAYS) - {bool, type(None)}
"""Classes whose subclasses are encoded as they are."""

_NAMED: dict[str, _Way] = {"BaseMessage": _message, "Document": _document, "PromptValue": _prompt}
_HOMES = ("chainviz", "langchain_core")


def _way(cls: type[Any]) -> _Way:
    way = _WAYS.get(cls)
    if way is None:
        way = _WAYS[cls] = _new_way(cls)
    return way


def _new_way(cls: type[Any]) -> _Way:
    if hasattr(cls, "get_secret_value"):
        return _secret
    for base in cls.__mro__:
        if (way := _NAMED.get(base.__name__)) is not None and base.__module__.split(".")[0] in _HOMES:
            return way
    if _field_names(cls):
        return _object
    if issubclass(cls, Enum):
        return _opaque
    return next((way for base, way in _WAYS.items() if base in _BASES and issubclass(cls, base)), _opaque)


def is_message(value: Any) -> bool:
    """Whether a value is a chat message, which the wire shows by its fields."""
    return _way(cast("type[Any]", type(value))) is _message


def field_names(value: Any) -> tuple[str, ...]:
    """The declared fields of an object; none for what is no record, model or dataclass."""
    return _field_names(cast("type[Any]", type(value)))


@cache
def _field_names(cls: type[Any]) -> tuple[str, ...]:
    for attribute in ("model_fields", "__dataclass_fields__", "_fields", "fields"):
        names = getattr(cls, attribute, None)
        if isinstance(names, dict | tuple) and (attribute != "fields" or hasattr(cls, "model_dump")):
            return tuple(str(name) for name in cast("Iterable[Any]", names))
    return ()


def _attributes(value: Any) -> Iterable[tuple[str, Any]]:
    """The declared fields of an object, each read on its own; one that raises stands as a note."""
    for name in field_names(value):
        try:
            yield name, getattr(value, name)
        except Exception as error:
            yield name, f"<raised {type(error).__name__} when it was read>"


def _tells(value: Any) -> bool:
    """False for a field that holds nothing."""
    return not (value is None or value is False or (isinstance(value, str | list | tuple | dict) and not value))
