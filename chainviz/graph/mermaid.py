"""A graph as Mermaid text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from chainviz.graph.flat import box_label, drawing_order
from chainviz.graph.model import CHOICES
from chainviz.graph.text import visible

if TYPE_CHECKING:
    from chainviz.graph.model import Edge, Graph, Node

STYLES = {"default": "fill:#f2f0ff,line-height:1.2", "first": "fill-opacity:0", "last": "fill:#bfb6fc"}
_RESERVED = frozenset(
    {"end", "graph", "subgraph", "default", "class", "style", "click", "linkstyle", "flowchart", "first", "last"}
)
_NO_ID = re.compile(r"[^0-9A-Za-z_]+")
_NO_LABEL = re.compile(
    r"[^\w ,.=+\-…]"
    r"|(?<=[-.])-"  # -- and .- end the label of an arrow
    r"|(?<!\w)_+|_+(?!\w)"  # __start__ is a bold start, where labels are Markdown
)


def escape(text: str) -> str:
    """A label in which nothing can be read as Mermaid or as HTML."""
    return _NO_LABEL.sub(lambda found: "".join(f"#{ord(char)};" for char in found[0]), visible(text))


def draw_mermaid(
    graph: Graph,
    *,
    with_styles: bool = True,
    curve_style: Any = "linear",
    node_colors: Any = None,
    wrap_label_n_words: int = 9,
    frontmatter_config: dict[str, Any] | None = None,
) -> str:
    """The flat view as a flowchart down the page; without styles only the edges."""
    ids = _Ids(graph)
    lines: list[str] = []
    if with_styles:
        lines += ["---", _frontmatter(curve_style, frontmatter_config), "---"]
    lines.append("graph TD;")
    if with_styles:
        lines += _nodes(graph, ids)
    lines += [f"\t{_arrow(edge, ids, wrap_label_n_words)};" for edge in graph.edges]
    if with_styles:
        lines += [f"\tclassDef {name} {style}" for name, style in _styles(node_colors).items()]
    return "\n".join(lines) + "\n"


class _Ids:
    """A readable Mermaid id for each path id: the node's name, numbered where several share it."""

    def __init__(self, graph: Graph) -> None:
        self._by_path: dict[str, str] = {}
        self._used: dict[str, int] = {}
        for node in graph.nodes.values():
            self._by_path[node.id] = self.new(node.name)

    def new(self, name: str) -> str:
        word = name if name.isalnum() and name.isascii() else _NO_ID.sub("_", name).strip("_") or "node"
        word = f"{word}_" if word.lower() in _RESERVED else word
        id = word
        while id in self._used:
            self._used[word] += 1
            id = f"{word}_{self._used[word]}"
        self._used[id] = 1
        return id

    def __getitem__(self, path: str) -> str:
        return self._by_path[path]


def _nodes(graph: Graph, ids: _Ids) -> list[str]:
    first, last = graph.first_node(), graph.last_node()
    lines: list[str] = []
    depth = 1
    for what, node in drawing_order(graph.root, graph.nodes):
        if what == "close":
            depth -= 1
            lines.append("\t" * depth + "end")
        elif what == "open":
            lines.append("\t" * depth + f'subgraph {ids.new(node.name)} ["{escape(box_label(node))}"]')
            depth += 1
        else:
            lines.append("\t" * depth + _node(node, ids, "first" if node is first else "last" if node is last else ""))
    return lines


def _node(node: Node, ids: _Ids, mark: str) -> str:
    id, label = ids[node.id], escape(node.name)
    if node.kind in CHOICES:
        return f"{id}{{{{{label}}}}}"
    mark = {"start": "first", "end": "last"}.get(node.kind, mark)
    return f"{id}([{label}]):::{mark}" if mark else f"{id}({label})"


def _arrow(edge: Edge, ids: _Ids, words_a_line: int) -> str:
    line, head = ("-.", ".->") if edge.conditional else ("--", "-->")
    if not edge.data:
        return f"{ids[edge.source]} {'-.->' if edge.conditional else '-->'} {ids[edge.target]}"
    words = escape(edge.data).split()
    label = "&nbsp<br>&nbsp".join(" ".join(words[i : i + words_a_line]) for i in range(0, len(words), words_a_line))
    return f"{ids[edge.source]} {line} &nbsp;{label}&nbsp; {head} {ids[edge.target]}"


def _frontmatter(curve_style: Any, config: dict[str, Any] | None) -> str:
    """The settings as JSON, which is YAML too."""
    config = config or {}
    inner = config.get("config", {})
    curve = getattr(curve_style, "value", curve_style)
    settings = {**config, "config": {**inner, "flowchart": {**inner.get("flowchart", {}), "curve": curve}}}
    return json.dumps(settings, indent=2)


def _styles(colors: Any) -> dict[str, str]:
    if colors is None:
        return STYLES
    given = cast("dict[str, str]", colors if isinstance(colors, dict) else vars(colors))
    return {**STYLES, **given}
