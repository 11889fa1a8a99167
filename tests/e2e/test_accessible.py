"""axe finds nothing to complain of in any view, light and dark; everything is reached by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


CELLS = [
    RETRIEVAL,
    "%%trace\nanswer = retrieval_chain().invoke(question)",
    "retrieval_chain()",
    "%%trace\n(RunnablePassthrough() | (lambda x: 1 / 0)).batch([1, 2], return_exceptions=True)",
    "import chainviz\nfor view in (chainviz.TracePanel, chainviz.EventTimeline):\n    display(view(chainviz.trace()))",
]


def states(panel: Panel) -> Iterator[str]:
    """One after another, what a person can make of the panel."""

    def press(*names: str) -> None:
        for name in names:
            panel.root.get_by_role("button", name=name, exact=True).click()

    panel.run("my_llm").click()
    yield "a run selected"
    panel.rows("my_llm").first.click()
    press("Patches", "Choose sub-runs", "type:llm", "Token boundaries")
    yield "an event and the patches open, sub-runs chosen"
    press("Token boundaries", "+ type:llm", "− type:llm", "Choose sub-runs", "Patches")
    panel.events.press("Escape")
    panel.filter.fill('status:done "')
    press("Copy as")
    yield "a fault in the filter, a menu open"
    panel.filter.fill("status:")
    yield "suggestions"
    panel.filter_by("")
    time = panel.root.get_by_role("slider", name="Time")
    time.press("Home")
    press("Maximise State")
    yield "before all, one view maximised"
    press("Restore State")
    time.press("End")
    names = ("Graph", "Tokens", "State", "Timeline", "Details")
    press(*(f"Hide {name}" for name in names))
    yield "no view left"
    press(*names)


def test_axe_has_nothing_to_complain_of(lab: Lab) -> None:
    lab.notebook(CELLS)
    lab.run(*range(len(CELLS)))
    panel, graph, failed = (Panel(lab.view(cell)) for cell in (1, 2, 3))
    expect(failed.status).to_have_text("failed")
    graph.step("Docs").click()
    failed.root.get_by_role("button", name="errors").first.click()
    empty = [lab.view(4).nth(index) for index in range(2)]
    found: list[str] = []
    for theme in ("dark", "light"):
        lab.theme(theme)
        found += [f"{theme}: {fault}" for root in (graph.root, failed.root, *empty) for fault in violations(root)]
        for state in states(panel):
            found += [f"{theme}, {state}: {fault}" for fault in violations(panel.root)]
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
