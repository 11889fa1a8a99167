"""How IPython displays our objects: a chain as its graph, a trace as its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingBundleError
from chainviz.notebook.show import in_notebook, show_trace, without_bundle
from chainviz.runnables.base import Runnable
from chainviz.tracing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

_OWN_DISPLAYS = ("_repr_mimebundle_", "_repr_html_", "_ipython_display_")


def graph_bundle(step: Runnable[Any, Any]) -> Any:
    """The mime bundle of a chain, or None where there is no page to show it or its class displays itself."""
    if not in_notebook() or any(hasattr(type(step), name) for name in _OWN_DISPLAYS):
        return None
    try:
        from chainviz.widgets import GraphView

        return GraphView(step)._repr_mimebundle_()
    except MissingBundleError as error:
        graph = step.get_graph()
        return without_bundle(error, graph.draw_html(), graph.draw_text())


def graph_text(step: Runnable[Any, Any], printer: Any, cycle: bool) -> None:
    """The text drawing of a chain that stands alone; its repr within a list or a dict."""
    printer.text(repr(step) if cycle or len(printer.stack) > 1 else step.get_graph().draw_text())


def trace_text(trace: Trace, printer: Any, cycle: bool) -> None:
    """A trace's runs as a tree of text."""
    alone = not cycle and len(printer.stack) <= 1
    printer.text("\n".join([repr(trace), *map(repr, trace.tree)]) if alone else repr(trace))


class Formatters:
    """Our displays in one IPython; `remove` takes away just what was added, and puts back what stood there."""

    def __init__(self, ip: Any) -> None:
        formatter = ip.display_formatter
        self._undo: list[Callable[[], Any]] = []
        self._add(formatter.mimebundle_formatter, Runnable, graph_bundle)
        self._add(formatter.formatters["text/plain"], Runnable, graph_text)
        self._add(formatter.formatters["text/plain"], Trace, trace_text)
        self._add(formatter.ipython_display_formatter, Trace, show_trace)

    def _add(self, formatter: Any, type_: type, printer: Callable[..., Any]) -> None:
        before = formatter.for_type(type_, printer)

        def undo() -> None:
            if formatter.type_printers.get(type_) is not printer:
                return
            if before is None:
                formatter.pop(type_)
            else:
                formatter.for_type(type_, before)

        self._undo.append(undo)

    def remove(self) -> None:
        for undo in reversed(self._undo):
            undo()
