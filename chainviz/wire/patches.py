"""The compact form of a run log's patches: what grows is sent as what was added to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.values import field_names, is_message, visible
from chainviz.wire.encode import LIMIT, NAME, encode, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

Op = dict[str, Any]

_GROWS = "/final_output"
_WHOLE = 1_000_000
"""Characters that the growing value may take when it is sent whole: more than a value's limit, for it is sent once."""


class Compactor:
    """Turns the operations of one root run into wire operations. Knows the last value of what is replaced as it grows.

    `replace /final_output` repeats the whole output at every chunk. Where the new value is the old one and more, it
    becomes `append` on each string that grew and `add` of each key that came.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._final: Any = None
        self._is_cut = False

    def compact(self, ops: Sequence[Op], *, emit: bool = True) -> list[Op]:
        """The wire form of an event's operations; with `emit=False` they are only taken note of."""
        result: list[Op] = []
        for op in ops:
            path, value = op["path"], op.get("value")
            if path == _GROWS and op["op"] == "replace":
                growth = None if self._is_cut else grown(path, self._final, value)
                self._final = value
                if growth is None:
                    encoded = encode(value, _WHOLE)
                    self._is_cut = isinstance(encoded, dict) and encoded.get("$type") == "cut"
                    growth = [{"op": "replace", "path": path, "value": encoded}]
                result += growth
            elif emit:
                result.append({"op": op["op"], "path": placed(path), "value": self._value(path, value)})
        return result

    def grow(self, text: str) -> bool:
        """Take note of more text at the end of a final output that is one; False, with none taken, where it is none."""
        if self._is_cut or type(self._final) is not str or type(text) is not str or not text:
            return False
        self._final += text
        return True

    def _value(self, path: str, value: Any) -> Any:
        """Each field of a run's entry by itself: the entry stays one, however long a name in it is."""
        if path == "" or (path.startswith("/logs/") and path.count("/") == 2):
            return {name: encode(field, self._limit) for name, field in value.items()}
        return encode(value, self._limit)


def grown(path: str, before: Any, after: Any) -> list[Op] | None:
    """What leads from one value to a later one if it only grew; None where it did not."""
    if isinstance(before, str) and isinstance(after, str):
        if not after.startswith(before):
            return None
        added = after[len(before) :]
        return [{"op": "append", "path": path, "value": visible(added)}] if added else []
    if is_message(before) and type(before) is type(after):
        return _grown_message(path, before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        return _grown_dict(path, cast("dict[Any, Any]", before), cast("dict[Any, Any]", after))
    return [] if before is after else None


def _grown_dict(path: str, before: dict[Any, Any], after: dict[Any, Any]) -> list[Op] | None:
    ops: list[Op] = []
    if any(key not in after for key in before):
        return None
    for key, value in after.items():
        if not isinstance(key, str) or key.startswith("$") or len(key) > NAME:
            return None
        below = f"{path}/{visible(key).replace('~', '~0').replace('/', '~1')}"
        if key not in before:
            ops.append({"op": "add", "path": below, "value": encode(value, _WHOLE)})
            continue
        inner = grown(below, before[key], value)
        if inner is None:
            inner = [{"op": "replace", "path": below, "value": encode(value, _WHOLE)}]
        ops += inner
    return ops


def _grown_message(path: str, before: Any, after: Any) -> list[Op] | None:
    for name in field_names(before):
        if name != "content" and getattr(before, name, None) != getattr(after, name, None):
            return None
    return grown(f"{path}/content", before.content, after.content)
