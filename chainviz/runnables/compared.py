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


__all__ = ["Compared"]
