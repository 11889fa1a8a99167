"""A graph as an SVG picture of nested boxes, as the views show it. Needs no other program."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from chainviz.graph.html import ACCENTS
from chainviz.graph.model import CHOICES, FORKS
from chainviz.graph.text import brief, visible

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Node
    from chainviz.graph.types import Flow

_OTHER = "#64748b"
_LINE = "#94a3b8"
_FAINT = "#57606a"
_WIDEST = 44
_CHARACTER = 7.2
_SMALL = 6.3
_HEAD = 30
_PARAMS = 16
_GAP = 26
_PADDING = 10


class _Box(NamedTuple):
    node: Node
    width: float
    height: float
    inside: tuple[_Box, ...]


def draw_svg(graph: Graph) -> str:
    box = _measured(graph.root)
    parts: list[str] = []
    _draw(box, _PADDING, _PADDING, box.width, graph.flow, parts)
    width, height = box.width + 2 * _PADDING, box.height + 2 * _PADDING
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="system-ui, sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _short(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _params(node: Node) -> str:
    return _short("  ".join(f"{key}={brief(value)}" for key, value in node.params.items()))


def _is_beside(node: Node) -> bool:
    return node.kind in CHOICES | FORKS


def _measured(node: Node) -> _Box:
    inside = tuple(_measured(child) for child in node.children)
    head = _HEAD + (_PARAMS if _params(node) else 0)
    width = max(120.0, len(_short(node.name)) * _CHARACTER + 36, len(_params(node)) * _SMALL + 24)
    if node.slot:
        width = max(width, len(_short(node.slot)) * _SMALL + 12)
    if not inside:
        return _Box(node, width, head, inside)
    if _is_beside(node):
        width = max(width, sum(child.width + _PADDING for child in inside) + _PADDING)
        return _Box(node, width, head + _GAP + max(child.height for child in inside) + _PADDING, inside)
    width = max(width, *(child.width + 2 * _PADDING for child in inside))
    return _Box(node, width, head + sum(child.height + _GAP for child in inside) - _GAP + _PADDING, inside)


def _draw(box: _Box, x: float, y: float, width: float, flow: Flow, parts: list[str]) -> None:
    node = box.node
    accent = ACCENTS.get(node.kind, _OTHER)
    parts.append(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{box.height:.1f}" rx="6" '
        f'fill="{"#f6f8fa" if box.inside else "#fff"}" stroke="{_LINE}"/>'
        f'<rect x="{x:.1f}" y="{y + 6:.1f}" width="3" height="{_HEAD - 12}" fill="{accent}"/>'
    )
    _text(parts, x + 12, y + 19, _short(node.name), weight=400 if box.inside else 600)
    if params := _params(node):
        _text(parts, x + 12, y + 36, params, faint=True)
    top = y + _HEAD + (_PARAMS if params else 0)
    if _is_beside(node):
        room = (width - _PADDING) / (sum(child.width + _PADDING for child in box.inside) or 1)
        left = x + _PADDING
        for child in box.inside:
            own = (child.width + _PADDING) * room - _PADDING
            middle = left + own / 2
            parts.append(f'<path d="M{middle:.1f} {top:.1f}v{_GAP}" stroke="{_LINE}"/>')
            _text(parts, middle, top + 16, _short(child.node.slot or ""), faint=True, middle=True)
            _draw(child, left, top + _GAP, own, flow, parts)
            left += own + _PADDING
        return
    for number, child in enumerate(box.inside):
        if number:
            middle = x + width / 2
            parts.append(f'<path d="M{middle:.1f} {top - _GAP:.1f}v{_GAP}" stroke="{_LINE}"/>')
            type_ = flow.output(box.inside[number - 1].node.id) if node.kind == "sequence" else ""
            _text(parts, middle, top - 9, "" if type_ == "Any" else _short(type_), faint=True, middle=True)
        _draw(child, x + _PADDING, top, width - 2 * _PADDING, flow, parts)
        top += child.height + _GAP


def _text(
    parts: list[str], x: float, y: float, text: str, *, weight: int = 400, faint: bool = False, middle: bool = False
) -> None:
    if not text:
        return
    look = f' font-size="10.5" font-family="ui-monospace, monospace" fill="{_FAINT}"' if faint else ""
    if middle:
        # Lines pass behind it.
        look += ' text-anchor="middle" stroke="#f6f8fa" stroke-width="5" paint-order="stroke"'
    parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}"{look}>{escape(text)}</text>')


__all__ = ["draw_svg"]
