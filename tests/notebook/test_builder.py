"""`build` in a cell: shown once, with the user's functions and steps among its components."""

from __future__ import annotations

from typing import Any

from .conftest import Shell

LIVE = "application/vnd.jupyter.widget-view+json"


def views(shell: Shell) -> int:
    """How many live views were shown since the last time."""
    count = sum(LIVE in bundle for bundle in shell.shown)
    shell.shown.clear()
    return count


def run(shell: Shell, cell: str) -> Any:
    """Run a cell as a notebook does, which numbers those that it runs."""
    result = shell.run_cell(cell, store_history=True)
    result.raise_error()
    return result.result


def test_a_cell_shows_the_builder_once(notebook: Shell) -> None:
    run(notebook, "import chainviz\nb = chainviz.build('answer')")
    assert views(notebook) == 1
    run(notebook, "b")
    assert views(notebook) == 1
    run(notebook, "chainviz.build()")
    assert views(notebook) == 1
    run(notebook, "c = b.chain.edit()\nc")
    assert views(notebook) == 1


def test_the_variables_of_the_notebook_are_components_as_they_are_now(notebook: Shell) -> None:
    run(notebook, "import chainviz\ndef shout(x: str) -> str: return x + '!'\nnumber = 3\nb = chainviz.build()")
    names = run(notebook, "[entry.component.name for entry in b.editor.palette(b.editor.root.id)]")
    assert "shout" in names and "number" not in names and "get_ipython" not in names
    run(notebook, "b.code = 'StrOutputParser() | shout'")
    assert run(notebook, "b.chain.invoke('a')") == "a!"
    run(notebook, "def shout(x): return x + '?'")
    assert run(notebook, "b.chain.invoke('a')") == "a?"
    run(notebook, "del shout")
    assert "# shout: not known here" in run(notebook, "b.code")
