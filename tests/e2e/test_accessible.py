"""axe finds nothing to complain of in any view, light and dark; everything is reached by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from .cells import RETRIEVAL
from .lab import Lab
from .panel import Panel

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"


def violations(root: Locator) -> list[str]:
    """What axe says of an element, as sentences."""
    if not root.page.evaluate("Boolean(window.axe)"):
        root.page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = root.evaluate("async (element) => (await axe.run(element)).violations")
    return [f"{rule['id']}: {rule['help']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_complain_of(lab: Lab, theme: str) -> None:
    lab.notebook([RETRIEVAL, "%%trace\nanswer = retrieval_chain().invoke(question)", "retrieval_chain()"])
    lab.run(0, 1, 2)
    lab.theme(theme)
    panel, graph = Panel(lab.view(1)), Panel(lab.view(2))
    expect(panel.status).to_have_text("done")
    panel.run("my_llm").click()
    graph.step("Docs").click()
    found = violations(panel.root) + violations(graph.root)
    lab.theme("light")
    assert not found, "\n".join(found)


def test_the_notebook_gets_no_keys_that_are_pressed_in_a_view(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "%%trace\nretrieval_chain().invoke(question)", "1"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    cells = lab.page.locator(".jp-NotebookPanel:visible .jp-Notebook .jp-Cell")
    expect(cells).to_have_count(3)
    for part in (panel.root.get_by_role("grid"), panel.root.get_by_role("button", name="errors"), panel.details):
        part.first.focus()
        for key in ("a", "b", "x", "d", "d", "Shift+M"):
            lab.page.keyboard.press(key)
        expect(cells).to_have_count(3)
