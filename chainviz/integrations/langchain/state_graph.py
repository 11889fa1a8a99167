"""The nodes of a compiled LangGraph graph, and how they follow each other."""

from __future__ import annotations

from typing import Any

from chainviz.graph.model import Link
from chainviz.tracing.events import escape_segment

_ENDS = {"__start__": "start", "__end__": "end"}


class End:
    """Where a state graph begins or ends: `kind` is `start` or `end`."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = kind


class StateNode:
    """A node of a state graph: what it runs, and the steps of it that have runs of their own."""

    def __init__(self, name: str, bound: Any, steps: list[tuple[str, str | None, Any]]) -> None:
        self.name = name
        self.bound = bound
        self.steps = steps


def children_of(graph: Any) -> list[tuple[str, str | None, Any]]:
    """The nodes of a compiled graph, with its ends, in the order of its own drawing."""
    children: list[tuple[str, str | None, Any]] = []
    for id in _drawing(graph).nodes:
        inside = End(_ENDS[id]) if id in _ENDS else _node(id, graph.nodes.get(id))
        children.append((f"node:{escape_segment(id)}", None, inside))
    return children


def links_of(graph: Any) -> tuple[Link, ...]:
    """The edges between these nodes; a label says in which case a conditional one is taken."""
    drawing = _drawing(graph)
    places = {id: place for place, id in enumerate(drawing.nodes)}
    return tuple(
        Link(places[edge.source], places[edge.target], None if edge.data is None else str(edge.data), edge.conditional)
        for edge in drawing.edges
    )


def _drawing(graph: Any) -> Any:
    return graph.get_graph()


def _node(name: str, node: Any) -> StateNode:
    if node is None:
        return StateNode(name, None, [])
    # What LangGraph adds to a node to write its state has no runs; a conditional edge has.
    traced = [
        (f"seq:{number}", "next" if number > 1 and step is not node.bound and _is_edge(step) else None, step)
        for number, step in enumerate(getattr(node.node, "steps", ()), 1)
        if getattr(step, "trace", True)
    ]
    return StateNode(name, node.bound, traced)


def _is_edge(step: Any) -> bool:
    return getattr(step, "trace", None) is True


__all__ = ["End", "StateNode", "children_of", "links_of"]
