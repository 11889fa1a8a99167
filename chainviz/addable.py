"""Adding up the chunks of a stream."""

from __future__ import annotations

from functools import reduce
from itertools import chain
from operator import add
from typing import Any

from chainviz.missing import MISSING


class AddableDict(dict[str, Any]):
    """A dict that is a chunk: adding another adds the values of the keys that both have, and takes the new ones."""

    def __add__(self, other: AddableDict) -> AddableDict:
        total = AddableDict(self)
        for key, value in other.items():
            before = total.get(key)
            if before is None:
                total[key] = value
            elif value is not None:
                total[key] = added(before, value)
        return total

    def __radd__(self, other: AddableDict) -> AddableDict:
        return AddableDict(other) + self


def added(first: Any, second: Any) -> Any:
    """`first + second`, or `second` where these can't be added."""
    try:
        return first + second
    except TypeError:
        return second


def total_of(chunks: list[Any]) -> Any:
    """The sum of a stream's chunks, MISSING where there are none.

    As many kinds of chunks as can are added up all at once: one by one, the work would grow with the square.
    """
    if not chunks:
        return MISSING
    if len(chunks) == 1:
        return chunks[0]
    kinds = set(map(type, chunks))
    if len(kinds) == 1:
        (kind,) = kinds
        if kind is str:
            return "".join(chunks)
        if kind is list:
            return list(chain.from_iterable(chunks))
        if kind is AddableDict:
            return _total_of_dicts(chunks)
        if getattr(kind, "adds_lists", False):
            return chunks[0] + chunks[1:]
    try:
        return reduce(add, chunks)
    except TypeError:
        return reduce(added, chunks)


def _total_of_dicts(chunks: list[AddableDict]) -> AddableDict:
    values: dict[str, list[Any]] = {}
    for chunk in chunks:
        for key, value in chunk.items():
            values.setdefault(key, []).append(value)
    totals = {key: total_of([value for value in several if value is not None]) for key, several in values.items()}
    return AddableDict({key: None if total is MISSING else total for key, total in totals.items()})


__all__ = ["AddableDict", "added", "total_of"]
