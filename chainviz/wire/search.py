"""Searching what the events of a trace brought, for a page that has the trace without its values."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.events import RunCancel, RunError
from chainviz.tracing.values import Json
from chainviz.wire.lookups import value_of

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

PATIENCE = 0.2
"""Seconds that one part of a search may take."""
STEP = 500
"""How many events are read between two looks at the clock, and kept as one text."""
MOST = 100_000_000
"""Characters that are kept; what is beyond is read anew for each search."""
_BETWEEN = "\0"


class _Block:
    """The texts of some events in a row, as one."""

    def __init__(self, events: list[tuple[int, str]]) -> None:
        self.seqs = array("Q", (seq for seq, _ in events))
        self.starts = array("Q", [0])
        for _, text in events:
            self.starts.append(self.starts[-1] + len(text) + len(_BETWEEN))
        self.text = _BETWEEN.join(text for _, text in events)

    def find(self, needle: str, from_seq: int) -> Iterator[int]:
        at = self.starts[bisect_left(self.seqs, from_seq)]
        while (at := self.text.find(needle, at)) >= 0:
            place = bisect_right(self.starts, at) - 1
            yield self.seqs[place]
            at = self.starts[place + 1]


class Texts:
    """The texts of a trace's events in lower case: made once, as far as a search gets, then searched all at once."""

    def __init__(self, trace: Trace) -> None:
        self._recorder = trace.recorder
        self._blocks: list[_Block] = []
        self._size = 0
        self._upto = 0
        self._lock = Lock()

    def search(self, text: str, from_seq: int) -> dict[str, Any]:
        """A `messages.Found`: the events with a text in any string or key of what they brought, as far as that comes in
        a fifth of a second. No text is in none of them, but makes ready for others."""
        needle, until = text.lower(), perf_counter() + PATIENCE
        end, seqs, asked = self._recorder.count, list[int](), from_seq
        with self._lock:
            self._keep(end, until)
            if _BETWEEN not in needle and from_seq < self._upto:
                for block in self._blocks if needle else ():
                    seqs += block.find(needle, from_seq)
                from_seq = self._upto
        for several in self._read(max(0, from_seq), end):
            first, _ = several[0]
            if first > asked and perf_counter() > until:
                return {"to_seq": first, "end_seq": end, "seqs": seqs}
            if needle:
                seqs += [seq for seq, event in several if any(needle in text for text in texts_of(event))]
        return {"to_seq": end, "end_seq": end, "seqs": seqs}

    def _keep(self, end: int, until: float) -> None:
        """Go on keeping texts where it stopped, for one step at least."""
        for step, several in enumerate(self._read(self._upto, end)):
            if self._size > MOST or (step and perf_counter() > until):
                return
            block = _Block([(seq, _BETWEEN.join(texts_of(event))) for seq, event in several])
            self._blocks.append(block)
            self._size += len(block.text)
            self._upto = several[-1][0] + 1

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


def texts_of(event: RunEvent) -> Iterator[str]:
    """The strings and keys inside what an event brought, in lower case; an error and a reason are known to the page."""
    return iter(()) if isinstance(event, RunError | RunCancel) else _texts_in(value_of(event))


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
