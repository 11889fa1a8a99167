"""How IPython displays our objects: a chain as its graph, a trace as its panel."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingBundleError
from chainviz.notebook.show import in_notebook, show_trace, without_bundle
from chainviz.runnables.base import Runnable
from chainviz.runnables.coerce import adopted
from chainviz.tracing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

ADOPTED = (("langchain_core.runnables.base", "Runnable"),)
"""The classes of other frameworks that are displayed as ours, with all classes below them."""
_FRAMEWORKS = ("langchain_core", "langchain", "langgraph")
_OWN_DISPLAYS = ("_ipython_display_", "_repr_mimebundle_", "_repr_html_", "_repr_pretty_")


def display_chain(step: Runnable[Any, Any]) -> None:
    """The chain's graph, live and as a picture. Leaves to others a class that displays itself, and a terminal."""
    if isinstance(own := getattr(step, "_ipython_display_", None), MethodType):
        return own()
    if not in_notebook() or _displays_itself(step):
        raise NotImplementedError  # IPython goes on to what else there is
    try:
        from chainviz.widgets import GraphView

        view = GraphView(step)
    except MissingBundleError as error:
        from IPython.display import display  # pyright: ignore[reportUnknownVariableType]

        from chainviz.widgets.picture import graph_html, graph_text

        graph = step.get_graph()
        html, text = without_bundle(str(error), graph_html(graph), graph_text(graph))
        display({"text/html": html, "text/plain": text}, raw=True)
    else:
        view._ipython_display_()  # pyright: ignore[reportPrivateUsage]


def chain_bundle(step: Runnable[Any, Any]) -> Any:
    """The mime bundle of a chain in a terminal: its text drawing. None where its class displays itself."""
    if isinstance(own := getattr(step, "_repr_mimebundle_", None), MethodType):
        return own()
    return None if _displays_itself(step) else {"text/plain": step.get_graph().draw_text()}


def _displays_itself(step: Runnable[Any, Any]) -> bool:
    return any(hasattr(type(step), name) for name in _OWN_DISPLAYS)


def display_adopted(thing: Any) -> None:
    """The graph of another framework's object, in place of that framework's own display: LangGraph's asks a web
    service to draw it. Leaves to others a class of the user's that displays itself."""
    step = adopted(thing)
    if step is None or _users_displays(thing):
        raise NotImplementedError
    display_chain(step)


def adopted_bundle(thing: Any) -> Any:
    """The mime bundle of such an object in a terminal."""
    step = adopted(thing)
    if "_repr_mimebundle_" in _users_displays(thing):
        return thing._repr_mimebundle_()
    return None if step is None or _users_displays(thing) else chain_bundle(step)


def _users_displays(thing: Any) -> set[str]:
    """How the user's own class, not the framework's, says that it is displayed."""
    own = [cls for cls in type(thing).__mro__[:-1] if cls.__module__.split(".")[0] not in _FRAMEWORKS]
    return {name for name in _OWN_DISPLAYS for cls in own if name in vars(cls)}


def trace_bundle(trace: Trace) -> dict[str, str]:
    """A trace where there is no page: its runs as a tree of text."""
    return {"text/plain": "\n".join([repr(trace), *map(repr, trace.tree)])}


def display_trace(trace: Trace) -> None:
    """The trace's panel; in a terminal its text."""
    if in_notebook():
        show_trace(trace)
    else:
        print(trace_bundle(trace)["text/plain"])


def _imported(formatter: Any, place: tuple[str, str]) -> list[tuple[Any, Any]]:
    """Where IPython keeps the printer of a named class once it has met one of its objects."""
    return [(formatter.type_printers, cls) for cls in formatter.type_printers if _place(cls) == place]


def _place(cls: type[Any]) -> tuple[str, str]:
    return cls.__module__, cls.__name__


class Formatters:
    """Our displays in one IPython; `remove` takes away just what was added, and puts back what stood there.

    They are mime bundles and not plain-text printers, for IPython prefers a class's own `__repr__` to the latter.
    """

    def __init__(self, ip: Any) -> None:
        formatter = ip.display_formatter
        self._undo: list[Callable[[], Any]] = []
        self._add(formatter.mimebundle_formatter, Runnable, chain_bundle)
        self._add(formatter.mimebundle_formatter, Trace, trace_bundle)
        self._add(formatter.ipython_display_formatter, Runnable, display_chain)
        self._add(formatter.ipython_display_formatter, Trace, display_trace)
        for place in ADOPTED:
            self._add_named(formatter.mimebundle_formatter, place, adopted_bundle)
            self._add_named(formatter.ipython_display_formatter, place, display_adopted)

    def _add_named(self, formatter: Any, place: tuple[str, str], printer: Callable[..., Any]) -> None:
        """Add a printer for a class that may not have been imported yet."""
        before = formatter.for_type_by_name(*place, printer)

        def undo() -> None:
            for printers, key in ((formatter.deferred_printers, place), *_imported(formatter, place)):
                if printers.get(key) is printer:
                    del printers[key]
                    if before is not None:
                        printers[key] = before

        self._undo.append(undo)

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
