"""What a static picture says of a trace, before it is drawn."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.graph.model import Graph
from chainviz.graph.recorded import recorded_graph
from chainviz.tracing.events import MISSING, RunChunk, RunStart
from chainviz.tracing.values import guarded_repr, is_message
from chainviz.widgets.words import MARKS, duration, number, said
from chainviz.wire.frames import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainviz.tracing.events import Run
    from chainviz.tracing.trace import Trace, TraceError
    from chainviz.tracing.tree import RunTree

_OUTPUT = 2000
_MODELS = ("chat_model", "llm")


class Lane(NamedTuple):
    """The text that one model run made, and in how many tokens it came: 0 where it came at once."""

    run: Run
    text: str
    tokens: int


class Summary:
    """A trace's runs in order, with what is counted over all of them."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.roots = trace.tree
        self.all = list(_walk(self.roots, 0))
        """Each run with how deep it is, parents before what is inside them."""
        self.count = len(self.all)
        self._start = min((node.start for node, _ in self.all), default=0)
        self._end = max((node.end or node.start for node, _ in self.all), default=0)

    @cached_property
    def errors(self) -> list[TraceError]:
        """What was raised, each once, by the innermost run that raised it."""
        return list({id(found.error): found for found in reversed(self._trace.errors)}.values())[::-1]

    def says(self) -> Iterator[str]:
        """The trace in a few words."""
        if not self.roots:
            return
        found = Counter(node.status for node in self.roots)
        for status in ("running", "failed", "waiting", "cancelled", "done"):
            if found[status]:
                many = "" if found[status] == len(self.roots) else f"{number(found[status])} "
                yield f"{many}{said(status)}"
        yield said("{} runs" if self.count > 1 else "{} run", self.count)
        yield duration((self._end - self._start) / 1e9)
        tokens = sum(lane.tokens for lane in self.lanes)
        if tokens:
            yield said("{} tokens", tokens)
        errors = len(self.errors)
        if errors:
            yield said("{} errors" if errors > 1 else "{} error", errors)

    def bar(self, node: RunTree) -> tuple[float, float]:
        """Where a run's bar begins and how long it is, in percent of the trace."""
        whole = max(self._end - self._start, 1)
        end = self._end if node.end is None else node.end
        left = min(100 * (node.start - self._start) / whole, 99.0)
        return left, min(100 * (end - node.start) / whole, 100 - left)

    @cached_property
    def lanes(self) -> list[Lane]:
        """What the models said, in the order in which they began."""
        pieces: dict[Run, list[str]] = {}
        for event in list(self._trace.recorder.events):
            if isinstance(event, RunChunk):
                if (found := pieces.get(event.run)) is not None and (text := text_of(event.chunk)):
                    found.append(text)
            elif isinstance(event, RunStart) and event.run.type in _MODELS:
                pieces[event.run] = []
        outputs = {node.run: node.output for node, _ in self.all}
        lanes = [Lane(run, "".join(found) or _said(outputs.get(run)), len(found)) for run, found in pieces.items()]
        return [lane for lane in lanes if lane.text]

    def output(self) -> str | None:
        """The last root run's output as text."""
        output = self.roots[-1].output
        return None if output is MISSING else _said(output) or guarded_repr(output, _OUTPUT)

    def graphs(self, most: int) -> Iterator[tuple[Graph, dict[str, str]]]:
        """The graph of each chain that ran, with what became of its steps by path id."""
        chains: dict[Any, list[RunTree]] = {}
        for root in self.roots:
            step = root.run.step
            chains.setdefault((root.run.type, root.run.name) if step is None else id(step), []).append(root)
        for roots in list(chains.values())[:most]:
            graph = _graph_of(roots[0])
            if graph is not None:
                graph.root.name = roots[0].run.name
                yield graph, _notes(roots)


def _walk(nodes: list[RunTree], depth: int) -> Iterator[tuple[RunTree, int]]:
    for node in nodes:
        yield node, depth
        yield from _walk(node.children, depth + 1)


def _graph_of(root: RunTree) -> Graph | None:
    if root.run.step is None:
        return recorded_graph(root)
    try:
        graph = root.run.step.get_graph()
    except Exception:  # it may be anybody's class, or none
        return None
    return graph if isinstance(graph, Graph) else None


def _notes(roots: list[RunTree]) -> dict[str, str]:
    """By path id below the roots: status and duration of the run there, or how many there were."""
    found: dict[str, list[RunTree]] = {}
    for root in roots:
        for node, _ in _walk([root], 0):
            found.setdefault(node.run.path_below(root.run), []).append(node)
    notes: dict[str, str] = {}
    for path, nodes in found.items():
        counts = Counter(node.status for node in nodes)
        marks = " ".join(
            f"{MARKS[status]} {said(status)}" + (f" ×{number(count)}" if len(nodes) > 1 else "")
            for status, count in counts.items()
        )
        times = [node.seconds for node in nodes if node.seconds is not None]
        notes[path] = f"{marks} {duration(sum(times))}" if times else marks
    return notes


def _said(output: Any) -> str:
    """The text of what a model or a chain gave, '' where it gave no text."""
    if isinstance(output, str):
        return output
    if is_message(output):
        return output.content if isinstance(output.content, str) else ""
    several = getattr(output, "generations", None)
    try:
        return str(several[0][0].text) if several else ""
    except Exception:  # `generations` of another class than a model's result
        return ""
