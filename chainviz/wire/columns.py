"""A long trace in columns: what happened when in which run, in binary, part by part; values are asked for later."""

from __future__ import annotations

import json
import sys
from array import array
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.events import MISSING, CustomEvent, Run, RunCancel, RunChunk, RunError, RunStart
from chainviz.tracing.recorded_error import message_of
from chainviz.tracing.values import class_name, is_message, visible
from chainviz.wire.drawings import drawing_of
from chainviz.wire.encode import LIMIT, encode, named, placed
from chainviz.wire.frames import about, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

Dict = dict[str, Any]

MANY = 5_000
"""Events that a page must lack to get them in columns."""
PART = 50_000
"""Events in one part."""

START, CHUNK, TOKEN, END, ERROR, CANCEL, CUSTOM = range(1, 8)
HAS_INPUT = 16
_MESSAGE = 500


class ColumnReader:
    """Walks through a trace's events; each `part` goes on where the last one ended."""

    def __init__(self, trace: Trace) -> None:
        self.seq = 0
        self._trace = trace
        self._roots: dict[Run, Run] = {}
        self._shapes: set[int] = set()

    def part(self, have: int = 0) -> tuple[Dict, list[bytes]]:
        """A `messages.Columns` from `have` on, with its buffers. `have` is not before where the last part ended."""
        recorder = self._trace.recorder
        closed, end, dropped = self._trace.closed, recorder.count, recorder.dropped
        out = _Part(recorder.anchor[0], self._roots)
        start = max(self.seq, min(have, end))
        for seq, event in recorder.numbered(self.seq):
            if seq >= start:
                break
            if isinstance(event, RunStart):
                self._begin(event.run, None)
        seqs, events = recorder.some(start, PART)
        for event in events:
            if event.__class__ is RunStart:
                self._begin(event.run, out)
        out.add(seqs, events)
        after = seqs[-1] + 1 if events else start
        self.seq = after if len(events) == PART else max(after, end)
        header = {
            **about(self._trace),
            "from_seq": start,
            "to_seq": self.seq,
            "end_seq": recorder.count,
            "closed": closed and self.seq >= recorder.count,
            "dropped": dropped,
            **out.header(),
        }
        return header, out.buffers()

    def _begin(self, run: Run, out: _Part | None) -> None:
        parent = run.parent
        root = self._roots[run] = self._roots.get(parent, run) if parent is not None else run
        if root is run and (drawing := drawing_of(self._trace, run)) is not None:
            shape = drawing.shape
            if out is not None:
                known = shape in self._shapes
                out.graphs.append(
                    {"root": str(run.id), "shape": shape, **({} if known else {"graph": drawing.complete()})}
                )
            self._shapes.add(shape)


class _Part:
    """One part while it is filled."""

    def __init__(self, anchor: int, roots: dict[Run, Run]) -> None:
        self._anchor = anchor
        self._columns: list[array[Any]] = []
        self.graphs: list[Dict] = []
        self._places: dict[Run, int] = {}
        self._errors: list[tuple[int, str, str]] = []
        self._notes: list[tuple[int, str]] = []
        self._usages: list[tuple[int, int]] = []
        self._roots = roots

    def add(self, seqs: Sequence[int], events: list[RunEvent]) -> None:
        """Column by column: the interpreter is quicker at that than at rows. A run without a start is left out."""
        runs, roots, anchor = [event.run for event in events], self._roots, self._anchor
        own = dict.fromkeys(runs)
        if not own.keys() <= roots.keys():
            known = [run in roots for run in runs]
            seqs, events = list(compress(seqs, known)), list(compress(events, known))
            return self.add(seqs, events)
        for run in own:
            self._place(run)
        kinds = map(self._kind, seqs, events)
        places = map(self._places.__getitem__, runs)
        times = [event.t - anchor for event in events]
        self._columns = [array("I", seqs), array("B", kinds), array("I", places), array("d", times)]

    def _place(self, run: Run) -> None:
        """Give the run a place in the table, after that of its parent."""
        if run not in self._places:
            if run is not self._roots[run] and run.parent is not None:
                self._place(run.parent)
            self._places[run] = len(self._places)

    def _kind(self, seq: int, event: RunEvent) -> int:
        if isinstance(event, RunChunk):
            return TOKEN if brings_text(event.chunk) else CHUNK
        if isinstance(event, CustomEvent):
            self._notes.append((seq, named(event.name)))
            return CUSTOM
        if isinstance(event, RunCancel):
            self._notes.append((seq, visible(event.reason)[:LIMIT]))
            return CANCEL
        given = HAS_INPUT if event.inputs is not MISSING else 0
        if isinstance(event, RunStart):
            return START | given
        if isinstance(event, RunError):
            self._errors.append((seq, *_brief(event.error)))
            return ERROR | given
        if event.run.type in ("chat_model", "llm") and (tokens := output_tokens(event.output)) is not None:
            self._usages.append((seq, tokens))
        return END | given

    def header(self) -> Dict:
        texts, tag_lists, metadata = _Interned(visible, ""), _Interned(_visible_all, ()), _Interned(_encoded, {})
        table: Dict = {"ids": [], "parents": [], "types": [], "names": [], "paths": [], "tags": [], "metadata": []}
        for run in self._places:
            root = self._roots[run]
            table["ids"].append(str(run.id))
            table["parents"].append(-1 if run is root or run.parent is None else self._places[run.parent])
            table["types"].append(run.type)
            table["names"].append(texts.add(named(run.name)))
            table["paths"].append(0 if run is root else texts.add(placed(run.path_below(root))))
            table["tags"].append(tag_lists.add(tuple(map(str, run.tags))) if run.tags else 0)
            table["metadata"].append(_add_metadata(metadata, run.metadata) if run.metadata else 0)
        return {
            "runs": {**table, "texts": texts.all, "tag_lists": tag_lists.all, "metadata_list": metadata.all},
            "graphs": self.graphs,
            "errors": self._errors,
            "notes": self._notes,
            "usages": self._usages,
        }

    def buffers(self) -> list[bytes]:
        if sys.byteorder == "big":
            for column in self._columns:
                column.byteswap()
        return [column.tobytes() for column in self._columns]


class _Interned:
    """Each value once, in the form that `wire` gives it."""

    def __init__(self, wire: Callable[[Any], Any], first: Any) -> None:
        self.all: list[Any] = [wire(first)]
        self._wire = wire
        self._places: dict[Any, int] = {first: 0} if first.__hash__ else {}

    def add(self, value: Any, key: Any = None) -> int:
        key = value if key is None else key
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.all)
            self.all.append(self._wire(value))
        return place


def _visible_all(tags: tuple[str, ...]) -> list[str]:
    return [named(tag) for tag in tags]


def _add_metadata(interned: _Interned, metadata: dict[str, Any]) -> int:
    """Mostly they are texts, by which they are known; others by what they are as JSON."""
    if all(type(value) is str for value in metadata.values()):
        return interned.add(metadata, tuple(metadata.items()))
    return interned.add(metadata, json.dumps(_encoded(metadata)))


def _encoded(metadata: dict[str, Any]) -> Dict:
    return {named(str(key)): encode(value) for key, value in metadata.items()}


def _brief(error: BaseException) -> tuple[str, str]:
    """An error's type and what its message says, without the traceback, which takes long to write."""
    return class_name(error), message_of(error)[:_MESSAGE]


def output_tokens(output: Any) -> int | None:
    """How many tokens a model says that it made."""
    usage = getattr(getattr(output, "message", output), "usage_metadata", None)
    tokens = cast("Dict", usage).get("output_tokens") if isinstance(usage, dict) else None
    return tokens if type(tokens) is int else None


def brings_text(chunk: Any) -> bool:
    """Whether the page would find text in a chunk."""
    if isinstance(chunk, str):
        return chunk != ""
    text = text_of(chunk)
    if text is not None:
        return text != ""
    message = chunk if is_message(chunk) else getattr(chunk, "message", None)
    content: Any = message.content if message is not None and is_message(message) else getattr(chunk, "text", None)
    blocks = cast("list[Any]", content) if isinstance(content, list) else [content]
    return any(
        (cast("Dict", block).get("text") if isinstance(block, dict) else block) not in (None, "") for block in blocks
    )
