"""An IPython of one's own for each test, as a terminal or as a kernel, with what it displays noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from chainviz.notebook import extension, show
from chainviz.widgets import hidden


class Noted(DisplayPublisher):
    """Keeps what is published, and what replaces something published before."""

    def publish(self, data: Any, *_: Any, update: bool = False, **__: Any) -> None:
        (self.shell.updates if update else self.shell.shown).append(data)


class Hook(DisplayHook):
    """Keeps what a cell's last expression displays."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        if format_dict:
            self.shell.shown.append(format_dict)

    def write_output_prompt(self) -> None: ...


class Shell(InteractiveShell):
    """`shown` has the mime bundles in order, `updates` those that replace one; `kernel` makes it a notebook's."""

    display_pub_class = Noted
    displayhook_class = Hook

    def __init__(self, **kwargs: Any) -> None:
        self.shown: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        super().__init__(**kwargs)

    def run(self, cell: str) -> Any:
        """Run a cell and give the value of its last expression; raises what the cell raised."""
        result = self.run_cell(cell)
        result.raise_error()
        return result.result


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shell]:
    for name in ("assets.js", "stub.js"):
        (tmp_path / name).write_text(f"// {name}\n")
    monkeypatch.setattr("chainviz.wire.assets.STATIC", tmp_path)
    monkeypatch.setattr(hidden, "_bundle", None)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    Shell.clear_instance()
    # Its history would be written when Python ends, into a folder that is gone by then.
    shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.display_formatter.active_types = ["text/plain"]
    shell.display_formatter.ipython_display_formatter.enabled = False
    show.forget_shown()
    extension.load(shell)
    shell.run("from chainviz import *\nimport asyncio\ndef double(x):\n    return 2 * x")
    shell.run("chain = RunnableLambda(double) | double")
    shell.shown.clear()
    yield shell
    extension.unload(shell)
    Shell.clear_instance()


@pytest.fixture
def notebook(terminal: Shell) -> Shell:
    terminal.kernel = None  # type: ignore[attr-defined]
    terminal.display_formatter.active_types = terminal.display_formatter.format_types
    terminal.display_formatter.ipython_display_formatter.enabled = True
    return terminal
