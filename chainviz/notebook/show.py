"""Showing a trace in the cell that makes it, once."""

from __future__ import annotations

import sys
from html import escape
from threading import get_ident
from typing import TYPE_CHECKING, Any

from chainviz.errors import MissingBundleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainviz.tracing.trace import Trace

VIEWS = ("panel", "graph", "tokens", "state", "timeline")

_shown: dict[int, set[str]] = {}
"""The traces that the cell has shown already which runs on a thread."""


def forget_shown() -> None:
    """A new cell runs on this thread: every trace may be shown again. On others a cell may still run, as the page's
    messages are answered while it does."""
    _shown.pop(get_ident(), None)


def shell() -> Any:
    """The IPython that runs here, or None."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def in_notebook() -> bool:
    """Whether what is displayed here can be a widget: in a kernel, not in a terminal."""
    return hasattr(shell(), "kernel")


def show_trace(trace: Trace, views: Sequence[str] = ("panel",), height: int | None = None) -> None:
    """Display views of a trace, unless this cell has done so. Outside of a notebook does nothing."""
    if not in_notebook():
        return
    shown = _shown.setdefault(get_ident(), set())
    if trace.id in shown:
        return
    from IPython.display import display  # pyright: ignore[reportUnknownVariableType]

    shown.add(trace.id)
    try:
        widgets = [_view(name)(trace, height=height) for name in views]
    except MissingBundleError as error:
        from chainviz.widgets.picture import trace_picture
        from chainviz.widgets.saved import show_picture

        sentence = str(error)
        show_picture(lambda: without_bundle(sentence, *trace_picture(trace)), trace)
        return
    for widget in widgets:
        display(widget)


def _view(name: str) -> Any:
    from chainviz import widgets

    return {
        "panel": widgets.TracePanel,
        "graph": widgets.GraphView,
        "tokens": widgets.TokenStreams,
        "state": widgets.RunStateTree,
        "timeline": widgets.EventTimeline,
    }[name]


def without_bundle(sentence: str, html: str, text: str) -> tuple[str, str]:
    """What is displayed where the front end was not built: the picture, and what to do."""
    return f"{html}<div><em>{escape(sentence)}</em></div>", f"{text}\n{sentence}"
