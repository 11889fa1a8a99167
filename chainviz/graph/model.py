"""The static graph of a chain: a tree of nodes with stable path ids, and the flat view of it as nodes and edges.

The tree is what the chain says of itself (`Runnable._graph_children`): a sequence, a parallel, a branch … each with
its children in order. A node's id is the path that the run events of that step carry. The flat view has only what data
flows through, with the input's and the output's schema at the ends, as drawings and `to_json` show it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from chainviz.config import CURRENT, ambient, inherited, merge_configs
from chainviz.graph.editing import EditableGraph
from chainviz.graph.parts import CHOICES, ENDS, FORKS, Edge, Link, Node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from chainviz.graph.types import Flow


class Graph(EditableGraph):
    """The static graph of one Runnable. `root` is the tree, `nodes` and `edges` the flat view, which can be edited: the
    drawings of nodes and edges then show what was made of it, and those of the tree the chain as it is."""

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

    def _with(self, nodes: dict[str, Node], edges: list[Edge]) -> Graph:
        graph = Graph(self.root)
        graph._flat = nodes, edges
        return graph

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
