"""From a trace's events to batches for the wire: each event once, at a cost that follows what is new."""

from __future__ import annotations

import logging
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from chainviz.tracing.events import MISSING, CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.log_projection import LogProjection
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.values import field_names, is_message, visible
from chainviz.wire.encode import LIMIT, encode
from chainviz.wire.graph import encode_graph
from chainviz.wire.messages import VERSION
from chainviz.wire.patches import Compactor

if TYPE_CHECKING:
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.trace import Trace

Dict = dict[str, Any]

logger = logging.getLogger("chainviz")

FRAME_SIZE = 250_000
"""Characters that a frame may take, about; what is over comes with the next one."""
_EVENT_SIZE = 250
_GRAPHS: WeakKeyDictionary[Trace, dict[tuple[int, str], Dict | None]] = WeakKeyDictionary()
_PLAIN = frozenset({"content", "id", "type", "example"})


class Framer:
    """Walks through a trace's events; each call of `batch` goes on where the last one ended.

    `limit` is what one value may take.
    """

    def __init__(self, trace: Trace, limit: int = LIMIT) -> None:
        self.seq = 0
        self._limit = limit
        self._trace = trace
        self._recorder = trace.recorder
        self._anchor = trace.recorder.anchor[0]
        self._roots: dict[Run, Run] = {}
        self._ids: dict[Run, str] = {}
        self._logs: dict[Run, tuple[LogProjection, Compactor]] = {}

    @property
    def is_behind(self) -> bool:
        return self.seq < self._recorder.count

    def batch(self, have: int = 0, size: int | None = None) -> Dict:
        """The events from where the last batch ended, or from `have` if that is later, as a `messages.Batch`.

        With `size`, it ends after about so many characters.
        """
        closed = self._trace.closed
        end = self._recorder.count
        out = _Batch(max(self.seq, min(have, end)))
        for seq, event in self._recorder.numbered(self.seq):
            if seq >= end:
                break
            if size is not None and out.size >= size:
                return out.to_wire(self.seq, False)
            self._take(seq, event, out if seq >= out.start else None)
            self.seq = seq + 1
        self.seq = end
        return out.to_wire(end, closed)

    def _take(self, seq: int, event: RunEvent, out: _Batch | None) -> None:
        run = event.run
        if isinstance(event, RunStart):
            self._begin(run, out)
        root = self._roots.get(run)
        if root is None:
            return
        if out is not None:
            t = self.time(event.t)
            if isinstance(event, RunChunk):
                out.add_chunk(seq, t, self._ids[run], event.chunk)
            else:
                out.add_event(self._event(seq, t, event, root))
        ops = self._ops(root, event, emit=out is not None)
        if ops and out is not None:
            out.add_patch(self._ids[root], seq, ops)

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
        self._ids[run] = str(run.id)
        root = self._roots[run] = self._roots.get(parent, run) if parent is not None else run
        if root is run:
            self._logs[run] = LogProjection(root=run, anchor=self._trace.recorder.anchor), Compactor(self._limit)
            if out is not None and (graph := self._graph_of(run)) is not None:
                out.add_graph(self._ids[run], graph)

    def _graph_of(self, run: Run) -> Dict | None:
        """The graph of what a root run executes; encoded once a trace for all runs of a step, by all its Framers."""
        known = _GRAPHS.setdefault(self._trace, {})
        key = id(run.step), run.name
        if key not in known:
            known[key] = graph_of(run)
        return known[key]

    def time(self, t: int) -> float:
        """Milliseconds since the anchor."""
        return round((t - self._anchor) / 1e6, 3)

    def _event(self, seq: int, t: float, event: RunEvent, root: Run) -> Dict:
        run = event.run
        wire: Dict = {"kind": "", "seq": seq, "t": t, "run": self._ids[run]}
        if isinstance(event, CustomEvent):
            wire.update(kind="custom", name=visible(event.name), data=encode(event.data, self._limit))
            return wire
        if isinstance(event, RunCancel):
            wire.update(kind="cancel", reason=visible(event.reason))
            return wire
        inputs = MISSING if isinstance(event, RunChunk) else event.inputs
        wire["has_input"] = inputs is not MISSING
        if inputs is not MISSING:
            wire["input"] = encode(inputs, self._limit)
        if isinstance(event, RunStart):
            wire.update(
                kind="start",
                parent=None if run is root or run.parent is None else self._ids[run.parent],
                path=visible(_path_below(run, root)),
                type=run.type,
                name=visible(run.name),
                tags=[visible(str(tag)) for tag in run.tags],
                metadata={visible(str(key)): encode(value) for key, value in run.metadata.items()},
            )
        elif isinstance(event, RunEnd):
            wire.update(kind="end", output=encode(event.output, self._limit))
        elif isinstance(event, RunError):
            wire.update(kind="error", error=encode_error(event.error, self._limit))
        return wire


class _Batch:
    """One batch while it is filled. `size` estimates its length as JSON."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.size = 0
        self.events: list[Dict] = []
        self.patches: list[Dict] = []
        self.graphs: list[Dict] = []
        self._columns: dict[str, _Column] = {}

    def add_event(self, event: Dict) -> None:
        self.events.append(event)
        self.size += _EVENT_SIZE + rough_size(event)

    def add_chunk(self, seq: int, t: float, run: str, chunk: Any) -> None:
        column = self._columns.get(run)
        if column is None:
            column = self._columns[run] = _Column()
        column.add(seq, t, chunk)
        self.size += _EVENT_SIZE

    def add_patch(self, root: str, seq: int, ops: list[Dict]) -> None:
        self.patches.append({"root": root, "seq": seq, "ops": ops})
        self.size += rough_size(ops)

    def add_graph(self, root: str, graph: Dict) -> None:
        self.graphs.append({"root": root, "graph": graph})
        self.size += rough_size(graph)

    def to_wire(self, end: int, closed: bool) -> Dict:
        return {
            "from_seq": self.start,
            "to_seq": max(self.start, end),
            "events": self.events,
            "chunks": [column.to_wire(run) for run, column in self._columns.items()],
            "patches": self.patches,
            "graphs": self.graphs,
            "closed": closed,
        }


class _Column:
    """The chunks of one run within a batch."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.times: list[float] = []
        self.texts: list[str | None] = []
        self.values: dict[int, Any] = {}

    def add(self, seq: int, t: float, chunk: Any) -> None:
        text = text_of(chunk)
        if text is None or len(text) > LIMIT:
            self.values[len(self.texts)] = encode(chunk)
            text = None
        self.seqs.append(seq)
        self.times.append(t)
        self.texts.append(None if text is None else visible(text))

    def to_wire(self, run: str) -> Dict:
        column: Dict = {"run": run, "seqs": self.seqs, "ts": self.times, "texts": self.texts}
        if self.values:
            column["values"] = [self.values.get(index) for index in range(len(self.texts))]
        return column


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


def graph_of(run: Run) -> Dict | None:
    """The static graph of what a run executes, where it is a Runnable that describes itself."""
    if not hasattr(run.step, "get_graph"):
        return None
    try:
        graph = run.step.get_graph()
        if hasattr(graph, "root"):
            graph.root.name = run.name
            return encode_graph(graph)
    except Exception:
        return None
    return None


def _path_below(run: Run, root: Run) -> str:
    """The run's path id in the graph of the root run of this trace, which may itself be a step of a larger run."""
    path, above = run.path, root.path
    return path[len(above) :].lstrip("/") if above else path


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


def snapshot(trace: Trace, have_seq: int = 0, limit: int = LIMIT) -> Dict:
    """A `messages.Snapshot` of a trace from `have_seq` on; disturbs no other Framer."""
    framer = Framer(trace, limit)
    batch = framer.batch(have_seq)
    anchor = trace.recorder.anchor
    now = framer.time(perf_counter_ns())
    return {
        "trace": trace.id,
        "anchor": anchor[1] / 1e6,
        "now": now,
        "stoppable": trace.stoppable,
        "batch": batch,
    }
