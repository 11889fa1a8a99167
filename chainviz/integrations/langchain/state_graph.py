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
    """The nodes of a compiled graph between its ends, in the order of its own drawing."""
    children: list[tuple[str, str | None, Any]] = []
    for id in _ids(_drawing(graph)):
        inside = End(_ENDS[id]) if id in _ENDS else _node(id, graph.nodes.get(id))
        children.append((f"node:{escape_segment(id)}", None, inside))
    return children


def links_of(graph: Any) -> tuple[Link, ...]:
    """The edges between these nodes; a label says in which case a conditional one is taken."""
    drawing = _drawing(graph)
    places = {id: place for place, id in enumerate(_ids(drawing))}
    return tuple(
        Link(places[edge.source], places[edge.target], None if edge.data is None else str(edge.data), edge.conditional)
        for edge in drawing.edges
    )


def _drawing(graph: Any) -> Any:
    return graph.get_graph()


def _ids(drawing: Any) -> list[str]:
    return sorted(drawing.nodes, key=lambda id: (id in _ENDS) * (1 if id == "__end__" else -1))


def _node(name: str, node: Any) -> StateNode:
    if node is None:
        return StateNode(name, None, [])
    steps = [(number, _running(step)) for number, step in enumerate(getattr(node.node, "steps", ()), 1)]
    return StateNode(
        name,
        node.bound,
        [(f"seq:{number}", slot, step) for number, (step, slot) in steps if step is not None],
    )


def _running(step: Any) -> tuple[Any, str | None]:
    """What has runs of its own in a step of a node, and what the node calls it: what decides where to go next does, but
    nothing else that LangGraph adds."""
    branch = getattr(getattr(step, "func", None), "__self__", None)
    if hasattr(branch, "path"):
        return branch.path, "next"  # type: ignore[union-attr]
    return (step if getattr(step, "trace", True) else None), None


__all__ = ["End", "StateNode", "children_of", "links_of"]
