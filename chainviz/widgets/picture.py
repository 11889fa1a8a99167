"""A trace as a static picture: its runs with status and duration, for viewers without widgets."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from chainviz.graph.text import visible

if TYPE_CHECKING:
    from chainviz.tracing.trace import RunTree, Trace

_MARKS = {"running": "…", "done": "✓", "failed": "✗", "cancelled": "⊘"}
_PAGE = "font:12px/1.5 system-ui,sans-serif;max-width:100%;overflow-wrap:anywhere"
_LIST = "list-style:none;margin:0;padding-left:16px"
_FAINT = "opacity:.75"
_MOST = 500


def trace_html(trace: Trace) -> str:
    """Nested lists with inline styles, without script. Of a very long trace the first runs, and how many more."""
    name = escape(visible(trace.name or "Trace"))
    roots = trace.tree
    if not roots:
        body = f'<div style="{_FAINT}">A live view stands here while its kernel lives: run the cell to watch it.</div>'
    else:
        left = [_MOST]
        body = _runs(roots, left)
        if left[0] < 0:
            body += f'<div style="{_FAINT}">… and {-left[0]} more runs</div>'
        if trace.dropped:
            body += f'<div style="{_FAINT}">… and {trace.dropped:,} events dropped</div>'
    return f'<div role="img" aria-label="{name}" style="{_PAGE}"><b>{name}</b>{body}</div>'


def _runs(nodes: list[RunTree], left: list[int]) -> str:
    items: list[str] = []
    for node in nodes:
        left[0] -= 1
        below = _runs(node.children, left) if node.children else ""
        if left[0] >= 0 or below:
            items.append(f"<li>{_line(node)}{below}</li>")
    return f'<ul style="{_LIST}">{"".join(items)}</ul>' if items else ""


def _line(node: RunTree) -> str:
    time = "" if node.seconds is None else f" · {node.seconds * 1000:,.0f} ms"
    about = f"{node.run.type.replace('_', ' ')} · {node.status}{time}"
    line = f'{_MARKS[node.status]} {escape(visible(node.run.name))} <span style="{_FAINT}">{about}</span>'
    if isinstance(node.error, BaseException):
        line += f' <span style="{_FAINT}">{escape(visible(type(node.error).__name__))}</span>'
    return line
