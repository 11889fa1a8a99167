"""The static graph of a chain: a tree of nodes with stable path ids, and the flat view of it as nodes and edges.

The tree is what the chain says of itself (`Runnable._graph_children`): a sequence, a parallel, a branch … each with
its children in order. A node's id is the path that the run events of that step carry. The flat view has only what data
flows through, with the input's and the output's schema at the ends, as drawings and `to_json` show it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.config import CURRENT, ambient, inherited, merge_configs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    from chainviz.graph.types import Flow

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

    def __repr__(self) -> str:
        return f"<Node {self.id!r} {self.kind} {self.name!r}>"


class Edge(NamedTuple):
    """Data goes from one node of the flat view to another, always or (`conditional`) only in the case `data`."""

    source: str
    target: str
    data: str | None = None
    conditional: bool = False


class Graph:
    """The static graph of one Runnable. `root` is the tree, `nodes` and `edges` the flat view."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @classmethod
    def of(cls, step: Any) -> Graph:
        """The graph of a Runnable. Builds no schema and draws nothing yet."""
        return cls(_node(step, "", None))

    def find(self, id: str) -> Node | None:
        """The node of the tree with this path id, or None."""
        return self._by_id.get(id)

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.root.walk()}

    @cached_property
    def flow(self) -> Flow:
        """The types that flow through the chain, as short texts by path id."""
        from chainviz.graph.types import Flow

        return Flow(self.root)

    # --- the flat view -----------------------------------------------------------------------------------------

    @cached_property
    def _flat(self) -> tuple[dict[str, Node], list[Edge]]:
        from chainviz.graph.flat import flatten

        return flatten(self.root)

    @property
    def nodes(self) -> dict[str, Node]:
        """The nodes that data flows through, by id, in order."""
        return self._flat[0]

    @property
    def edges(self) -> list[Edge]:
        return self._flat[1]

    def first_node(self) -> Node | None:
        """The only node that no edge goes to, or None where there is no such node or several."""
        return self._only({edge.target for edge in self.edges})

    def last_node(self) -> Node | None:
        """The only node that no edge comes from, or None where there is no such node or several."""
        return self._only({edge.source for edge in self.edges})

    def _only(self, excluded: set[str]) -> Node | None:
        found = [node for node in self.nodes.values() if node.id not in excluded]
        return found[0] if len(found) == 1 else None

    def to_json(self, *, with_schemas: bool = False) -> dict[str, list[dict[str, Any]]]:
        """The flat view as JSON; `with_schemas` gives the JSON Schemas at the two ends instead of their names."""
        from chainviz.graph.flat import to_json

        return to_json(self.nodes, self.edges, with_schemas=with_schemas)

    # --- drawings ----------------------------------------------------------------------------------------------

    def draw_mermaid(
        self,
        *,
        with_styles: bool = True,
        curve_style: Any = "linear",
        node_colors: Any = None,
        wrap_label_n_words: int = 9,
        frontmatter_config: dict[str, Any] | None = None,
    ) -> str:
        """The graph as Mermaid text; groups are subgraphs. `node_colors` has `default`, `first` and `last` styles."""
        from chainviz.graph.mermaid import draw_mermaid

        return draw_mermaid(
            self,
            with_styles=with_styles,
            curve_style=curve_style,
            node_colors=node_colors,
            wrap_label_n_words=wrap_label_n_words,
            frontmatter_config=frontmatter_config,
        )

    def draw_text(self) -> str:
        """The graph as a tree for a terminal, drawn with box characters, with the types between the steps."""
        from chainviz.graph.text import draw_text

        return draw_text(self)

    def draw_ascii(self) -> str:
        """The same tree in ASCII characters only."""
        from chainviz.graph.text import draw_text

        return draw_text(self, ascii_only=True)

    def print_ascii(self) -> None:
        print(self.draw_ascii())

    def draw_dot(self) -> str:
        """The graph in Graphviz's language; groups are clusters."""
        from chainviz.graph.dot import draw_dot

        return draw_dot(self)

    def draw_svg(self, output_file_path: str | PathLike[str] | None = None) -> str | None:
        """The graph as SVG text, or None where it was written to a file.

        Raises MissingProgramError where Graphviz's `dot` is not installed.
        """
        from chainviz.graph.dot import render, write

        data = write(render(self, "svg"), output_file_path)
        return None if data is None else data.decode()

    def draw_png(
        self,
        output_file_path: str | PathLike[str] | None = None,
        fontname: str | None = None,
        labels: dict[str, Any] | None = None,
    ) -> bytes | None:
        """The graph as the bytes of a PNG, or None where it was written to a file.

        `labels["nodes"]` has other labels by node id. Raises MissingProgramError where `dot` is not installed.
        """
        from chainviz.graph.dot import render, write

        nodes: dict[str, str] = (labels or {}).get("nodes") or {}
        return write(render(self, "png", fontname=fontname, labels=nodes), output_file_path)

    def draw_html(self) -> str:
        """The graph as a static picture: HTML with inline styles, without script."""
        from chainviz.graph.html import draw_html

        return draw_html(self)

    def draw_python(self) -> str:
        """The chain as Python source, as far as it can be said."""
        from chainviz.builder.drawing import draw_python

        return draw_python(self)

    def __repr__(self) -> str:
        return f"<Graph of {self.root.name!r}, {len(self._by_id)} nodes>"


def _node(
    step: Any,
    id: str,
    slot: str | None,
    run_name: str | None = None,
    params: Mapping[str, Any] | None = None,
    wrappers: tuple[Any, ...] = (),
) -> Node:
    children = step._graph_children()
    if len(children) == 1 and not children[0][0]:
        own = step._graph_params()
        config = getattr(step, "config", None)
        # What is configurable inside stands there as the wrapper's config has it.
        with ambient(merge_configs(inherited(), config) if config else CURRENT.get()):
            run_name = run_name or _run_name(step)
            return _node(children[0][2], id, slot, run_name, {**own, **(params or {})}, (*wrappers, step))
    return Node(
        id,
        run_name or step.get_name(),
        step,
        kind=step._graph_kind,
        slot=slot,
        children=tuple(
            _node(child, f"{id}/{segment}" if id else segment, child_slot)
            for segment, child_slot, child in _named(step, children)
        ),
        params=params,
        run_name=run_name,
        wrappers=wrappers,
        links=step._graph_links(),
    )


def _named(step: Any, children: list[tuple[str, str | None, Any]]) -> list[tuple[str, str | None, Any]]:
    """The children; the cases of a branch are called by what a lambda of a condition says, as it has no name."""
    if step._graph_kind != "branch":
        return children
    from chainviz.runnables.source import condition_of

    named: list[tuple[str, str | None, Any]] = []
    said: str | None = None
    for segment, slot, child in children:
        is_condition = segment.endswith("/condition")
        if is_condition:
            said = condition_of(child)
        text = None if segment.endswith("default") or said is None else f"if {said}" if is_condition else said
        named.append((segment, text or slot, child))
    return named


def _run_name(wrapper: Any) -> str | None:
    """The name that a wrapper gives to the runs of what it wraps."""
    config: dict[str, Any] = getattr(wrapper, "config", None) or {}
    return config.get("run_name") or getattr(wrapper, "name", None)


__all__ = ["CHOICES", "ENDS", "FORKS", "Edge", "Graph", "Link", "Node"]
