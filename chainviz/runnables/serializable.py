"""Steps whose parameters are pydantic fields: prompts, models, parsers, retrievers and tools."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from chainviz.runnables.base import Input, Output
from chainviz.runnables.step import Step


class RunnableSerializable(BaseModel, Step[Input, Output]):  # pyright: ignore[reportUnsafeMultipleInheritance]
    """A step with validated parameters. Raises pydantic's ValidationError where one is not of its type."""

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    name: str | None = None

    def __repr_args__(self):  # type: ignore[no-untyped-def]
        """Only what differs from the defaults."""
        for key, value in super().__repr_args__():
            field = type(self).model_fields.get(key or "")
            if field is None or field.is_required() or value != field.get_default(call_default_factory=False):
                yield key, value


__all__ = ["RunnableSerializable"]
