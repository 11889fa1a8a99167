"""From a trace's events to batches for the wire: each event once, at a cost that follows what is new."""

from __future__ import annotations

import logging
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast

from chainviz.tracing.events import MISSING, CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.log_projection import LogProjection
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import field_names, is_message, visible
from chainviz.wire.drawings import Drawing, drawing_of
from chainviz.wire.encode import LIMIT, encode, named, placed
from chainviz.wire.messages import VERSION
from chainviz.wire.patches import Compactor

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.screen import Screen
    from chainviz.tracing.trace import Trace

Dict = dict[str, Any]

logger = logging.getLogger("chainviz")

FRAME_SIZE = 250_000
"""Characters that a frame may take, about; what is over comes with the next one."""
HUNDREDTH = 10_000
"""Of a millisecond, in nanoseconds."""
_EVENT_SIZE = 250
_CHUNK_SIZE = 40
_PLAIN = frozenset({"content", "id", "type", "example"})


class Framer:
    """Walks through a trace's events; each call of `batch` goes on where the last one ended.

    `limit` is what one value may take. With `only`, it tells the chunks and the patches of that root run alone, and may
    begin at `seq`, where that run did. One that is `live` waits for no drawing: it tells a graph in brief, and the
    whole once somebody has asked the `briefed` drawings for that, at the latest when the trace has closed.
    """

    def __init__(
        self, trace: Trace, limit: int = LIMIT, only: Run | None = None, seq: int = 0, *, live: bool = False
    ) -> None:
        self.seq = seq
        self._limit = limit
        self._only = only
        self._trace = trace
        self._recorder = trace.recorder
        self._anchor = trace.recorder.anchor[0]
        self._roots: dict[Run, Run] = {}
        self._ids: dict[Run, str] = {}
        self._logs: dict[Run, tuple[LogProjection, Compactor]] = {}
        self._shapes: set[int] = set()
        self._live = live
        self._brief: list[tuple[Run, Drawing]] = []

    @property
    def is_behind(self) -> bool:
        return self.seq < self._recorder.count

    @property
    def briefed(self) -> list[Drawing]:
        """The drawings that were told in brief."""
        return list({drawing.shape: drawing for _, drawing in self._brief}.values())

    def batch(self, have: int = 0, size: int | None = None) -> Dict:
        """The events from where the last batch ended, or from `have` if that is later, as a `messages.Batch`.

        With `size`, it ends after about so many characters.
        """
        closed = self._trace.closed
        end = self._recorder.count
        dropped = self._recorder.dropped
        out = _Batch(max(self.seq, min(have, end)), dropped, self._limit)
        self._complete(out)
        for seq, event in self._recorder.numbered(self.seq):
            if seq >= end:
                break
            if size is not None and out.size >= size:
                return out.to_wire(self.seq, False)
            self._take(seq, event, out if seq >= out.start else None)
            self.seq = seq + 1
        self.seq = end
        if closed:
            self._complete(out, wait=True)
        return out.to_wire(end, closed)

    def _take(self, seq: int, event: RunEvent, out: _Batch | None) -> None:
        run = event.run
        if isinstance(event, RunStart):
            self._begin(run, out)
        root = self._roots.get(run)
        if root is None or (self._only is not None and root is not self._only):
            return
        if isinstance(event, RunChunk):
            self._take_chunk(seq, event, root, out)
            return
        if out is not None and self._only is None:
            out.add_event(self._event(seq, self.time(event.t), event, root))
        ops = self._ops(root, event, emit=out is not None)
        if ops and out is not None:
            out.add_patch(self._ids[root], seq, ops)

    def _take_chunk(self, seq: int, event: RunChunk, root: Run, out: _Batch | None) -> None:
        run, chunk = event.run, event.chunk
        if run is not root and out is None:
            return
        text = text_of(chunk)
        if text is not None and len(text) > self._limit:
            text = None
        fits = out is None or out.add_chunk(seq, (event.t - self._anchor) // HUNDREDTH, self._ids[run], chunk, text)
        if text is not None and fits and run is not root:
            return  # its operations are the usual ones
        if text is chunk and fits and self._grows(root, event):
            return
        ops = self._ops(root, event, emit=out is not None)
        if out is not None and (text is None or not fits or ops != usual_ops(chunk, visible(text))):
            out.add_patch(self._ids[root], seq, ops)

    def _grows(self, root: Run, event: RunChunk) -> bool:
        """Whether a root's chunk only makes its text longer, of which note is taken."""
        projection, compactor = self._logs[root]
        if not compactor.grow(event.chunk):
            return False
        projection.feed(event)
        return True

    def _ops(self, root: Run, event: RunEvent, *, emit: bool) -> list[Dict]:
        projection, compactor = self._logs[root]
        try:
            patch = projection.feed(event)
        except Exception:
            # Chunks are compared and added up here: what a user's class does there must not end the frames.
            logger.debug("no patch for %r of %r", type(event).__name__, event.run, exc_info=True)
            return []
        return [] if patch is None else compactor.compact(patch.ops, emit=emit)

    def _begin(self, run: Run, out: _Batch | None) -> None:
        parent = run.parent
        root = self._roots[run] = self._roots.get(parent, run) if parent is not None else run
        if self._only is not None and root is not self._only:
            return
        self._ids[run] = str(run.id)
        if root is run:
            self._logs[run] = LogProjection(root=run, anchor=self._trace.recorder.anchor), Compactor(self._limit)
            if self._only is None:
                self._draw(run, out)

    def _draw(self, run: Run, out: _Batch | None) -> None:
        drawing = drawing_of(self._trace, run)
        if drawing is None:
            return
        if out is not None:
            brief = self._live and (not drawing.is_whole or drawing in self.briefed)
            if brief:
                self._brief.append((run, drawing))
            known = drawing.shape in self._shapes
            out.add_graph(
                self._ids[run], drawing.shape, None if known else drawing.brief if brief else drawing.complete()
            )
        self._shapes.add(drawing.shape)

    def _complete(self, out: _Batch, *, wait: bool = False) -> None:
        """Tell the whole of what was told in brief, as far as it is drawn."""
        told: set[int] = set()
        for run, drawing in self._brief:
            if wait or drawing.is_whole:
                out.add_graph(self._ids[run], drawing.shape, None if drawing.shape in told else drawing.complete())
                told.add(drawing.shape)
        self._brief = [(run, drawing) for run, drawing in self._brief if drawing.shape not in told]

    def time(self, t: int) -> float:
        """Milliseconds since the anchor."""
        return round((t - self._anchor) / 1e6, 3)

    def _event(self, seq: int, t: float, event: RunEvent, root: Run) -> Dict:
        run = event.run
        wire: Dict = {"kind": "", "seq": seq, "t": t, "run": self._ids[run]}
        if isinstance(event, CustomEvent):
            wire.update(kind="custom", name=named(event.name), data=encode(event.data, self._limit))
            return wire
        if isinstance(event, RunCancel):
            wire.update(kind="cancel", reason=visible(event.reason)[:LIMIT])
            return wire
        inputs = MISSING if isinstance(event, RunChunk) else event.inputs
        wire["has_input"] = inputs is not MISSING
        if inputs is not MISSING:
            wire["input"] = encode(inputs, self._limit)
        if isinstance(event, RunStart):
            wire.update(
                kind="start",
                parent=None if run is root or run.parent is None else self._ids[run.parent],
                path=placed(run.path_below(root)),
                type=run.type,
                name=named(run.name),
                tags=[named(str(tag)) for tag in run.tags],
                metadata={named(str(key)): encode(value) for key, value in run.metadata.items()},
            )
        elif isinstance(event, RunEnd):
            wire.update(kind="end", output=encode(event.output, self._limit))
        elif isinstance(event, RunError):
            wire.update(kind="error", error=encode_error(event.error, self._limit))
        return wire


class _Batch:
    """One batch while it is filled. `size` estimates its length as JSON."""

    def __init__(self, start: int, dropped: int, limit: int) -> None:
        self.start = start
        self.size = 0
        self.dropped = dropped
        self.events: list[Dict] = []
        self.patches: list[Dict] = []
        self.graphs: list[Dict] = []
        self._columns: dict[str, _Column] = {}
        self._limit = limit

    def add_event(self, event: Dict) -> None:
        self.events.append(event)
        self.size += _EVENT_SIZE + rough_size(event)

    def add_chunk(self, seq: int, t: int, run: str, chunk: Any, text: str | None) -> bool:
        """Whether the chunk is like the others of its column that are text."""
        column = self._columns.get(run)
        if column is None:
            column = self._columns[run] = _Column(run, self._limit)
        self.size += _CHUNK_SIZE + len(text or "")
        return column.add(seq, t, chunk, text)

    def add_patch(self, root: str, seq: int, ops: list[Dict]) -> None:
        self.patches.append({"root": root, "seq": seq, "ops": ops})
        self.size += rough_size(ops)

    def add_graph(self, root: str, shape: int, graph: Dict | None) -> None:
        self.graphs.append({"root": root, "shape": shape, **({} if graph is None else {"graph": graph})})
        self.size += rough_size(self.graphs[-1])

    def to_wire(self, end: int, closed: bool) -> Dict:
        wire: Dict = {
            "from_seq": self.start,
            "to_seq": max(self.start, end),
            "events": self.events,
            "chunks": [column.to_wire() for column in self._columns.values()],
            "patches": self.patches,
            "graphs": self.graphs,
            "closed": closed,
        }
        if self.dropped:
            wire["dropped"] = self.dropped
        return wire


class _Column:
    """The chunks of one run within a batch. Its first chunk of text tells what the others are like."""

    def __init__(self, run: str, limit: int) -> None:
        self.run = run
        self._limit = limit
        self.like: Any = None
        self.seqs: list[int] = []
        self.times: list[int] = []
        self.texts: list[str | None] = []
        self.values: dict[int, Any] = {}
        self._form: Any = None
        self._last = 0, 0

    def add(self, seq: int, t: int, chunk: Any, text: str | None) -> bool:
        form: Any = None
        if text is None:
            self.values[len(self.texts)] = encode(chunk, self._limit)
        else:
            form = str if isinstance(chunk, str) else (type(chunk), chunk.id, getattr(chunk, "chunk_position", None))
            if self._form is None:
                self._form, self.like = form, None if form is str else like(chunk)
        before, then = self._last
        self._last = seq, t
        self.seqs.append(seq - before)
        self.times.append(t - then)
        self.texts.append(None if text is None else visible(text))
        return form == self._form

    def to_wire(self) -> Dict:
        column: Dict = {"run": self.run, "seqs": self.seqs, "ts": self.times, "texts": self.texts}
        if self.values:
            column["values"] = [self.values.get(index) for index in range(len(self.texts))]
        if self.like is not None:
            column["like"] = self.like
        return column


def like(chunk: Any) -> Any:
    """What the page makes a message chunk of text alone from."""
    encoded = cast("Dict", encode(chunk))
    return {**encoded, "content": ""}


def usual_ops(chunk: Any, text: str) -> list[Dict]:
    """The operations of a root run's chunk of text by which `final_output` grows: the page makes them itself."""
    whole = isinstance(chunk, str)
    value = text if whole else {**like(chunk), "content": text}
    add = {"op": "add", "path": "/streamed_output/-", "value": value}
    if not text:
        return [add]
    return [add, {"op": "append", "path": "/final_output" if whole else "/final_output/content", "value": text}]


def text_of(chunk: Any) -> str | None:
    """The chunk's text where it has nothing else to say: a string, or a message chunk of text alone."""
    if isinstance(chunk, str):
        return chunk
    if not is_message(chunk) or not isinstance(chunk.content, str):
        return None
    if getattr(chunk, "rare", chunk) is None:  # a token of our own: to read a rare field would make it
        return chunk.content
    says_more = any(name not in _PLAIN and getattr(chunk, name, None) for name in field_names(chunk))
    return None if says_more else chunk.content


def rough_size(value: Any) -> int:
    """About how long a value is as JSON, without writing it."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, dict):
        return 2 + sum(len(key) + 4 + rough_size(item) for key, item in cast("Dict", value).items())
    if isinstance(value, list):
        return 2 + sum(1 + rough_size(item) for item in cast("list[Any]", value))
    return 8


def frame(batch: Dict) -> Dict:
    """A `messages.Frame`."""
    return {"v": VERSION, "type": "frame", "batch": batch}


def about(trace: Trace) -> Dict:
    """What identifies a trace."""
    anchor = trace.recorder.anchor
    return {
        "trace": trace.id,
        "anchor": anchor[1] / 1e6,
        "now": round((perf_counter_ns() - anchor[0]) / 1e6, 3),
        "stoppable": trace.stoppable,
        "screen": screen_message(trace.screen),
    }


def screen_message(screen: Screen) -> Dict:
    """A `messages.Screen`."""
    return {"v": VERSION, "type": "screen", **screen.state()}


def snapshot(trace: Trace, have_seq: int = 0, limit: int = LIMIT) -> Dict:
    """A `messages.Snapshot` of a trace from `have_seq` on; disturbs no other Framer."""
    return {**about(trace), "batch": Framer(trace, limit).batch(have_seq)}
