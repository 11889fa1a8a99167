"""The static graphs of what the root runs of a trace execute, each encoded once for all steps that are built alike."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from chainviz.wire.graph import encode_brief, encode_graph, shape_of
from chainviz.wire.recorded_graph import recorded_graph_of

if TYPE_CHECKING:
    from chainviz.graph.model import Graph
    from chainviz.tracing.events import Run
    from chainviz.tracing.trace import Trace

Dict = dict[str, Any]


class Drawing:
    """A graph of a trace: `shape` is its number there, `brief` what it looks like. The whole also has its schemas, its
    sources and the texts to copy, which may take a tenth of a second to make; `is_whole` once they are made.
    """

    def __init__(self, shape: int, brief: Dict, graph: Graph | None) -> None:
        self.shape = shape
        self.brief = brief
        self._graph = graph
        self._whole = brief if graph is None else None
        self._lock = Lock()

    @property
    def is_whole(self) -> bool:
        return self._whole is not None

    def complete(self) -> Dict:
        """Make the whole, once; returns it."""
        with self._lock:
            if self._whole is None:
                try:
                    self._whole = encode_graph(self._graph)  # type: ignore[arg-type]
                except Exception:  # the steps may be anybody's classes: what is known stays
                    self._whole = self.brief
            return self._whole


_DRAWINGS: WeakKeyDictionary[Trace, tuple[dict[Any, Drawing | None], dict[Any, Drawing]]] = WeakKeyDictionary()


def drawing_of(trace: Trace, run: Run) -> Drawing | None:
    """The static graph of what a root run executes; None where it does not describe itself."""
    by_step, by_shape = _DRAWINGS.setdefault(trace, ({}, {}))
    key = (run if run.step is None else id(run.step)), run.name
    if key not in by_step:
        by_step[key] = _recorded(trace, run, by_shape) if run.step is None else _drawn(run, by_shape)
    return by_step[key]


def _recorded(trace: Trace, run: Run, by_shape: dict[Any, Drawing]) -> Drawing | None:
    """The graph of a step that is not at hand, from its runs."""
    graph = recorded_graph_of(trace, run)
    return (
        None if graph is None else by_shape.setdefault(json.dumps(graph["root"]), Drawing(len(by_shape), graph, None))
    )


def _drawn(run: Run, by_shape: dict[Any, Drawing]) -> Drawing | None:
    if not hasattr(run.step, "get_graph"):
        return None
    try:
        graph = run.step.get_graph()
        if not hasattr(graph, "root"):
            return None
        graph.root.name = run.name
        shape = shape_of(graph)
        if shape not in by_shape:
            by_shape[shape] = Drawing(len(by_shape), encode_brief(graph), graph)
        return by_shape[shape]
    except Exception:  # the step may be anybody's class
        return None


__all__ = ["Drawing", "drawing_of"]
