"""Values as JSON, for the wire and for the journal, whatever they are and whatever their methods do.

JSON scalars, lists and dicts stand for themselves; what is more than JSON becomes an object with `$type`:

    message   {class, role, content, …the other fields that say something}
    document  {page_content, metadata, id?}
    prompt    {class, messages} or {class, text}
    object    {class, fields}          a pydantic model, a dataclass, a named tuple, a record of ours
    opaque    {class, repr}            what does not serialise, is cyclic or too deep
    cut       {of, length, head}       what went over the limit
    number    {value}                  NaN, the infinities, an int that JavaScript would round
    dict      {items: [[k, v], …]}     keys that are no strings, or that begin with "$"

and where a value is kept whole, to be made again later:

    tuple     {items}
    addable   {items: [[k, v], …]}     a dict that streams in parts
    bytes     {base64}

Nothing is pickled or copied deeply, no secret is read, and no exception of a value's own code comes through.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, cast

from chainviz.addable import AddableDict
from chainviz.errors import shorten

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

DEPTH = 64
"""How deep a value may be nested."""
_REPR = 500
_SAFE_INT = 2**53
_ITEM = 4
SECRET = "**********"


def encode(value: Any, limit: int) -> Json:
    """A value as JSON of about `limit` characters at most; longer strings are cut, longer lists and dicts shortened."""
    if type(value) is str and len(value) <= limit:
        return visible(value)
    return _Encoder(limit, _SHOWN).encode(value)


def encode_whole(value: Any, limit: int) -> Json:
    """`encode` that keeps what a reader needs to make the value again, and a page does not."""
    if type(value) is str and len(value) <= limit:
        return visible(value)
    return _Encoder(limit, _WHOLE).encode(value)


_LABELS = frozenset({"$type", "class", "role", "repr", "of", "length"})


class StoredValue:
    """What is left of a value that is not made again from data: its class, and what was written of it.

    `form` is one of the forms above, with values in place of JSON inside.
    """

    __slots__ = ("form",)

    def __init__(self, form: dict[str, Any]) -> None:
        self.form = form

    @property
    def class_name(self) -> str:
        return str(self.form.get("class") or self.form.get("of") or self.form["$type"])

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that were written, by name; none where only a repr was."""
        inside = self.form.get("fields")
        if isinstance(inside, dict):
            return cast("dict[str, Any]", inside)
        own = {name: value for name, value in self.form.items() if name not in _LABELS}
        own.pop("head", None)
        return own

    def __repr__(self) -> str:
        if "repr" in self.form:
            return str(self.form["repr"])
        if self.form["$type"] == "cut":
            return f"<{self.class_name} of {self.form['length']}, cut: {guarded_repr(self.form['head'])}>"
        name = self.class_name.rpartition(".")[2]
        return f"{name}({', '.join(f'{field}={value!r}' for field, value in self.fields.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredValue) and self.form == other.form

    __hash__ = None  # type: ignore[assignment]


def visible(text: str) -> str:
    """The text with lone surrogates, which no JSON in UTF-8 can hold, as `\\ud800`."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def no_json(constant: str) -> Any:
    """What `json.loads` calls for NaN and the infinities, which Python would read. Raises ValueError."""
    raise ValueError(f"{constant} is no number of JSON")


def guarded_repr(value: Any, limit: int = _REPR) -> str:
    """The first `limit` characters of a value's repr, whatever its `__repr__` does, as JSON can hold them."""
    return visible(shorten(value, limit + 1))


def class_name(value: Any) -> str:
    """Module and name of a value's class."""
    if isinstance(value, StoredValue):
        return value.class_name
    cls = cast("type[Any]", type(value))
    module = str(getattr(cls, "__module__", ""))
    return visible(cls.__qualname__ if module == "builtins" else f"{module}.{cls.__qualname__}")


class _Encoder:
    """Encodes one value: what is left of its limit, and the containers that it is inside of."""

    __slots__ = ("left", "open", "ways")

    def __init__(self, limit: int, ways: _Ways) -> None:
        self.left = limit
        self.ways = ways
        self.open: set[int] = set()

    def encode(self, value: Any) -> Json:
        cls = cast("type[Any]", type(value))
        way = self.ways[cls]
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


def _whole_bytes(encoder: _Encoder, value: bytes) -> Json:
    if len(value) > encoder.left:
        return _bytes(encoder, value)
    encoder.left -= len(value)
    return {"$type": "bytes", "base64": b64encode(value).decode()}


def _whole_tuple(encoder: _Encoder, value: Any) -> Json:
    items = encoder.items(value, len(value))
    return {"$type": "tuple", "items": items} if isinstance(items, list) else items


def _addable(encoder: _Encoder, value: Mapping[Any, Any]) -> Json:
    result = _pairs(encoder, value, [])
    return {**result, "$type": "addable"} if result["$type"] == "dict" else result


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


def _pairs(encoder: _Encoder, value: Mapping[Any, Any], done: list[tuple[str, Json]]) -> dict[str, Json]:
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
    cls = cast("type[Any]", type(value))
    role = getattr(value, "role", None)
    result: dict[str, Json] = {
        "$type": "message",
        "class": cls.__name__,
        "role": visible(str(_role(cls) or value.type if role is None else role)),
        "content": encoder.encode(value.content),
    }
    # A token's rare fields are not looked at: to read one would make it.
    names = ("id", "chunk_position") if getattr(value, "rare", value) is None else _field_names(cls)
    for name in names:
        item = _attribute(value, name)
        if item is not None and (item or _tells(item)) and name not in ("type", "content"):
            encoder.left -= len(name) + _ITEM
            result[name] = encoder.encode(item)
    return result


@cache
def _role(cls: type[Any]) -> str | None:
    """The role that a class of messages speaks in, as far as it is one of the common ones."""
    kinds = (_ROLES.get(base.__name__.removesuffix("Chunk")) for base in cls.__mro__)
    return next((kind for kind in kinds if kind is not None), None)


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
    return {
        "$type": "object",
        "class": class_name(value),
        "fields": encoder.fields((name, _attribute(value, name)) for name in field_names(value)),
    }


def _opaque(encoder: _Encoder, value: Any) -> Json:
    text = guarded_repr(value)
    encoder.left -= len(text)
    return {"$type": "opaque", "class": class_name(value), "repr": text}


def _stored(encoder: _Encoder, value: StoredValue) -> Json:
    form: dict[str, Json] = {}
    for name, item in value.form.items():
        if name in _LABELS or (name == "fields" and isinstance(item, dict)):
            form[name] = item if name in _LABELS else encoder.fields(cast("dict[str, Any]", item).items())
            continue
        encoded = encoder.encode(item)
        # A head that had to be cut again is still the head of the whole.
        cut = name == "head" and isinstance(encoded, dict) and encoded.get("$type") == "cut"
        form[name] = cast("dict[str, Json]", encoded)["head"] if cut else encoded
    return form


def _secret(_: _Encoder, value: Any) -> Json:
    return SECRET


def _opaque_text(value: Any, text: str) -> Json:
    return {"$type": "opaque", "class": class_name(value), "repr": text}


_Way: TypeAlias = Callable[[_Encoder, Any], Json]
_FLAT: frozenset[_Way] = frozenset({_scalar, _int, _float, _str, _bytes, _whole_bytes, _secret})
"""What has nothing inside and cannot raise."""

_NAMED: dict[str, _Way] = {"BaseMessage": _message, "Document": _document, "PromptValue": _prompt}
_HOMES = ("chainviz", "langchain_core")
_BASES = (int, float, str, bytes, bytearray, list, tuple, dict)
"""Classes whose subclasses are encoded as they are."""


class _Ways(dict[type[Any], _Way]):
    """How each class is encoded, as far as values of it have been seen."""

    def __missing__(self, cls: type[Any]) -> _Way:
        way = self[cls] = self._new(cls)
        return way

    def _new(self, cls: type[Any]) -> _Way:
        if hasattr(cls, "get_secret_value"):
            return _secret
        for base in cls.__mro__:
            if (way := _NAMED.get(base.__name__)) is not None and base.__module__.split(".")[0] in _HOMES:
                return way
        if _field_names(cls):
            return _object
        if issubclass(cls, Enum):
            return _opaque
        return next((self[base] for base in _BASES if issubclass(cls, base)), _opaque)


_SHOWN = _Ways(
    {
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
        StoredValue: _stored,
    }
)
_WHOLE = _Ways({**_SHOWN, bytes: _whole_bytes, bytearray: _whole_bytes, tuple: _whole_tuple, AddableDict: _addable})


def is_message(value: Any) -> bool:
    """Whether a value is a chat message, which is shown by its fields."""
    return _SHOWN[cast("type[Any]", type(value))] is _message


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


def _attribute(value: Any, name: str) -> Any:
    """A field's value; a note where reading it raises."""
    try:
        return getattr(value, name)
    except Exception as error:
        return f"<raised {type(error).__name__} when it was read>"


def _tells(value: Any) -> bool:
    """False for a field that holds nothing."""
    return not (value is None or value is False or (isinstance(value, str | list | tuple | dict) and not value))
