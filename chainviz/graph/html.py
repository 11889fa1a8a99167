"""A graph as a static picture: nested boxes in plain HTML with inline styles, for viewers without widgets.

Nothing here needs a script, a style sheet or the network; colours are those of the viewer's text, in both themes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from chainviz.graph.model import ENDS, FORKS
from chainviz.graph.text import brief, onward, visible
from chainviz.runnables.source import lambda_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
_STATE = "display:flex;flex-wrap:wrap;align-items:center;gap:3px 6px;margin:4px 0 8px"
_LINK = "font:11px/1.5 ui-monospace,monospace;opacity:.75;border:1px solid {accent};border-radius:4px;padding:0 5px"
_END = "border:1px solid {accent};border-radius:12px;padding:0 10px"
_FAINT = "opacity:.75"
_SOURCE = 60


def draw_html(
    graph: Graph,
    notes: Mapping[str, str] | None = None,
    clean: Callable[[str], str] | None = None,
    kind: Callable[[str], str] | None = None,
) -> str:
    """`notes` has a text by path id, to stand behind a step's name: what became of it. `clean` goes over each text,
    `kind` says what a kind of step is called."""
    drawing = _Drawing(graph.flow, notes or {}, clean or str, kind or str)
    name = drawing.text(graph.root.name)
    return f'<div role="img" aria-label="Chain graph of {name}" style="{_PAGE}">{drawing.box(graph.root)}</div>'


def _called(node: Node) -> str:
    """A step's name; of a lambda, which has none, its source where that is short."""
    source = lambda_of(node.data) if node.kind == "lambda" and node.name == node.class_name else None
    return node.name if source is None or len(source) > _SOURCE else source


class _Drawing(NamedTuple):
    flow: Flow
    notes: Mapping[str, str]
    clean: Callable[[str], str]
    kind: Callable[[str], str]

    def text(self, text: str) -> str:
        return escape(visible(self.clean(text)))

    def box(self, node: Node, basis: str = "") -> str:
        if node.kind in ENDS:
            return f'<div style="{_END.format(accent=_OTHER)}">{self.text(node.name)}</div>'
        style = _BOX.format(accent=ACCENTS.get(node.kind, _OTHER)) + (f";flex:1 1 {basis}" if basis else "")
        return f'<div style="{style}">{self._title(node)}{self._inside(node)}</div>'

    def _title(self, node: Node) -> str:
        slot = f'<span style="{_FAINT}">{self.text(node.slot)}: </span>' if node.slot else ""
        kind = f' <span style="{_FAINT}">{escape(self.kind(node.kind.replace("_", " ")))}</span>'
        params = "".join(
            f' <span style="{_FAINT}">· {self.text(f"{key}={brief(value)}")}</span>'
            for key, value in node.params.items()
        )
        note = f" · {self.text(self.notes[node.id])}" if node.id in self.notes else ""
        return f"<div>{slot}<b>{self.text(_called(node))}</b>{kind}{params}{note}</div>"

    def _inside(self, node: Node) -> str:
        if not node.children:
            return ""
        if node.kind in _SIDE_BY_SIDE:
            return f'<div style="{_ROW}">{"".join(self.box(child, "170px") for child in node.branches)}</div>'
        if node.kind == "graph":
            return "".join(self._state(node, place) for place in range(len(node.children)))
        parts = [self._type(self.flow.input(node.children[0].id))]
        for child in node.children:
            parts += [self.box(child), self._type(self.flow.output(child.id))]
        return f'<div style="{_COLUMN}">{"".join(parts)}</div>'

    def _type(self, text: str) -> str:
        return f'<div style="{_TYPE}">↓ {"" if text == "Any" else self.text(text)}</div>'

    def _state(self, node: Node, place: int) -> str:
        """A child of a state graph and, below it, where it goes on."""
        style = _LINK.format(accent=_OTHER)
        links = "".join(f'<span style="{style}">{self.text(link)}</span>' for link in onward(node, place))
        return f'<div style="{_STATE}">{self.box(node.children[place], "100%")}{links}</div>'
