"""Adding up the chunks of a stream."""

from __future__ import annotations

from functools import reduce
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
    """The sum of a stream's chunks, MISSING where there are none."""
    if not chunks:
        return MISSING
    if len(chunks) == 1:
        return chunks[0]
    if all(type(chunk) is str for chunk in chunks):
        return "".join(chunks)
    try:
        return reduce(add, chunks)
    except TypeError:
        return reduce(added, chunks)


__all__ = ["AddableDict", "added", "total_of"]
