"""Steps whose parameters are pydantic fields: prompts, models, parsers, retrievers and tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from chainviz.errors import InvalidConfigError, nearest
from chainviz.runnables.base import Input, Output
from chainviz.runnables.step import Step


class RunnableSerializable(BaseModel, Step[Input, Output]):  # pyright: ignore[reportUnsafeMultipleInheritance]
    """A step with validated parameters.

    Raises InvalidConfigError for a parameter that it does not have, pydantic's ValidationError where one is not of
    its type.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    name: str | None = None

    def __init__(self, **parameters: Any) -> None:
        if type(self).model_config.get("extra") is None:
            refuse_unknown(type(self), parameters)
        super().__init__(**parameters)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return unusual(self, super().__repr_args__())


def refuse_unknown(cls: type[BaseModel], parameters: Iterable[str]) -> None:
    """Raises InvalidConfigError where one of the parameters is no field of the class."""
    aliases = (field.validation_alias for field in cls.model_fields.values())
    known = {*cls.model_fields, *(alias for alias in aliases if isinstance(alias, str))}
    for key in parameters:
        if key not in known:
            raise InvalidConfigError(
                f"{cls.__name__}: expected parameters like {', '.join(sorted(known)[:3])}, got {key!r}"
                f"{nearest(key, known)}"
            )


def unusual(model: BaseModel, args: Iterable[tuple[str | None, Any]]) -> Iterator[tuple[str | None, Any]]:
    """Of the arguments for a repr, those that differ from a default value."""
    for key, value in args:
        field = type(model).model_fields.get(key or "")
        if field is None or field.is_required() or value != field.get_default():
            yield key, value


__all__ = ["RunnableSerializable", "refuse_unknown", "unusual"]
