"""`build` and `Runnable.edit`: the chain builder in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.builder.editor import Editor
from chainviz.notebook.show import in_notebook, shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chainviz.widgets.builder import ChainBuilder


def build(template: Any = None) -> ChainBuilder:
    """Open the chain builder: empty, or with a chain in it.

    `b.chain` is at every moment a Runnable, `b.code` its Python.
    """
    from chainviz.widgets.builder import ChainBuilder

    editor = Editor(_variables)
    if template is not None:
        editor.chain = template
    editor.begin()
    builder = ChainBuilder(editor)
    if in_notebook():
        builder._ipython_display_()  # pyright: ignore[reportPrivateUsage]
    return builder


def _variables() -> Mapping[str, Any]:
    """The user's variables."""
    ip = shell()
    return {} if ip is None else ip.user_ns


__all__ = ["build"]
