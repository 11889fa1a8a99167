"""`build` and `Runnable.edit`: the chain builder in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.builder.editor import Editor
from chainviz.notebook.runner import Watch
from chainviz.notebook.show import in_notebook, shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chainviz.runnables.base import Runnable
    from chainviz.tracing.trace import Trace
    from chainviz.widgets.builder import ChainBuilder


def build(template: Any = None) -> ChainBuilder:
    """Open the chain builder: empty, with a template by its name, or with a chain, which itself stays as it is.

    Of the result, `b.chain` is at every moment a Runnable, `b.code` its Python, `b.spec` its JSON; assigning to one of
    them shows that. Raises InvalidInputError where there is no such template, NotAStepError for what is no chain.
    """
    from chainviz.widgets.builder import ChainBuilder

    editor = Editor(_variables)
    if isinstance(template, str):
        editor.load_template(template)
    elif template is not None:
        editor.chain = template
    editor.begin()
    builder = ChainBuilder(editor, _start, _into_next_cell, _cell)
    if in_notebook():
        builder._ipython_display_()  # pyright: ignore[reportPrivateUsage]
    return builder


def _variables() -> Mapping[str, Any]:
    """The user's variables."""
    ip = shell()
    return {} if ip is None else ip.user_ns


def _cell() -> int | None:
    """The number of the cell that runs."""
    return getattr(shell(), "execution_count", None)


def _start(chain: Runnable[Any, Any], input: Any) -> Trace:
    return Watch(chain, input, None)


def _into_next_cell(code: str) -> None:
    ip = shell()
    if ip is not None:
        ip.set_next_input(code)


__all__ = ["build"]
