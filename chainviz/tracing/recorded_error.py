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
    try:
        message = visible(str(error))
    except Exception:
        message = guarded_repr(error)
    return {"type": class_name(error), "message": message[:limit], "traceback": _traceback(error)[-limit:]}


def _traceback(error: BaseException) -> str:
    if isinstance(error, RecordedError):
        return error.traceback
    try:
        return visible("".join(traceback.format_exception(error, limit=-DEPTH)))
    except Exception:
        return ""


__all__ = ["RecordedError", "encode_error"]
