"""The graphs of a loaded trace, whose steps are known by their runs alone, as wire messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from chainviz.graph.recorded import recorded_graph
from chainviz.wire.graph import encode_graph

if TYPE_CHECKING:
    from chainviz.tracing.events import Run
    from chainviz.tracing.trace import Trace
    from chainviz.tracing.tree import RunTree

_ROOTS: WeakKeyDictionary[Trace, dict[Run, RunTree]] = WeakKeyDictionary()


def recorded_graph_of(trace: Trace, root: Run) -> dict[str, Any] | None:
    """The graph of what a root run of a trace that has ended executed; None where its step is at hand to be asked."""
    if root.step is not None or not trace.closed:
        return None
    if trace not in _ROOTS:
        _ROOTS[trace] = {node.run: node for node in trace.tree}
    graph = recorded_graph(_ROOTS[trace][root]) if root in _ROOTS[trace] else None
    if graph is None:
        return None
    encoded = encode_graph(graph)
    encoded["exports"].pop("python", None)  # of what did not run nothing is known
    return encoded
