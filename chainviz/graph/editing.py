"""Editing the flat view of a graph: its nodes and edges."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from chainviz.errors import InvalidConfigError, shorten
from chainviz.graph.parts import Edge, Node

if TYPE_CHECKING:
    from typing import Self


class EditableGraph:
    """Nodes by id and the edges between them, to which others can be added."""

    @property
    @abstractmethod
    def nodes(self) -> dict[str, Node]:
        """The nodes by id, in order."""

    @property
    @abstractmethod
    def edges(self) -> list[Edge]: ...

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def next_id(self) -> str:
        """A new id, for a node to be added."""
        return uuid4().hex

    def add_node(self, data: Any, id: str | None = None, *, metadata: dict[str, Any] | None = None) -> Node:
        """Add a node for a Runnable, for a pydantic model, or for None. Without an id it is called by its data.

        Raises InvalidConfigError where there is a node with this id.
        """
        if id is not None and id in self.nodes:
            raise InvalidConfigError(f"a graph: expected an id that no node has yet, got {shorten(id)}")
        kind = "schema" if isinstance(data, type) else getattr(data, "_graph_kind", "")
        new = id or self.next_id()
        node = self.nodes[new] = Node(new, id or _named(data) or new, data, kind=kind, params=metadata)
        return node

    def remove_node(self, node: Node) -> None:
        """Remove a node, and every edge to it and from it."""
        del self.nodes[node.id]
        self.edges[:] = [edge for edge in self.edges if node.id not in (edge.source, edge.target)]

    def add_edge(self, source: Node, target: Node, data: Any = None, conditional: bool = False) -> Edge:
        """Add an edge. Raises InvalidConfigError where one of the nodes is not in the graph."""
        for node in (source, target):
            if node.id not in self.nodes:
                raise InvalidConfigError(f"a graph: expected an edge between nodes in it, got {node!r}")
        edge = Edge(source.id, target.id, None if data is None else str(data), conditional)
        self.edges.append(edge)
        return edge

    def extend(self, graph: EditableGraph, *, prefix: str = "") -> tuple[Node | None, Node | None]:
        """Add the nodes and edges of another graph, and give its first and its last node as they are here. Its ids get
        the prefix; without one, a new one if a node here has such an id."""
        if not prefix and not self.nodes.keys().isdisjoint(graph.nodes):
            prefix = self.next_id()
        ids = {id: f"{prefix}:{id}" if prefix else id for id in graph.nodes}
        self.nodes.update({ids[id]: node.copy(id=ids[id]) for id, node in graph.nodes.items()})
        self.edges.extend(edge.copy(source=ids[edge.source], target=ids[edge.target]) for edge in graph.edges)
        first, last = graph.first_node(), graph.last_node()
        return first and self.nodes[ids[first.id]], last and self.nodes[ids[last.id]]

    def reid(self) -> Self:
        """The same graph with ids that can be read: a node that was added without one is called by its name, with a
        number where several have that."""
        alike: dict[str, list[str]] = {}
        for node in self.nodes.values():
            alike.setdefault(node.name, []).append(node.id)
        ids: dict[str, str] = {}
        for name, same in alike.items():
            for number, id in enumerate(same, 1):
                ids[id] = id if not _is_made_up(id) else name if len(same) == 1 else f"{name}_{number}"
        return self._with(
            {ids[id]: node.copy(id=ids[id]) for id, node in self.nodes.items()},
            [edge.copy(source=ids[edge.source], target=ids[edge.target]) for edge in self.edges],
        )

    @abstractmethod
    def _with(self, nodes: dict[str, Node], edges: list[Edge]) -> Self:
        """The same with another flat view."""

    def first_node(self) -> Node | None:
        """The only node that no edge goes to, or None where there is no such node or several."""
        return self._first(set())

    def last_node(self) -> Node | None:
        """The only node that no edge comes from, or None where there is no such node or several."""
        return self._last(set())

    def trim_first_node(self) -> None:
        """Remove the first node if one edge leads on from it and there is a first node without it."""
        node = self.first_node()
        if node and self._first({node.id}) and len({edge for edge in self.edges if edge.source == node.id}) == 1:
            self.remove_node(node)

    def trim_last_node(self) -> None:
        """Remove the last node if one edge leads to it and there is a last node without it."""
        node = self.last_node()
        if node and self._last({node.id}) and len({edge for edge in self.edges if edge.target == node.id}) == 1:
            self.remove_node(node)

    def _first(self, without: set[str]) -> Node | None:
        return self._only(without | {edge.target for edge in self.edges if edge.source not in without})

    def _last(self, without: set[str]) -> Node | None:
        return self._only(without | {edge.source for edge in self.edges if edge.target not in without})

    def _only(self, excluded: set[str]) -> Node | None:
        found = [node for node in self.nodes.values() if node.id not in excluded]
        return found[0] if len(found) == 1 else None


def _is_made_up(id: str) -> bool:
    try:
        UUID(id)
    except ValueError:
        return False
    return True


def _named(data: Any) -> str | None:
    """What a node is called by its data."""
    if data is None:
        return None
    return (data.__name__ if isinstance(data, type) else data.get_name()).removeprefix("Runnable")


__all__ = ["EditableGraph"]
