"""What a graph is made of: the nodes of the tree, the links of a state graph, and the edges of the flat view."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHOICES = frozenset({"branch", "router", "fallbacks"})
"""Kinds of which one child's output is the output: each child stands on a conditional edge."""
FORKS = frozenset({"parallel", "assign"})
"""Kinds whose children all take the same input, side by side."""
ENDS = frozenset({"start", "end"})
"""Kinds of the children at which the data enters and leaves a state graph: no steps."""


class Link(NamedTuple):
    """In a state graph, one child may follow another: always, or (`conditional`) where it is chosen, in the case
    `label`. `source` and `target` are places among the children, from 0."""

    source: int
    target: int
    label: str | None = None
    conditional: bool = False


class Node:
    """One step of a chain, or the schema at one end of it (kind `schema`).

    `data` is the Runnable itself, None where there is none at hand; `slot` is what the parent calls this child;
    `params` are the few parameters that matter; `run_name` is the name that `with_config` gave, None where it gave
    none. A wrapper that only configures (`with_config`, `bind`) has no node of its own: its name and parameters are
    those of the node of what it wraps, and it is one of `wrappers`, the outermost first. Of a state graph (kind
    `graph`), `links` say how its children follow each other, with cycles where there are any; the children of kind
    `start` and `end` are its ends. Where the links are not known, its children stand in the order in which they began.
    """

    __slots__ = ("_params", "children", "data", "id", "kind", "links", "name", "run_name", "slot", "wrappers")

    def __init__(
        self,
        id: str,
        name: str,
        data: Any = None,
        *,
        kind: str = "chain",
        slot: str | None = None,
        children: tuple[Node, ...] = (),
        params: Mapping[str, Any] | None = None,
        run_name: str | None = None,
        wrappers: tuple[Any, ...] = (),
        links: tuple[Link, ...] = (),
    ) -> None:
        self.id = id
        self.name = name
        self.data = data
        self.kind = kind
        self.slot = slot
        self.children = children
        self.run_name = run_name
        self.wrappers = wrappers
        self.links = links
        self._params = params

    @property
    def params(self) -> dict[str, Any]:
        own: dict[str, Any] = getattr(self.data, "_graph_params", dict)()
        return {**own, **self._params} if self._params else own

    @property
    def class_name(self) -> str:
        if self.data is None:
            return self.name
        return getattr(self.data, "_graph_class", None) or type(self.data).__name__

    @property
    def metadata(self) -> dict[str, Any] | None:
        return self.params or None

    @property
    def is_condition(self) -> bool:
        """True for what only decides where the data goes."""
        return self.id.endswith("/condition")

    @property
    def branches(self) -> tuple[Node, ...]:
        """The children that the data goes through: without conditions, and of an assign the steps for its keys."""
        if self.kind == "assign" and len(self.children) == 1 and self.children[0].kind == "parallel":
            return self.children[0].children
        return tuple(child for child in self.children if not child.is_condition)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()

    def copy(self, *, id: str | None = None, name: str | None = None) -> Node:
        """The same node under another id or name."""
        node = copy(self)
        node.id, node.name = id or self.id, name or self.name
        return node

    def __repr__(self) -> str:
        return f"<Node {self.id!r} {self.kind} {self.name!r}>"


class Edge(NamedTuple):
    """Data goes from one node of the flat view to another, always or (`conditional`) only in the case `data`."""

    source: str
    target: str
    data: str | None = None
    conditional: bool = False

    def copy(self, *, source: str | None = None, target: str | None = None) -> Edge:
        """The same edge between other nodes."""
        return self._replace(source=source or self.source, target=target or self.target)


__all__ = ["CHOICES", "ENDS", "FORKS", "Edge", "Link", "Node"]
