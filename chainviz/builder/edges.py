"""The types on the edges of a tree: what comes to each step, what it takes and gives, and what is wanted after it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.builder import slots
from chainviz.builder.fit import classes_of, fits, is_vague, item_of
from chainviz.builder.slots import placed
from chainviz.builder.tree import lineage
from chainviz.graph.types import ANY, REST, Shape, accepts

if TYPE_CHECKING:
    from chainviz.builder.ops import Place
    from chainviz.builder.tree import Node
    from chainviz.graph.model import Graph
    from chainviz.graph.model import Node as GraphNode


def taken(node: GraphNode) -> Shape:
    """What a step takes. A prompt says str of a variable whose type nobody declared, and writes out whatever comes."""
    shape = accepts(node)
    if node.kind != "prompt" or not isinstance(shape, dict):
        return shape
    declared: dict[str, Any] = getattr(node.data, "input_types", None) or {}
    return {key: said if key in declared else ANY for key, said in shape.items()}


def _keys(shape: Shape) -> Shape:
    """What a step takes that adds keys: a dict, whatever the steps inside take of it."""
    return {REST: ANY, **shape} if isinstance(shape, dict) else {REST: ANY} if is_vague(shape) else shape


class Edge(NamedTuple):
    """What comes to a place, and what is wanted of what stands there."""

    given: Shape
    wanted: Shape


class Edges:
    """Of one tree and the static graph of its chain."""

    def __init__(self, root: Node, graph: Graph) -> None:
        self.root = root
        self._flow = graph.flow
        self._paths = {node.id: path for node, path in placed(root)}
        self._nodes: dict[str, GraphNode] = {node.id: node for node in graph.root.walk()}
        self._wants: dict[str, Shape] = {}
        self._takes: dict[str, Shape] = {}
        self._note_wants(root, ANY)

    def input(self, node: Node) -> str:
        """The type that goes into a step, as a text."""
        path = self._paths[node.id]
        return self._flow.input(path) if path in self._nodes else ANY

    def output(self, node: Node) -> str:
        path = self._paths[node.id]
        return self._flow.output(path) if path in self._nodes else ANY

    def given(self, node: Node) -> Shape:
        """What comes to a step, be it what it takes or not."""
        if slots.is_group(node) and node.children and node is not self.root:
            return self.given(node.children[0])
        return self._flow.given.get(self._paths[node.id], ANY)

    def takes(self, node: Node) -> Shape:
        """What a step takes."""
        if node.component == slots.SEQUENCE:
            return self.takes(node.children[0])
        path = self._paths[node.id]
        if path not in self._takes:
            found = self._nodes.get(path)
            shape = ANY if found is None else taken(found)
            adds_keys = node.component == slots.ASSIGN and "input_type" not in node.options
            self._takes[path] = _keys(shape) if adds_keys else shape
        return self._takes[path]

    def gives(self, node: Node) -> Shape:
        if slots.is_group(node) and node is not self.root:
            return self.gives(node.children[-1])
        return self._flow.outputs.get(self._paths[node.id], ANY)

    def wanted(self, node: Node) -> Shape:
        """What is wanted of what a step gives."""
        return self._wants[node.id]

    def fits(self, given: Shape, wanted: Shape) -> bool:
        return fits(given, wanted, self._is_a)

    def _is_a(self, one: str, other: str) -> bool:
        try:
            return issubclass(self.classes[one], self.classes[other])
        except (KeyError, TypeError):
            return False

    @cached_property
    def classes(self) -> dict[str, type[Any]]:
        """The classes that the steps take and give, by name."""
        return classes_of(self._nodes.values())

    # --- places ----------------------------------------------------------------------------------------------

    def around(self, id: str) -> Edge:
        """What a step in the place of this one would be given, and what would be wanted of it."""
        node = lineage(self.root, id)[-1]
        return Edge(self.given(node), self.wanted(node))

    def at(self, place: Place) -> Edge:
        """The same of a step that is put in a place."""
        parent = lineage(self.root, place.parent)[-1]
        index = place.index
        if index == "onto":
            return Edge(self.given(parent), self.wanted(parent))
        side = "before" if index == 0 else "after" if isinstance(index, int) else index
        if isinstance(index, int) and parent.component in slots.COMBINATORS:
            if parent.component not in (slots.SEQUENCE, *slots.SINGLE):
                return Edge(self.given(parent), self.wanted(parent) if parent.component not in slots.KEYED else ANY)
            if parent.component in slots.SINGLE:
                parent = parent.children[0]
            elif index >= len(parent.children):
                parent, side = parent.children[-1], "after"
            else:
                parent, side = parent.children[index], "before"
        if slots.is_empty(parent):
            return Edge(self.given(parent), self.wanted(parent))
        if side == "before":
            return Edge(self.given(parent), self.takes(parent))
        return Edge(self.gives(parent), self.wanted(parent))

    # --- what is wanted --------------------------------------------------------------------------------------

    def _note_wants(self, node: Node, wanted: Shape) -> None:
        self._wants[node.id] = wanted
        if node.component != slots.SEQUENCE:
            for index, child in enumerate(node.children):
                self._note_wants(child, self._wanted_of(node, index, wanted))
            return
        for child in reversed(node.children):
            self._note_wants(child, wanted)
            if not slots.is_empty(child):
                wanted = self.takes(child)

    def _wanted_of(self, node: Node, index: int, wanted: Shape) -> Shape:
        """What is wanted of one of the steps inside of a step of which something is wanted."""
        match node.component:
            case slots.PARALLEL | slots.ASSIGN:
                key: Any = node.children[index].key
                return wanted.get(key, ANY) if isinstance(wanted, dict) else ANY
            case slots.EACH:
                return item_of(wanted)
            case slots.BRANCH:
                return ANY if index % 2 == 0 and index < len(node.children) - 1 else wanted
            case _:
                return wanted


__all__ = ["Edge", "Edges", "taken"]
