"""Specs: a tree as JSON, and back. Loading one only reads it: nothing is imported, made or run."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, cast

from chainviz.builder.literals import is_name
from chainviz.builder.settle import settled
from chainviz.builder.slots import BRANCH, COMBINATORS, FALLBACKS, KEYED, SEQUENCE, SINGLE, VALIDATE
from chainviz.builder.tree import DEEPEST, Ids, Node, Ref
from chainviz.errors import InvalidInputError, shorten
from chainviz.tracing.values import no_json

VERSION = 1
LONGEST = 64_000_000
"""Bytes of a spec that is read."""
_LONG_NUMBER = 256
_FIELDS = frozenset({"component", "params", "options", "steps", "key", "variable"})


def spec_of(root: Node) -> dict[str, Any]:
    """The spec of a tree. What Python keeps stands in it by its name only."""
    return {"chainviz": VERSION, "chain": _spec(root)}


def _spec(node: Node) -> dict[str, Any]:
    said: dict[str, Any] = {"component": node.component}
    if node.key is not None:
        said["key"] = node.key
    if node.variable is not None:
        said["variable"] = node.variable
    if node.params:
        said["params"] = _json(node.params)
    if node.options:
        said["options"] = _json(node.options)
    if node.children:
        said["steps"] = [_spec(child) for child in node.children]
    return said


def _json(value: Any) -> Any:
    """A parameter as JSON: what is more than JSON is a dict with one key that begins with `$`."""
    if isinstance(value, Ref):
        return {"$kept": value.name}
    if isinstance(value, tuple):
        return {"$tuple": [_json(item) for item in cast("tuple[Any, ...]", value)]}
    if isinstance(value, list):
        return [_json(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        items = {key: _json(item) for key, item in cast("Mapping[str, Any]", value).items()}
        return {"$dict": [*map(list, items.items())]} if any(key.startswith("$") for key in items) else items
    return value


# --- loading ---------------------------------------------------------------------------------------------------


def tree_of(spec: Any, ids: Ids) -> Node:
    """The tree of a spec, which is a dict or JSON text. Components that are not known stay in it as they are.

    Raises InvalidInputError, with the place, for what is no spec.
    """
    data: Any = _read(spec) if isinstance(spec, str | bytes) else spec
    if not isinstance(data, Mapping) or cast("Any", data).get("chainviz") != VERSION:
        raise InvalidInputError(f'spec: expected a dict with "chainviz": {VERSION}, got {shorten(cast("Any", data))}')
    return settled(_node(cast("Any", data).get("chain"), "chain", ids, 1), ids)


def _read(text: str | bytes) -> Any:
    if len(text) > LONGEST:
        raise InvalidInputError(f"spec: expected at most {LONGEST:,} bytes, got {len(text):,}")
    try:
        return json.loads(text, parse_constant=no_json)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"spec: expected JSON, got what does not read as such: {error}") from None


def _node(data: Any, place: str, ids: Ids, deep: int) -> Node:
    if deep > DEEPEST:
        raise InvalidInputError(f"spec: {place}: expected at most {DEEPEST} steps inside of each other, got more")
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"spec: {place}: expected a step as a dict, got {shorten(data)}")
    fields = cast("Mapping[Any, Any]", data)
    for name in fields:
        if name not in _FIELDS:
            raise InvalidInputError(f"spec: {place}: expected the fields {', '.join(sorted(_FIELDS))}, got {name!r}")
    component, key, variable = fields.get("component"), fields.get("key"), fields.get("variable")
    if not isinstance(component, str) or not _names_component(component):
        raise InvalidInputError(f"spec: {place}: expected the name of a component, got {shorten(component)}")
    if key is not None and not isinstance(key, str):
        raise InvalidInputError(f"spec: {place}: expected the key to be a text, got {shorten(key)}")
    if variable is not None and not (isinstance(variable, str) and is_name(variable)):
        raise InvalidInputError(f"spec: {place}: expected the variable to be a name, got {shorten(variable)}")
    steps: Any = fields.get("steps", [])
    if not isinstance(steps, list):
        raise InvalidInputError(f"spec: {place}: expected the steps as a list, got {shorten(steps)}")
    children = tuple(
        _node(step, f"{place}.{index}", ids, deep + 1) for index, step in enumerate(cast("list[Any]", steps))
    )
    if not _has_room(component, len(children)):
        raise InvalidInputError(f"spec: {place}: expected the steps of a {component}, got {len(children)} of them")
    values = [_values(fields.get(name, {}), f"{place}.{name}") for name in ("params", "options")]
    return Node(ids(), component, values[0], children, key, variable, values[1])


def _names_component(name: str) -> bool:
    if not name.startswith("lambda"):
        return is_name(name.removesuffix(VALIDATE))
    try:
        return "\n" not in name and isinstance(ast.parse(name, mode="eval").body, ast.Lambda)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _has_room(component: str, count: int) -> bool:
    """Whether a component can have so many steps inside."""
    if component == BRANCH:
        return count >= 3 and count % 2 == 1
    if component in SINGLE:
        return count == 1
    if component in KEYED or component == FALLBACKS:
        return count >= 1
    return component == SEQUENCE or (component not in COMBINATORS and count == 0)


def _values(data: Any, place: str) -> dict[str, Any]:
    if not isinstance(data, Mapping) or not isinstance(values := _value(data, place, 1), dict):
        raise InvalidInputError(f"spec: {place}: expected a dict, got {shorten(data)}")
    return cast("dict[str, Any]", values)


def _value(data: Any, place: str, deep: int) -> Any:
    if deep > DEEPEST:
        raise InvalidInputError(f"spec: {place}: expected at most {DEEPEST} values inside of each other, got more")
    if isinstance(data, list):
        return [_value(item, place, deep + 1) for item in cast("list[Any]", data)]
    if isinstance(data, Mapping):
        return _of_dict(cast("Mapping[Any, Any]", data), place, deep)
    if isinstance(data, int) and data.bit_length() > _LONG_NUMBER:
        raise InvalidInputError(f"spec: {place}: expected a number of at most {_LONG_NUMBER} bits, got a longer one")
    if isinstance(data, float) and not isfinite(data):
        raise InvalidInputError(f"spec: {place}: expected a number of JSON, got {data}")
    if data is None or isinstance(data, bool | int | float | str):
        return data
    raise InvalidInputError(f"spec: {place}: expected a value of JSON, got {shorten(data)}")


def _of_dict(data: Mapping[Any, Any], place: str, deep: int) -> Any:
    match data:
        case {"$kept": str(name)} if len(data) == 1 and is_name(name):
            return Ref(name)
        case {"$tuple": list()} if len(data) == 1:
            return tuple(_value(item, place, deep + 1) for item in data["$tuple"])
        case {"$dict": list()} if len(data) == 1:
            data = _pairs(data["$dict"], place)
        case _ if any(not isinstance(key, str) or key.startswith("$") for key in data):
            raise InvalidInputError(f"spec: {place}: expected a value of a spec, got {shorten(data)}")
        case _:
            pass
    return {key: _value(item, f"{place}.{key}", deep + 1) for key, item in data.items()}


def _pairs(pairs: list[Any], place: str) -> dict[str, Any]:
    for pair in pairs:
        if not isinstance(pair, list) or len(cast("list[Any]", pair)) != 2 or not isinstance(pair[0], str):
            raise InvalidInputError(f"spec: {place}: expected pairs of a text and a value, got {shorten(pair)}")
    return dict(pairs)


__all__ = ["LONGEST", "VERSION", "spec_of", "tree_of"]
