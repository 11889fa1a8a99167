"""How IPython displays our objects: a chain as its graph, a trace as its panel."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingBundleError
from chainviz.notebook.show import in_notebook, show_trace, without_bundle
from chainviz.runnables.base import Runnable
from chainviz.tracing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

_OWN_DISPLAYS = ("_repr_mimebundle_", "_repr_html_", "_repr_pretty_")


def chain_bundle(step: Runnable[Any, Any]) -> Any:
    """The mime bundle of a chain: its graph, in a terminal its text drawing. None where its class displays itself."""
    if isinstance(own := getattr(step, "_repr_mimebundle_", None), MethodType):
        return own()
    if any(hasattr(type(step), name) for name in _OWN_DISPLAYS):
        return None
    if not in_notebook():
        return {"text/plain": step.get_graph().draw_text()}
    try:
        from chainviz.widgets import GraphView

        return GraphView(step)._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]
    except MissingBundleError as error:
        graph = step.get_graph()
        return without_bundle(error, graph.draw_html(), graph.draw_text())


def trace_bundle(trace: Trace) -> dict[str, str]:
    """A trace where there is no page: its runs as a tree of text."""
    return {"text/plain": "\n".join([repr(trace), *map(repr, trace.tree)])}


def display_trace(trace: Trace) -> None:
    """The trace's panel; in a terminal its text."""
    if in_notebook():
        show_trace(trace)
    else:
        print(trace_bundle(trace)["text/plain"])


class Formatters:
    """Our displays in one IPython; `remove` takes away just what was added, and puts back what stood there.

    They are mime bundles and not plain-text printers, for IPython prefers a class's own `__repr__` to the latter.
    """

    def __init__(self, ip: Any) -> None:
        formatter = ip.display_formatter
        self._undo: list[Callable[[], Any]] = []
        self._add(formatter.mimebundle_formatter, Runnable, chain_bundle)
        self._add(formatter.mimebundle_formatter, Trace, trace_bundle)
        self._add(formatter.ipython_display_formatter, Trace, display_trace)

    def _add(self, formatter: Any, type_: type, printer: Callable[..., Any]) -> None:
        before = formatter.for_type(type_, printer)

        def undo() -> None:
            if formatter.type_printers.get(type_) is printer:
                formatter.pop(type_)
                if before is not None:
                    formatter.for_type(type_, before)

        self._undo.append(undo)

    def remove(self) -> None:
        for undo in reversed(self._undo):
            undo()
