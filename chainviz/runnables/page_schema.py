"""The short form of a JSON Schema: shared parts under `definitions`, keywords in the order in which people read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

_ORDER = ["title", "description", "default", "enum", "type", "anyOf", "allOf", "items", "properties", "required"]
_PLACES = {keyword: place for place, keyword in enumerate(_ORDER)}
_OLD, _NEW = "#/$defs/", "#/definitions/"

Schema = dict[str, Any]


def page_schema(schema: Schema) -> Schema:
    """A schema of 2020-12 in the short form. A constant is an `enum` of one; that more keys may come is not said."""
    parts: dict[str, Schema] = schema.get("$defs", {})
    short = _short({key: value for key, value in schema.items() if key != "$defs"})
    definitions: dict[str, Schema] = {}
    _collect(short, parts, definitions, set())
    return {**short, "definitions": definitions} if definitions else short


def _collect(short: Schema, parts: dict[str, Schema], definitions: dict[str, Schema], seen: set[str]) -> None:
    """Put what `short` refers to into `definitions`, each part after those that it refers to itself."""
    for name in _references(short):
        if name not in seen and name in parts:
            seen.add(name)
            part = _short(parts[name])
            _collect(part, parts, definitions, seen)
            definitions[name] = part


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = cast("Schema", value).get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(_NEW)
        for inner in cast("Schema", value).values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _references(inner)


def _short(schema: Schema) -> Schema:
    result: Schema = {}
    for key, value in schema.items():
        if key == "const":
            result["enum"] = [value]
        elif key == "$ref":
            result[key] = value.replace(_OLD, _NEW)
        elif key == "properties":
            result[key] = {name: _short(part) for name, part in value.items()}
        elif key in ("anyOf", "oneOf", "allOf"):
            result["anyOf" if key == "oneOf" else key] = [_short(part) for part in value]
        elif isinstance(value, dict) and key in ("items", "additionalProperties"):
            result[key] = _short(cast("Schema", value))
        elif key not in ("discriminator", "additionalProperties") or value is False:
            result[key] = value
    return dict(sorted(result.items(), key=lambda entry: _PLACES.get(entry[0], len(_ORDER))))


__all__ = ["page_schema"]
