"""The graph of a chain that is known by its runs alone: of a trace that was loaded from a file.

What ran is in it, by the paths of the runs; branches that were not taken are not, nor the links of a state graph.
Between the steps stand the types of the values that were recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.graph.model import Graph, Node
from chainviz.tracing.events import MISSING
from chainviz.tracing.values import class_name

if TYPE_CHECKING:
    from chainviz.tracing.tree import RunTree

_KINDS = {
    "seq": "sequence",
    "map": "parallel",
    "branch": "branch",
    "each": "each",
    "retry": "retry",
    "fallback": "fallbacks",
    "assign": "assign",
    "node": "graph",
}
_SLOTS = {"each": "each item", "retry": "each attempt"}


def recorded_graph(root: RunTree) -> Graph | None:
    """The graph of what a root run executed; None where its runs do not say."""
    first: dict[str, RunTree] = {}
    for node in _walk(root):
        first.setdefault(node.run.path_below(root.run), node)
    children: dict[str, list[str]] = {}
    for path in first:
        if path:
            above = _above(path)
            if above not in first:
                return None
            children.setdefault(above, []).append(path)
    graph = Graph(_node("", first, children))
    graph.flow = _RecordedFlow(first)  # type: ignore[assignment]
    return graph


class _RecordedFlow:
    """The types of the values that went in and came out, by path id."""

    def __init__(self, runs: dict[str, RunTree]) -> None:
        self._runs = runs

    def input(self, id: str) -> str:
        return _type(self._runs[id].inputs)

    def output(self, id: str) -> str:
        return _type(self._runs[id].output)


def _walk(root: RunTree) -> list[RunTree]:
    found = [root]
    for node in found:
        found += node.children  # which are walked in their turn
    return found


def _above(path: str) -> str:
    """A branch's condition is a child of the branch, as its step is."""
    return path.removesuffix("/condition").rpartition("/")[0]


def _node(path: str, runs: dict[str, RunTree], children: dict[str, list[str]]) -> Node:
    run = runs[path].run
    below = sorted(children.get(path, ()), key=_place)
    segment = path.removesuffix("/condition").rpartition("/")[2]
    name, _, rest = segment.partition(":")
    kind = "lambda" if run.type == "chain" else run.type
    if below:
        kind = _KINDS.get(below[0].removesuffix("/condition").rpartition("/")[2].partition(":")[0], "chain")
    slot = None if name in ("seq", "node") or not path else _SLOTS.get(name, rest or None)
    nodes = tuple(_node(child, runs, children) for child in below)
    return Node(path, run.name, kind=kind, slot=slot, children=nodes)


def _place(path: str) -> int:
    """Steps of a sequence stand in its order, others as they began."""
    name, _, rest = path.rpartition("/")[2].partition(":")
    return int(rest) if name == "seq" and rest.isdecimal() and len(rest) < 9 else 0


def _type(value: Any) -> str:
    name = "Any" if value is MISSING else class_name(value).rpartition(".")[2]
    return "dict" if name == "AddableDict" else name


__all__ = ["recorded_graph"]
