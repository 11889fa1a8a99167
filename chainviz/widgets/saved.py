"""A live view and its picture: two outputs of one cell, of which one is seen.

A saved notebook keeps what a cell put out. A widget's output says nothing once its kernel is gone, and JupyterLab then
says so in place of the other forms in the same output; so the picture is an output of its own, filled in when the
trace ends. A style in it hides the picture while its view lives on the page, and the dead widget's output once not.
Where styles are taken away, as in a notebook that is not trusted, only the picture is shown anyhow.
"""

# IPython is untyped.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import Context
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from chainviz.tracing.trace import Trace

logger = logging.getLogger("chainviz")

Drawn = tuple[str, str]
"""A picture: as HTML, and as plain text."""

_STYLE = (
    "<style>:root:has([data-picture={id}]) .{id},"
    ":root:has([data-picture={id}]) .jp-OutputArea-child:has(.{id}),"
    # A widget that is found stands in the output; in place of one that is not stands a text. Each class is named: with
    # `*` in its place, browsers would match this again at every element that comes to the page.
    ".jp-OutputArea-child:not(:has(>.jp-OutputArea-output>.lm-Widget)):has(+.jp-OutputArea-child .{id})"
    "{{display:none}}</style>"
)


def new_mark() -> str:
    """What a view and its picture have in common on the page."""
    return f"cvp-{uuid4().hex[:12]}"


def marked(html: str, mark: str) -> str:
    """The picture that is hidden while a view of the same mark is on the page."""
    return f'<div class="{mark}">{_STYLE.format(id=mark)}{html}</div>'


def show_picture(draw: Callable[[], Drawn], trace: Trace | None) -> None:
    """Display a picture now, and again when the trace has ended. Raises nothing once it stands."""
    from IPython.display import display

    live = None if trace is None or trace.closed else trace  # it may end while it is drawn
    handle = display(_bundle(*draw()), raw=True, display_id=True)
    if live is None or handle is None:
        return
    lock = Lock()

    def changed() -> None:
        if live.closed and lock.acquire(blocking=False):  # never released: it is drawn once
            try:
                # Told as of the cell that runs now: who executes notebooks hears no other.
                Context().run(lambda: handle.update(_bundle(*draw()), raw=True))
            except Exception:
                logger.debug("the picture of %r could not be drawn", live, exc_info=True)

    live.subscribe(changed)
    changed()


def _bundle(html: str, text: str) -> dict[str, Any]:
    return {"text/html": html, "text/plain": text}
