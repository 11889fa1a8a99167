"""The value of what is not known (yet)."""

from __future__ import annotations

from typing import Any, Final


class _Missing:
    """False, and equal to nothing but itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final[Any] = _Missing()

__all__ = ["MISSING"]
