"""A graph as an SVG picture of nested boxes, as the views show it. Needs no other program."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from chainviz.graph.html import ACCENTS
from chainviz.graph.model import CHOICES, ENDS, FORKS
from chainviz.graph.routing import Routing, route
from chainviz.graph.text import brief, visible

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Link, Node
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
_PORT = 9


class _Box(NamedTuple):
    node: Node
    width: float
    height: float
    inside: tuple[_Box, ...]
    routing: Routing = Routing([], [])


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
    text = visible(text[: _WIDEST + 1])
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
    routing = route(node.links)
    width = max(
        width, *(child.width + 2 * _PADDING for child in inside), *(2 * _room(link) for link in routing.straight)
    )
    height = head + sum(child.height + _GAP for child in inside) - _GAP + _PADDING
    return _Box(node, width + _all_tracks(routing), height, inside, routing)


def _all_tracks(routing: Routing) -> float:
    """The width of all tracks."""
    return sum(_track(links) for links in routing.tracks)


def _track(links: list[Link]) -> float:
    return max(_room(link) for link in links)


def _room(link: Link) -> float:
    """The width of a line with its label on its right."""
    return len(_short(link.label or "")) * _SMALL + 16


def _draw(box: _Box, x: float, y: float, width: float, flow: Flow, parts: list[str]) -> None:
    node = box.node
    if node.kind in ENDS:
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{box.height:.1f}" rx="{box.height / 2:.1f}" '
            f'fill="#fff" stroke="{_LINE}"/>'
        )
        _text(parts, x + width / 2, y + 19, _short(node.name), middle=True)
        return
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
    draw_inside = _draw_row if _is_beside(node) else _draw_column
    draw_inside(box, x, top, width, flow, parts)


def _draw_row(box: _Box, x: float, top: float, width: float, flow: Flow, parts: list[str]) -> None:
    """What is inside a box side by side, as wide as there is room for."""
    room = (width - _PADDING) / (sum(child.width + _PADDING for child in box.inside) or 1)
    left = x + _PADDING
    for child in box.inside:
        own = (child.width + _PADDING) * room - _PADDING
        middle = left + own / 2
        parts.append(f'<path d="M{middle:.1f} {top:.1f}v{_GAP}" stroke="{_LINE}"/>')
        _text(parts, middle, top + 16, _short(child.node.slot or ""), faint=True, middle=True, over=True)
        _draw(child, left, top + _GAP, own, flow, parts)
        left += own + _PADDING


def _draw_column(box: _Box, x: float, top: float, width: float, flow: Flow, parts: list[str]) -> None:
    """What is inside a box one below the other, with the types or the links between."""
    node = box.node
    width -= _all_tracks(box.routing)
    middle = x + width / 2
    tops: list[float] = []
    for number, child in enumerate(box.inside):
        if number and not node.links:
            parts.append(f'<path d="M{middle:.1f} {top - _GAP:.1f}v{_GAP}" stroke="{_LINE}"/>')
            type_ = flow.output(box.inside[number - 1].node.id) if node.kind == "sequence" else ""
            _text(parts, middle, top - 9, "" if type_ == "Any" else _short(type_), faint=True, middle=True, over=True)
        _draw(child, x + _PADDING, top, width - 2 * _PADDING, flow, parts)
        tops.append(top)
        top += child.height + _GAP
    _draw_links(box, middle, x + width - _PADDING, tops, parts)


def _draw_links(box: _Box, middle: float, right: float, tops: list[float], parts: list[str]) -> None:
    """The links as arrows, between boxes that begin at `tops`, have their middle at `middle` and end at `right`."""
    labels: list[tuple[float, float, Link]] = []
    for link in box.routing.straight:
        y = tops[link.target]
        _arrow(parts, f"M{middle:.1f} {y - _GAP:.1f}v{_GAP - 4}", f"M{middle:.1f} {y:.1f}l-4 -7h8z", link)
        labels.append((middle, y - 11, link))
    x = right + _PADDING
    for links in box.routing.tracks:
        for link in links:
            leaves, enters = tops[link.source] + box.inside[link.source].height - _PORT, tops[link.target] + _PORT
            line = f"M{right:.1f} {leaves:.1f}H{x:.1f}V{enters:.1f}H{right + 4:.1f}"
            _arrow(parts, line, f"M{right:.1f} {enters:.1f}l7 -4v8z", link)
            labels.append((x, (leaves + enters) / 2 + 4, link))
        x += _track(links)
    for x, y, link in labels:
        _text(parts, x + 6, y, _short(link.label or ""), faint=True, over=True)


def _arrow(parts: list[str], path: str, head: str, link: Link) -> None:
    dashes = ' stroke-dasharray="4 3"' if link.conditional else ""
    parts.append(f'<path d="{path}" fill="none" stroke="{_LINE}"{dashes}/><path d="{head}" fill="{_LINE}"/>')


def _text(
    parts: list[str],
    x: float,
    y: float,
    text: str,
    *,
    weight: int = 400,
    faint: bool = False,
    middle: bool = False,
    over: bool = False,
) -> None:
    """One line of text, from `x` or with its middle there; lines pass behind what is `over` them."""
    if not text:
        return
    look = f' font-size="10.5" font-family="ui-monospace, monospace" fill="{_FAINT}"' if faint else ""
    if middle:
        look += ' text-anchor="middle"'
    if over:
        look += ' stroke="#f6f8fa" stroke-width="5" paint-order="stroke"'
    parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}"{look}>{escape(text)}</text>')


__all__ = ["draw_svg"]
