"""Static pictures, for whoever reads a saved notebook: a chain as its graph, a trace as what came of it.

Plain HTML with inline styles: no script, nothing fetched, every text escaped and without its secrets, and no larger
than a page can bear. Colours are those of the viewer's text, in both themes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from chainviz.graph.html import ACCENTS, draw_html
from chainviz.graph.model import Graph
from chainviz.graph.text import visible
from chainviz.tracing.recorded_error import encode_error
from chainviz.tracing.redact import Redactor
from chainviz.widgets.summary import Lane, Summary
from chainviz.widgets.words import MARKS, duration, said

if TYPE_CHECKING:
    from chainviz.tracing.trace import Trace
    from chainviz.tracing.tree import RunTree

_RUNS = 40
_ERRORS = 10
_LANES = 10
_GRAPHS = 3
_STEPS = 80
_TEXT = 600
_NAME = 80

_PAGE = "font:12px/1.5 system-ui,sans-serif;max-width:100%;overflow-wrap:anywhere"
_PART = "margin-top:8px"
_HEAD = "font-weight:600;margin-bottom:2px"
_FAINT = "opacity:.75"
_QUOTE = "border-left:3px solid {accent};padding:0 8px;margin:2px 0 6px"
_MONO = "font:12px/1.5 ui-monospace,monospace"
_ROW = "display:flex;align-items:center"
_NAMES = "width:50%;box-sizing:border-box;padding-left:{indent}px"
_BAR = "margin-left:{left:.3g}%;width:{width:.3g}%;min-width:2px;height:8px;background:{accent}"
_LANE = 0.34  # of a row's width, for the bars
_GREY = "#94a3b8"
_RED = "#ef4444"


def trace_picture(trace: Trace, view: str = "trace") -> tuple[str, str]:
    """What came of a trace, as far as it has come, in HTML and in plain text: the parts that such a view shows."""
    picture = _Picture(trace)
    return picture.html(view), picture.text()


def graph_html(graph: Graph) -> str:
    """The graph of a chain."""
    return _graph(graph, {}, _cleaner(graph))


def graph_text(graph: Graph) -> str:
    """The same as plain text."""
    return _cleaner(graph).text(graph.draw_text())


def _cleaner(graph: Graph) -> Redactor:
    return Redactor.of_steps(node.data for node in graph.root.walk())


def _graph(graph: Graph, notes: dict[str, str], redactor: Redactor) -> str:
    steps = sum(1 for _ in graph.root.walk())
    if steps > _STEPS:
        return f'<div style="{_FAINT}">{said("The chain has {} steps, too many for a picture.", steps)}</div>'
    return draw_html(graph, notes, lambda text: redactor.text(text)[:_TEXT], said)


class _Picture:
    """One picture of one trace."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._redactor = Redactor.of(trace)
        self._summary = Summary(trace)

    def html(self, view: str) -> str:
        name = self._text(self._trace.name or said("Trace"), _NAME)
        if not self._summary.roots:
            live = said("A live view stands here while its kernel lives: run the cell to watch it.")
            body = f'<div style="{_FAINT}">{live}</div>'
        else:
            body = "".join(part for show in _PARTS[view] if (part := show(self)))
        return f'<div role="group" aria-label="{name}" style="{_PAGE}">{self._head(name)}{body}</div>'

    def text(self) -> str:
        roots = self._summary.roots
        rest = "" if len(roots) <= _RUNS else "\n…"
        return self._redactor.text("\n".join([repr(self._trace), *map(repr, roots[:_RUNS])]) + rest)

    def _text(self, text: str, most: int = _TEXT) -> str:
        """Escaped, without secrets, on one line, of limited length."""
        clean = visible(self._redactor.text(text[: 2 * most + 200]))
        return escape(clean if len(clean) <= most else f"{clean[:most]}…")

    def _lines(self, text: str) -> str:
        """`_text` that keeps the line breaks."""
        rest = "…" if len(text) > _TEXT else ""
        clean = self._redactor.text(text[: 2 * _TEXT])[:_TEXT]
        return "<br>".join(escape(visible(line)) for line in clean.splitlines()[:40]) + rest

    def _head(self, name: str) -> str:
        says = " · ".join(self._summary.says())
        return f'<div><b>{name}</b> <span style="{_FAINT}">{escape(says)}</span></div>'

    def graphs(self) -> str:
        drawn = [_graph(graph, notes, self._redactor) for graph, notes in self._summary.graphs(_GRAPHS)]
        return "".join(f'<div style="{_PART}">{graph}</div>' for graph in drawn)

    def waterfall(self) -> str:
        rows = [self._row(node, depth) for node, depth in self._summary.all[:_RUNS]]
        more = self._summary.count - len(rows)
        rest = [said("… and {} more runs", more)] if more else []
        if self._trace.dropped:
            rest.append(said("… and {} events dropped", self._trace.dropped))
        note = "".join(f'<div style="{_FAINT}">{line}</div>' for line in rest)
        return f'<div style="{_PART}">{"".join(rows)}{note}</div>'

    def _row(self, node: RunTree, depth: int) -> str:
        accent = _RED if node.status == "failed" else ACCENTS.get(node.run.type, _GREY)
        left, width = self._summary.bar(node)
        about = "" if node.status == "done" else f"{said(node.status)} "
        bar = _BAR.format(left=_LANE * left, width=_LANE * width, accent=accent)
        # Few elements, each with little to say: Lab reads the whole of it again and again, in search of headings.
        return (
            f'<div style="{_ROW}"><span style="{_NAMES.format(indent=14 * min(depth, 12))}">'
            f"{MARKS[node.status]} {self._text(node.run.name, _NAME)} · {said(node.run.type.replace('_', ' '))}</span> "
            f'<span style="width:16%">{about}{duration(node.seconds)}</span> <span style="{bar}"></span></div>'
        )

    def tokens(self) -> str:
        lanes = self._summary.lanes
        shown = "".join(self._lane(lane) for lane in lanes[:_LANES])
        more = (
            f'<div style="{_FAINT}">{said("… and {} more", len(lanes) - _LANES)}</div>' if len(lanes) > _LANES else ""
        )
        return self._section(said("Tokens"), shown + more)

    def _lane(self, lane: Lane) -> str:
        count = said("{} tokens", lane.tokens) if lane.tokens else ""
        head = f'{self._text(lane.run.name, _NAME)} <span style="{_FAINT}">{count}</span>'
        style = _QUOTE.format(accent=ACCENTS.get(lane.run.type, _GREY))
        return f'<div style="{style}"><div>{head}</div><div style="{_MONO}">{self._lines(lane.text)}</div></div>'

    def output(self) -> str:
        output = self._summary.output()
        return "" if output is None else self._section(said("Output"), self._quote(_GREY, output))

    def errors(self) -> str:
        found = self._summary.errors
        parts = [self._quote(_RED, f"{error.run.name}: {_told(error.error)}") for error in found[:_ERRORS]]
        if len(found) > _ERRORS:
            parts.append(f'<div style="{_FAINT}">{said("… and {} more", len(found) - _ERRORS)}</div>')
        return self._section(said("Errors"), "".join(parts))

    def _quote(self, accent: str, text: str) -> str:
        return f'<div style="{_QUOTE.format(accent=accent)};{_MONO}">{self._lines(text)}</div>'

    def _section(self, title: str, inside: str) -> str:
        return f'<div style="{_PART}"><div style="{_HEAD}">{title}</div>{inside}</div>' if inside else ""


_PARTS = {
    "trace": (_Picture.graphs, _Picture.waterfall, _Picture.tokens, _Picture.output, _Picture.errors),
    "graph": (_Picture.graphs, _Picture.errors),
    "tokens": (_Picture.tokens, _Picture.errors),
    "state": (_Picture.waterfall, _Picture.output, _Picture.errors),
    "timeline": (_Picture.waterfall, _Picture.errors),
}


def _told(error: Any) -> str:
    encoded = encode_error(error, _TEXT)
    return f"{str(encoded['type']).rpartition('.')[2]}: {encoded['message']}"


__all__ = ["graph_html", "graph_text", "trace_picture"]
