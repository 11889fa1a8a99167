"""Steps that are equal where what they are made of is."""

from __future__ import annotations

from typing import Any


class Compared:
    """A mixin for combinators: one is equal to another of its class whose parts are equal, and so has no hash."""

    __slots__ = ()
    name: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Compared) and type(self) is type(other) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]

    def _parts(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


def same_function(one: Any, other: Any) -> bool:
    """Whether two steps have the same function for the sync verbs, or for the async ones where they have no other."""
    if one.func is not None and other.func is not None:
        return one.func == other.func
    return one.afunc is not None and one.afunc == other.afunc


__all__ = ["Compared", "same_function"]
