"""An exception as data, and what stands for it once only the data is left."""

from __future__ import annotations

import traceback
from typing import Any

from chainviz.errors import ChainvizError
from chainviz.tracing.values import DEPTH, class_name, guarded_repr, visible


class RecordedError(ChainvizError):
    """An exception that was raised in another process: its message, the name of its class, and its traceback's text.

    It is of a class of its own with the name of the original one, so it shows as that wherever exceptions are shown.
    """

    traceback: str = ""

    @classmethod
    def named(cls, name: str) -> type[RecordedError]:
        """The class for exceptions whose class had this name, module and all."""
        module, _, own = name.rpartition(".")
        return type(own, (cls,), {"__module__": module or "builtins", "__qualname__": own})


def encode_error(error: BaseException, limit: int) -> dict[str, Any]:
    """An exception as `{type, message, traceback}`; its traceback's end is what stays where it is too long."""
    return {"type": class_name(error), "message": message_of(error)[:limit], "traceback": _traceback(error)[-limit:]}


def message_of(error: BaseException) -> str:
    """What an exception says, whatever its `__str__` does."""
    try:
        return visible(str(error))
    except Exception:  # it may be anybody's class
        return guarded_repr(error)


def _traceback(error: BaseException) -> str:
    if isinstance(error, RecordedError):
        return error.traceback
    try:
        return visible("".join(traceback.format_exception(error, limit=-DEPTH)))
    except Exception:  # what an exception says of itself is asked for there, too
        return ""


__all__ = ["RecordedError", "encode_error", "message_of"]
