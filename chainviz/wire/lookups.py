"""What events brought, for a page that has a trace in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.tracing.events import MISSING, CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import Json, visible
from chainviz.wire.encode import LIMIT, encode
from chainviz.wire.frames import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainviz.tracing.events import Run, RunEvent
    from chainviz.tracing.trace import Trace


AROUND = 500
"""Events on each side of those that are asked for, by which it is known whether a chunk is a piece of a secret."""


class Piece(NamedTuple):
    """A chunk of a run: the place of its value among those that were asked for, None for one that was not."""

    run: Run
    place: int | None
    value: Json


def values_of(trace: Trace, seqs: list[int]) -> tuple[dict[str, Any], list[Piece]]:
    """A `messages.Values`; and in order the chunks among them, with those around them of the same runs."""
    values: list[Json] = []
    runs: dict[int, Run] = {}
    inputs: list[tuple[int, Json]] = []
    errors: list[tuple[int, dict[str, Any]]] = []
    for seq in seqs:
        found, event = next(trace.recorder.numbered(max(0, seq)), (-1, None))
        if event is None or found != seq:
            values.append(None)
            continue
        values.append(value_of(event))
        if isinstance(event, RunChunk):
            runs[seq] = event.run
        if isinstance(event, RunEnd | RunError) and event.inputs is not MISSING:
            inputs.append((seq, encode(event.inputs)))
        if isinstance(event, RunError):
            errors.append((seq, encode_error(event.error, LIMIT)))
    return {"values": values, "inputs": inputs, "errors": errors}, list(_pieces(trace, seqs, runs))


def _pieces(trace: Trace, seqs: list[int], runs: dict[int, Run]) -> Iterator[Piece]:
    asked, places = set(runs.values()), {seq: place for place, seq in enumerate(seqs)}
    done = 0
    for near in sorted(runs):
        for seq, event in trace.recorder.numbered(max(done, near - AROUND)):
            if seq > near + AROUND:
                break
            done = seq + 1
            if isinstance(event, RunChunk) and event.run in asked:
                yield Piece(event.run, places.get(seq), value_of(event))


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


__all__ = ["Piece", "value_of", "values_of"]
