"""Journey 8, keep: what a saved notebook shows when it is opened again, and who else can show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from .browser import Guard
from .cells import RETRIEVAL
from .lab import Lab

CELLS = [
    RETRIEVAL,
    "chain = retrieval_chain()\nchain",
    "%%trace t\nfor _ in chain.stream(question):\n    pass",
    "from chainviz import watch\nwatch(chain, question).result()",
    "%%trace --views graph,tokens,timeline\nchain.invoke(question)",
]
GRAPH, TRACED, WATCHED, VIEWS = 1, 2, 3, 4
PICTURE = "[class^=cvp-]"


@pytest.fixture
def lab(session_page: tuple[Lab, Guard]) -> Iterator[Lab]:
    """The session's page. That a widget of an ended kernel is not found is said on the console, by JupyterLab."""
    lab, guard = session_page
    yield lab
    guard.faults = [fault for fault in guard.faults if "widget model not found" not in fault]
    guard.check()


def run_all(lab: Lab, cells: list[str] = CELLS) -> Path:
    """Run the cells and save the notebook; its path."""
    lab.notebook(cells)
    lab.run(*range(len(cells)))
    path = lab.page.evaluate(
        "async () => { const { context } = window.jupyterapp.shell.currentWidget;"
        "await context.save(); return context.path; }"
    )
    return lab.server.notebooks / path


@pytest.fixture(autouse=True)
def nothing_stays_open(lab: Lab) -> Iterator[None]:
    """A notebook whose views are gone must not go on asking for them while the next test runs."""
    yield
    lab.close()


def reopen(lab: Lab, path: Path) -> None:
    lab.close()
    lab._open(path.name)
    lab.output(TRACED).wait_for()


def pictures(area: Locator) -> Locator:
    """The pictures that are seen there."""
    return area.locator(PICTURE).filter(visible=True)


def is_finished_picture(area: Locator) -> None:
    expect(pictures(area)).to_have_count(1)
    for text in ("my_llm", "✓ done", "ChatPromptTemplate", "Harrison worked at Kensho.", "Docs retriever"):
        expect(pictures(area)).to_contain_text(text)


def test_live_there_is_the_view_alone(lab: Lab) -> None:
    run_all(lab)
    for index in (GRAPH, TRACED, WATCHED):
        expect(lab.output(index).get_by_role("tree", name="Chain graph").filter(visible=True)).to_have_count(1)
        expect(pictures(lab.output(index))).to_have_count(0)
        expect(lab.output(index).locator(".jp-OutputArea-child").filter(visible=True)).to_have_count(
            2 if index == WATCHED else 1
        )
    expect(lab.output(VIEWS).locator(".cv-root").filter(visible=True)).to_have_count(3)
    expect(pictures(lab.output(VIEWS))).to_have_count(0)


def test_a_reloaded_page_has_the_views_back(lab: Lab) -> None:
    run_all(lab)
    lab.reload()
    expect(lab.output(TRACED).get_by_role("status", name="Run status")).to_have_text("done")
    expect(pictures(lab.output(TRACED))).to_have_count(0)


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_opened_without_its_kernel_it_shows_the_pictures(lab: Lab, trusted: bool) -> None:
    path = run_all(lab)
    if not trusted:  # somebody else's: nothing in this server's book of signatures
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_markdown_cell("From elsewhere."))
        path = path.with_name(f"untrusted-{path.name}")
        nbformat.write(notebook, path)
    reopen(lab, path)
    expect(pictures(lab.output(GRAPH))).to_have_count(1)
    expect(pictures(lab.output(GRAPH))).to_contain_text("ChatPromptTemplate")
    is_finished_picture(lab.output(TRACED))
    is_finished_picture(lab.output(WATCHED))
    expect(pictures(lab.output(VIEWS))).to_have_count(3)
    dead = lab.page.locator(".jp-NotebookPanel:visible").get_by_text(
        re.compile("model not found|Loading widget|<TracePanel>")
    )
    expect(dead.filter(visible=True)).to_have_count(0)


def test_an_error_is_in_the_picture(lab: Lab) -> None:
    failing = """%%trace
with contextlib.suppress(ZeroDivisionError):
    (RunnablePassthrough() | (lambda x: 1 / 0)).invoke("<i>x</i>")"""
    path = run_all(lab, [RETRIEVAL, "import contextlib", failing])
    reopen(lab, path)
    expect(pictures(lab.output(2))).to_contain_text("ZeroDivisionError: division by zero")
    expect(pictures(lab.output(2))).to_contain_text("✗")


@pytest.mark.parametrize("width", [700, 1200])
def test_the_pictures_in_two_themes(lab: Lab, width: int) -> None:
    reopen(lab, run_all(lab, CELLS[:3]))
    lab.output_width(width, height=1200)
    is_finished_picture(lab.output(TRACED))
    for theme in ("dark", "light"):
        lab.theme(theme)
        lab.screenshot(f"keep-{width}-{theme}", lab.cell(TRACED))
    assert lab.output(TRACED).evaluate("(area) => area.scrollWidth <= area.clientWidth"), "nothing scrolls sideways"


@pytest.mark.parametrize("state", [True, False], ids=["state", "no-state"])
def test_nbconvert_shows_the_pictures(browser: Browser, tmp_path: Path, state: bool) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=state).execute()
    html, _ = HTMLExporter().from_notebook_node(notebook)
    (tmp_path / "notebook.html").write_text(html)
    page = offline(browser)
    page.goto((tmp_path / "notebook.html").as_uri(), wait_until="domcontentloaded")
    areas = page.locator(".jp-Cell-outputArea")
    expect(areas).to_have_count(4)
    is_finished_picture(areas.nth(1))
    is_finished_picture(areas.nth(2))
    expect(pictures(areas.nth(0))).to_contain_text("ChatPromptTemplate")
    expect(pictures(areas.nth(3))).to_have_count(3)
    expect(page.get_by_text("<TracePanel>")).to_have_count(0)
    page.context.close()


def test_a_run_that_ends_in_a_later_cell_is_finished_in_the_picture() -> None:
    cells = [RETRIEVAL, "from chainviz import watch\nw = watch(retrieval_chain(20), question)", "w.result()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    _, picture = notebook.cells[1].outputs
    assert "✓ done" in picture.data["text/html"] and "running" not in picture.data["text/html"]


def offline(browser: Browser, **options: Any) -> Page:
    return browser.new_context(offline=True, **options).new_page()
