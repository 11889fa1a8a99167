"""A graph as a static picture: nested boxes in plain HTML with inline styles, for viewers without widgets.

Nothing here needs a script, a style sheet or the network; colours are those of the viewer's text, in both themes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from chainviz.graph.model import FORKS
from chainviz.graph.text import brief, visible

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Node
    from chainviz.graph.types import Flow

ACCENTS = {
    "chat_model": "#8b5cf6",
    "llm": "#8b5cf6",
    "prompt": "#0ea5e9",
    "retriever": "#f59e0b",
    "tool": "#ef4444",
    "parser": "#10b981",
    "lambda": "#64748b",
}
_OTHER = "#94a3b8"
_SIDE_BY_SIDE = FORKS | {"branch", "router", "fallbacks"}

_PAGE = "font:12px/1.45 system-ui,sans-serif;max-width:100%;overflow-wrap:anywhere"
_BOX = "border:1px solid {accent};border-left-width:4px;border-radius:6px;padding:4px 8px;min-width:0"
_ROW = "display:flex;flex-wrap:wrap;gap:6px;margin-top:4px"
_COLUMN = "display:flex;flex-direction:column;margin-top:4px"
_TYPE = "font:11px/1.6 ui-monospace,monospace;opacity:.75;padding-left:8px"
_FAINT = "opacity:.75"


def draw_html(graph: Graph) -> str:
    name = escape(visible(graph.root.name))
    return f'<div role="img" aria-label="Chain graph of {name}" style="{_PAGE}">{_box(graph.root, graph.flow)}</div>'


def _box(node: Node, flow: Flow) -> str:
    style = _BOX.format(accent=ACCENTS.get(node.kind, _OTHER)) + (";flex:1 1 170px" if node.slot else "")
    return f'<div style="{style}">{_title(node)}{_inside(node, flow)}</div>'


def _title(node: Node) -> str:
    slot = f'<span style="{_FAINT}">{escape(visible(node.slot))}: </span>' if node.slot else ""
    kind = f' <span style="{_FAINT}">{escape(node.kind.replace("_", " "))}</span>'
    params = "".join(
        f' <span style="{_FAINT}">· {escape(visible(key))}={escape(brief(value))}</span>'
        for key, value in node.params.items()
    )
    return f"<div>{slot}<b>{escape(visible(node.name))}</b>{kind}{params}</div>"


def _inside(node: Node, flow: Flow) -> str:
    if not node.children:
        return ""
    if node.kind in _SIDE_BY_SIDE:
        return f'<div style="{_ROW}">{"".join(_box(child, flow) for child in node.branches)}</div>'
    parts = [_type(flow.input(node.children[0].id))]
    for child in node.children:
        parts += [_box(child, flow), _type(flow.output(child.id))]
    return f'<div style="{_COLUMN}">{"".join(parts)}</div>'


def _type(text: str) -> str:
    return f'<div style="{_TYPE}">↓ {escape(visible(text))}</div>'
