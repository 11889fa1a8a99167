"""`%%trace`: everything that runs in a cell, in one live panel.

The magic's line is rewritten into one statement that opens the trace, and the cell below it stays as it is: it may
await, its last expression displays, and tracebacks point at its own lines. The trace is finished when the cell is.
"""

# IPython is untyped.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportOptionalMemberAccess=false

from __future__ import annotations

import shlex
import signal
from keyword import iskeyword
from threading import get_ident, main_thread
from typing import TYPE_CHECKING, Any, NamedTuple

from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import cell_magic
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from chainviz.errors import nearest
from chainviz.notebook.show import VIEWS, forget_shown, in_notebook, show_trace
from chainviz.tracing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

_OPTIONS = ("--views", "--height", "--name")


class Options(NamedTuple):
    """What stands behind `%%trace`."""

    variable: str | None = None
    views: tuple[str, ...] = ("panel",)
    height: int | None = None
    name: str | None = None


class CellTrace(Trace):
    """The trace of a cell."""

    stoppable = True

    def stop(self) -> None:
        """Interrupt the cell, as the kernel's own interrupt does; does nothing once it has ended."""
        if self._state == "open":
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
            else:
                signal.raise_signal(signal.SIGINT)


def parse_options(line: str) -> Options:
    """Read `[variable] [--views a,b] [--height pixels] [--name text]`. Raises UsageError with one sentence."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%%trace: {error} in {line!r}") from None
    options = Options()
    while words:
        word, equals, value = words.pop(0).partition("=")
        if not word.startswith("-"):
            options = options._replace(variable=_variable(word, options))
            continue
        if word not in _OPTIONS:
            expected = f"{', '.join(_OPTIONS[:-1])} or {_OPTIONS[-1]}"
            raise UsageError(f"%%trace: expected {expected}, got {word!r}{nearest(word, _OPTIONS)}")
        if not equals:
            if not words:
                raise UsageError(f"%%trace: expected a value after {word}, got nothing")
            value = words.pop(0)
        options = options._replace(**{word[2:]: _READ[word](value)})
    return options


def _variable(word: str, options: Options) -> str:
    if not word.isidentifier() or iskeyword(word) or options.variable is not None:
        raise UsageError(f"%%trace: expected one variable name for the trace and options like --height, got {word!r}")
    return word


def _views(value: str) -> tuple[str, ...]:
    views = tuple(view.strip() for view in value.split(",") if view.strip())
    expected = f"%%trace --views: expected some of {', '.join(VIEWS)}"
    for view in views:
        if view not in VIEWS:
            raise UsageError(f"{expected}, got {view!r}{nearest(view, VIEWS)}")
    if not views:
        raise UsageError(f"{expected}, got nothing")
    return views


def _height(value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise UsageError(f"%%trace --height: expected a number of pixels, got {value!r}")
    return int(value)


_READ = {"--views": _views, "--height": _height, "--name": str}


def rewrite(lines: list[str]) -> list[str]:
    """A cell that begins with `%%trace` as plain code of as many lines, beginning with `%trace`."""
    if not lines or lines[0].split(maxsplit=1)[:1] != ["%%trace"]:
        return lines
    options = lines[0].strip()[len("%%trace") :].strip()
    begin = f"get_ipython().run_line_magic('trace', {options!r})"
    body = cell_magic(lines[1:])
    if body != lines[1:]:
        return [f"{begin}; {body[0]}", *body[1:]]
    return [f"{begin}\n", *body]


@magics_class
class TraceMagics(Magics):
    """The magic in one IPython, and the traces that its running cells have opened."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._cells: dict[int, list[list[Trace]]] = {}

    @no_var_expand
    @line_cell_magic
    def trace(self, line: str, cell: str | None = None) -> None:
        """Watch what runs in this cell, sync or async, in one live panel.

            %%trace [variable] [--views panel,graph,tokens,state,timeline] [--height pixels] [--name text]

        `variable` is bound to the trace. In the middle of a cell, `%trace` watches what runs below it.
        """
        options = parse_options(line)
        trace = CellTrace(options.name)
        if options.variable is not None:
            self.shell.user_ns[options.variable] = trace
        show_trace(trace, options.views, options.height)
        trace.begin()
        if cell is None:
            self._running().append(trace)
            return
        try:
            self.shell.run_cell(cell)
        finally:
            _finish([trace])

    def _running(self) -> list[Trace]:
        """The traces of the innermost cell that runs on this thread. Cells nest: other magics run cells too."""
        cells = self._cells.setdefault(get_ident(), [])
        return cells[-1] if cells else self.cell_began()

    def cell_began(self) -> list[Trace]:
        cells = self._cells.setdefault(get_ident(), [])
        if not cells:
            forget_shown()
        traces: list[Trace] = []
        cells.append(traces)
        return traces

    def cell_ended(self) -> None:
        """Finish the traces of the cell that ended on this thread."""
        cells = self._cells.get(get_ident())
        if cells:
            _finish(cells.pop())
            if not cells:
                del self._cells[get_ident()]


def _finish(traces: Sequence[Trace]) -> None:
    for trace in reversed(traces):
        trace.finish()
        if not in_notebook():
            print("\n".join(map(repr, trace.tree)))
