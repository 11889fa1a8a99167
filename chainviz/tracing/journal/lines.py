"""Run events as lines of a journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chainviz.tracing.events import MISSING, CustomEvent, RunCancel, RunChunk, RunEnd, RunStart
from chainviz.tracing.pieces import Pieces
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import encode_whole, visible

if TYPE_CHECKING:
    from chainviz.tracing.events import Run, RunEvent, TerminalEvent
    from chainviz.tracing.pieces import Ends
    from chainviz.tracing.redact import Redactor
    from chainviz.tracing.values import Json

FORMAT = "chainviz journal"
VERSION = 1
VALUE = 4_000_000
"""Characters that one value may take; what is longer is cut, and says so."""

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode


def line(seq: int, text: str) -> bytes:
    """The line of the event number `seq`, of which `text` says the rest."""
    return f'{{"seq":{seq},{text}\n'.encode()


class Writer:
    """Writes the events of one trace as texts; with a `redactor`, without their secrets."""

    def __init__(self, origin: int, redactor: Redactor | None) -> None:
        """`origin` is the monotonic time of the anchor."""
        self._origin = origin
        self._redactor = redactor
        self._ends: Ends = {}

    def header(self, trace: str, name: str | None, wall_ns: int) -> bytes:
        """The first line."""
        shown = None if name is None else visible(name)
        if shown is not None and self._redactor is not None:
            shown = self._redactor.text(shown)
        fields = {"format": FORMAT, "version": VERSION, "trace": trace, "name": shown, "anchor": wall_ns}
        return f"{_json(fields)}\n".encode()

    def text(self, event: RunEvent, id: str) -> str:
        """An event of the run with this id, without its number, which it gets when its turn to be written comes."""
        begin = f'"t":{event.t - self._origin},"run":{_json(id)},"kind":'
        if isinstance(event, RunChunk):  # streams are made of these, so this way is short
            return f'{begin}"chunk","chunk":{_json(self._piece(encode_whole(event.chunk, VALUE), id))}}}'
        kind, fields = _fields(event)
        inputs = getattr(event, "inputs", MISSING)
        if inputs is not MISSING:
            fields["input"] = encode_whole(inputs, VALUE)
        if self._redactor is not None:
            if isinstance(event, RunStart):
                self._redactor.meet(event.run.step)
            fields = self._redactor.value(fields)
            if kind in ("end", "error", "cancel"):
                self._ends.pop(id, None)
        return f'{begin}"{kind}",{_json(fields)[1:]}'

    def _piece(self, chunk: Json, id: str) -> Json:
        if self._redactor is None:
            return chunk
        held = [chunk]
        pieces = Pieces(self._redactor, self._ends)
        pieces.take(id, "", held, 0)
        pieces.clean()
        return held[0]


def _fields(event: RunStart | TerminalEvent | CustomEvent) -> tuple[str, dict[str, Any]]:
    if isinstance(event, RunStart):
        return "start", _description(event.run)
    if isinstance(event, RunEnd):
        result = event.run.result
        said = {} if result is None else {"result": encode_whole(result, VALUE)}
        return "end", {"output": encode_whole(event.output, VALUE), **said}
    if isinstance(event, RunCancel):
        return "cancel", {"reason": visible(str(event.reason))}
    if isinstance(event, CustomEvent):
        said = {"name": visible(str(event.name)), "data": encode_whole(event.data, VALUE)}
        return "custom", {**said, **_labels(event)}
    return "error", {"error": encode_error(event.error, VALUE)}


def _description(run: Run) -> dict[str, Any]:
    return {
        "parent_ids": run.parent_ids,
        "path": visible(run.path),
        "type": run.type,
        "name": visible(str(run.name)),
        **_labels(run),
    }


def _labels(labelled: Run | CustomEvent) -> dict[str, Any]:
    return {
        "tags": [visible(str(tag)) for tag in labelled.tags],
        "metadata": {visible(str(key)): encode_whole(value, VALUE) for key, value in labelled.metadata.items()},
    }


__all__ = ["FORMAT", "VALUE", "VERSION", "Writer", "line"]
