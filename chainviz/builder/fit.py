"""Whether what one step gives is what the next one takes, as far as the shapes of types tell."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin

from chainviz.graph.types import ANY, REST, Shape, text

if TYPE_CHECKING:
    from chainviz.graph.model import Node

_LISTS = frozenset({"list", "tuple", "set"})
_NUMBERS = {"bool": {"int", "float"}, "int": {"float"}}
_PLAIN = frozenset({"str", "int", "float", "bool", "bytes", "None", "dict"})
"""Classes that nobody means a subclass of."""
IsA = Callable[[str, str], bool]
"""Whether the class of the first name is one of the second."""


def fits(given: Shape, wanted: Shape, is_a: IsA = lambda one, other: False) -> bool:
    """Whether a value of one shape can be taken where another is wanted; in doubt, it can."""
    if isinstance(given, str) and isinstance(wanted, str) and _fits_by_name(given, wanted):
        return True
    if isinstance(given, dict):
        if isinstance(wanted, dict):
            return all(
                key == REST or (key in given and fits(given[key], shape, is_a)) or (key not in given and REST in given)
                for key, shape in wanted.items()
            )
        return any(_is_any(option) or _outer(option) in ("dict", "Mapping") for option in options(wanted))
    if isinstance(wanted, dict):
        return any(_is_any(option) or _outer(option) in ("dict", "Mapping") for option in options(given)) or (
            len(wanted) == 1 and REST not in wanted and fits(given, next(iter(wanted.values())), is_a)
        )
    return any(_fits(one, other, is_a) for one in options(given) for other in options(wanted))


def _fits(given: str, wanted: str, is_a: IsA) -> bool:
    if _is_any(given) or _is_any(wanted) or given == wanted:
        return True
    outer, inner = _outer(given), _outer(wanted)
    if outer in _LISTS or inner in _LISTS:
        return outer == inner and fits(_shape(item_of(given)), _shape(item_of(wanted)), is_a)
    if outer == inner and "[" in given + wanted:
        return True
    if wanted == "Message" or wanted == "BaseMessage":
        return given.endswith(("Message", "MessageChunk"))
    if wanted == "PromptValue":
        return given.endswith(("PromptValue", "PromptValueConcrete"))
    return wanted in _NUMBERS.get(given, ()) or (not {given, wanted} & _PLAIN and is_a(given, wanted))


@lru_cache(maxsize=4096)
def _fits_by_name(given: str, wanted: str) -> bool:
    """Whether it is told without knowing the classes."""
    return any(_fits(one, other, lambda one, other: False) for one in options(given) for other in options(wanted))


def is_vague(shape: Shape) -> bool:
    """Whether a shape says hardly anything."""
    return isinstance(shape, str) and _is_any(shape)


def _shape(said: str) -> Shape:
    """The shape that a text is of: of a dict, what stands behind its keys."""
    if not said.startswith("{") or len(_split(said, "|")) > 1:
        return said
    pairs = [each.partition(": ") for each in _split(said[1:-1], ",")]
    return {key: _shape(value) for key, _, value in pairs}


def options(shape: Shape) -> list[str]:
    """The types that a shape is one of."""
    return _split(text(shape), "|")


@lru_cache(maxsize=4096)
def _split(said: str, between: str) -> list[str]:
    found, depth, start = list[str](), 0, 0
    for index, sign in enumerate(said):
        depth += (sign in "[{") - (sign in "]}")
        if sign == between and depth == 0:
            found.append(said[start:index].strip())
            start = index + 1
    return [*found, said[start:].strip()]


def item_of(shape: Shape) -> str:
    """The type of the items of a list."""
    said = text(shape)
    return said[said.index("[") + 1 : -1] if said.endswith("]") and _outer(said) in _LISTS else ANY


def _outer(said: str) -> str:
    return "dict" if said.startswith("{") else said.partition("[")[0]


def _is_any(said: str) -> bool:
    return said in ("", ANY) or (len(said) == 1 and said.isupper())


def classes_of(nodes: Iterable[Node]) -> dict[str, type[Any]]:
    """The classes that the steps of a chain take and give, by name."""
    known: dict[str, type[Any]] = {}
    for node in nodes:
        for attribute in ("InputType", "OutputType"):
            try:
                _collect(getattr(node.data, attribute, None), known)
            except Exception:  # a user's property
                continue
    return known


def _collect(type_: Any, known: dict[str, type[Any]]) -> None:
    if get_origin(type_) in (Union, types.UnionType) or get_args(type_):
        for argument in get_args(type_):
            _collect(argument, known)
    elif isinstance(type_, type):
        known[cast("type[Any]", type_).__name__] = type_


__all__ = ["IsA", "classes_of", "fits", "is_vague", "item_of", "options"]
