"""Values of live objects as parameters: plain ones as they are, what is more than plain kept and named by a `Ref`."""

from __future__ import annotations

from inspect import isroutine
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder.tree import Ref
from chainviz.tracing.redact import says_secret

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog

LONGEST = 10_000
"""Characters of a value that one can still read in code."""
DEEPEST = 16
_LONG_NUMBER = 256


def plain(value: Any, wished: str, catalog: Catalog) -> Any:
    """The value as a parameter. `wished` is the name for it where it is kept; secrets always are."""
    if value is not None and says_secret(wished):
        return Ref(catalog.keep(value, wished))
    if size(value) > LONGEST:
        return Ref(catalog.keep(value, wished))
    return _plain(value, wished, catalog)


def _plain(value: Any, wished: str, catalog: Catalog) -> Any:
    kind = cast("type[Any]", type(value))
    if value is None or kind in (bool, int, float, str):
        return value
    if kind in (list, tuple):
        items = [plain(item, wished, catalog) for item in value]
        return tuple(items) if kind is tuple else items
    if kind is dict:
        return {key: plain(item, key, catalog) for key, item in cast("dict[str, Any]", value).items()}
    return Ref(catalog.keep(value, _name(value) or wished))


def _name(value: Any) -> str | None:
    """The own name of a class or a function."""
    name = getattr(value, "__name__", None) if isinstance(value, type) or isroutine(value) else None
    return name if isinstance(name, str) and name.isidentifier() else None


def size(value: Any, deep: int = 0) -> int:
    """About how many characters a value takes in code: more than the longest where it is no value for code."""
    kind = cast("type[Any]", type(value))
    if kind is str:
        return len(value)
    if kind is float:
        return 8 if isfinite(value) else LONGEST + 1
    if kind is int:
        return 8 if value.bit_length() < _LONG_NUMBER else LONGEST + 1
    if kind in (list, tuple, dict):
        if deep == DEEPEST:
            return LONGEST + 1
        total = 2
        items: Any = [*value.keys(), *value.values()] if kind is dict else value
        for item in items:
            total += 2 + size(item, deep + 1)
            if total > LONGEST:
                break
        return total if kind is not dict or all(type(key) is str for key in value) else LONGEST + 1
    return 8


__all__ = ["DEEPEST", "LONGEST", "plain", "size"]
