"""Searching what the events of a trace brought, for a page that has the trace without its values."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.events import CustomEvent, RunChunk, RunEnd, RunStart
from chainviz.tracing.values import Json, visible
from chainviz.wire.encode import LIMIT
from chainviz.wire.frames import text_of
from chainviz.wire.lookups import value_of

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

PATIENCE = 0.2
"""Seconds that one part of a search may take."""
STEP = 500
"""How many events are read between two looks at the clock."""
MOST = 100_000_000
"""Characters that are kept; what is beyond is read anew for each search."""
_BETWEEN = "\0"
_BROUGHT: dict[type[Any], str] = {RunStart: "inputs", RunChunk: "chunk", RunEnd: "output", CustomEvent: "data"}
_NO, _YES = b"01"


class Texts:
    """The texts of a trace's events in lower case: read once, as far as a search gets, and each kept once, however many
    events say it."""

    def __init__(self, trace: Trace) -> None:
        self._recorder = trace.recorder
        self._texts = [""]
        self._numbers = {"": 0}
        self._of = array("I")  # by seq: the number of the event's text, 0 for an event that is gone
        self._size = 0
        self._before: tuple[Any, int] = None, 0
        self._lock = Lock()

    def search(self, text: str, from_seq: int) -> tuple[dict[str, Any], bytes]:
        """A `messages.Found` and its buffer: which events have a text in any string or key of what they brought, as far
        as that comes in a fifth of a second. No text is in none of them, but makes ready for others."""
        needle, until = text.lower(), perf_counter() + PATIENCE
        start, count = max(0, from_seq), self._recorder.count
        found = bytearray()  # a digit for each `seq`
        with self._lock:
            self._keep(count, until)
            if _BETWEEN not in needle:
                digits = [_YES if needle and needle in known else _NO for known in self._texts]
                found += bytes(map(digits.__getitem__, self._of[start:count]))
        end = count
        for several in self._read(start + len(found), count):
            first, _ = several[0]
            if first > start and perf_counter() > until:
                end = first
                break
            for seq, event in several if needle else ():
                found += b"0" * (seq - start - len(found))
                found.append(_YES if any(needle in said for said in _texts_of(event)) else _NO)
        bits = int(found[::-1] or b"0", 2).to_bytes(-(-len(found) // 8), "little")
        return {"to_seq": end, "end_seq": count, "count": found.count(_YES)}, bits

    def _keep(self, end: int, until: float) -> None:
        """Go on keeping texts where it stopped, for one step at least."""
        for step, several in enumerate(self._read(len(self._of), end)):
            if self._size > MOST or (step and perf_counter() > until):
                return
            for seq, event in several:
                self._of.extend([0] * (seq - len(self._of)))
                self._of.append(self._number(event))

    def _number(self, event: RunEvent) -> int:
        """The number of an event's text. What comes into or out of a run does so in its first or last step too."""
        value = getattr(event, _BROUGHT.get(event.__class__, ""), None)
        before, number = self._before
        if value is not before:
            text = _text_of(event)
            number = self._numbers.setdefault(text, len(self._texts))
            if number == len(self._texts):
                self._texts.append(text)
                self._size += len(text)
            self._before = value, number
        return number

    def _read(self, start: int, end: int) -> Iterator[list[tuple[int, RunEvent]]]:
        """The events from one `seq` on and up to another, some at a time."""
        several: list[tuple[int, RunEvent]] = []
        for seq, event in self._recorder.numbered(start):
            if seq >= end:
                break
            several.append((seq, event))
            if len(several) == STEP:
                yield several
                several = []
        if several:
            yield several


def _text_of(event: RunEvent) -> str:
    """All that an event brought as one text."""
    text = text_of(event.chunk) if isinstance(event, RunChunk) else None
    return _BETWEEN.join(_texts_of(event)) if text is None or len(text) > LIMIT else visible(text).lower()


def _texts_of(event: RunEvent) -> Iterator[str]:
    """The strings and keys inside what an event brought, in lower case; an error and a reason are known to the page."""
    return _texts_in(value_of(event)) if event.__class__ in _BROUGHT else iter(())


def _texts_in(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value.lower()
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "$type":
                yield key.lower()
                yield from _texts_in(cast("Json", item))
    elif value is not None:
        yield "true" if value is True else "false" if value is False else str(value)


__all__ = ["Texts"]
