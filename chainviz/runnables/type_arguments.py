"""What a class says between the brackets of `Runnable[Input, Output]`."""

from __future__ import annotations

from typing import Any, TypeVar, cast


def type_argument(cls: type, family: type, index: int) -> Any:
    """The type at `index` that a class, or one above it, gave to a class of `family`; Any where none did."""
    for base in cls.__mro__:
        metadata = cast("dict[str, Any]", base.__dict__.get("__pydantic_generic_metadata__") or {})
        arguments: tuple[Any, ...] = metadata.get("args") or ()
        if len(arguments) == 2 and not isinstance(arguments[index], TypeVar):
            return arguments[index]
        for generic in cast("tuple[Any, ...]", getattr(base, "__orig_bases__", ())):
            arguments = getattr(generic, "__args__", ())
            origin = getattr(generic, "__origin__", None)
            is_member = isinstance(origin, type) and issubclass(origin, family)
            if is_member and len(arguments) == 2 and not isinstance(arguments[index], TypeVar):
                return arguments[index]
    return Any


__all__ = ["type_argument"]
