"""What events brought, for a page that has a trace in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.tracing.events import MISSING, CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import Json, visible
from chainviz.wire.encode import LIMIT, encode
from chainviz.wire.frames import text_of

if TYPE_CHECKING:
    from chainviz.tracing.events import Run, RunEvent
    from chainviz.tracing.trace import Trace


def values_of(trace: Trace, seqs: list[int]) -> tuple[dict[str, Any], list[Run | None]]:
    """A `messages.Values`; and of each value that is a chunk, whose."""
    values: list[Json] = []
    runs: list[Run | None] = []
    inputs: list[tuple[int, Json]] = []
    errors: list[tuple[int, dict[str, Any]]] = []
    for seq in seqs:
        found, event = next(trace.recorder.numbered(max(0, seq)), (-1, None))
        runs.append(event.run if isinstance(event, RunChunk) else None)
        if event is None or found != seq:
            values.append(None)
            continue
        values.append(value_of(event))
        if isinstance(event, RunEnd | RunError) and event.inputs is not MISSING:
            inputs.append((seq, encode(event.inputs)))
        if isinstance(event, RunError):
            errors.append((seq, encode_error(event.error, LIMIT)))
    return {"values": values, "inputs": inputs, "errors": errors}, runs


def value_of(event: RunEvent) -> Json:
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
    return visible(event.reason)[:LIMIT] if isinstance(event, RunCancel) else None


__all__ = ["value_of", "values_of"]
