"""What events brought, for a page that has a trace in columns: by seq, or by a text that they hold."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.events import MISSING, CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import Json, visible
from chainviz.wire.encode import LIMIT, encode
from chainviz.wire.frames import text_of

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

PATIENCE = 0.2
"""Seconds that one part of a search may take."""
_STEP = 500


def values_of(trace: Trace, seqs: list[int]) -> dict[str, Any]:
    """A `messages.Values`."""
    values: list[Json] = []
    inputs: list[tuple[int, Json]] = []
    errors: list[tuple[int, dict[str, Any]]] = []
    for seq in seqs:
        found, event = next(trace.recorder.numbered(max(0, seq)), (-1, None))
        if event is None or found != seq:
            values.append(None)
            continue
        values.append(_value(event))
        if isinstance(event, RunEnd | RunError) and event.inputs is not MISSING:
            inputs.append((seq, encode(event.inputs)))
        if isinstance(event, RunError):
            errors.append((seq, encode_error(event.error, LIMIT)))
    return {"values": values, "inputs": inputs, "errors": errors}


def _value(event: RunEvent) -> Json:
    """What an event brought, as frames tell it; null for an error, which is told apart."""
    if isinstance(event, RunStart):
        return None if event.inputs is MISSING else encode(event.inputs)
    if isinstance(event, RunChunk):
        text = text_of(event.chunk)
        return encode(event.chunk if text is None or len(text) > LIMIT else text)
    if isinstance(event, RunEnd):
        return encode(event.output)
    if isinstance(event, CustomEvent):
        return encode(event.data)
    return visible(event.reason) if isinstance(event, RunCancel) else None


def search(trace: Trace, text: str, from_seq: int) -> dict[str, Any]:
    """A `messages.Found`: as far as it comes in a fifth of a second."""
    needle, began = text.lower(), perf_counter()
    recorder = trace.recorder
    end, seqs = recorder.count, list[int]()
    for index, (seq, event) in enumerate(recorder.numbered(max(0, from_seq))):
        if seq >= end or (index % _STEP == _STEP - 1 and perf_counter() - began > PATIENCE):
            return {"to_seq": min(seq, end), "end_seq": end, "seqs": seqs}
        if isinstance(event, RunError | RunCancel):
            continue
        if holds(_value(event), needle):
            seqs.append(seq)
    return {"to_seq": end, "end_seq": end, "seqs": seqs}


def holds(value: Json, needle: str) -> bool:
    """Whether a text, in lower case, occurs in any string or key inside a value."""
    if isinstance(value, str):
        return needle in value.lower()
    if isinstance(value, list):
        return any(holds(item, needle) for item in value)
    if isinstance(value, dict):
        return any(
            key != "$type" and (needle in key.lower() or holds(cast("Json", item), needle))
            for key, item in value.items()
        )
    return value is not None and needle in ("true" if value is True else "false" if value is False else str(value))
