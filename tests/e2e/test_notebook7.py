"""Notebook 7: the graph, the live panel, the filter, and the page opened again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .browser import PROBE, Guard
from .builder import Builder
from .cells import RETRIEVAL, STEPS
from .notebook7 import Notebook7
from .panel import Panel
from .server import JupyterServer

BUILD = "import chainviz\nb = chainviz.build(retrieval_chain())"
# Notebook 7.6.5 looks for the settings of a plugin that it does not have.
ITS_OWN = re.compile(r"Cannot read properties of undefined \(reading 'schema'\)")


@pytest.fixture(scope="module")
def notebook(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook7]:
    server = JupyterServer(tmp_path_factory.mktemp("notebook7") / "home", "notebook")
    context = browser.new_context(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
    context.add_init_script(PROBE)
    page = context.new_page()
    guard = Guard(page, server.url, [ITS_OWN])
    yield Notebook7(page, server)
    guard.check()
    context.close()
    server.stop()


def test_a_chain_is_watched_found_and_there_again(notebook: Notebook7) -> None:
    notebook.notebook(
        [RETRIEVAL, "retrieval_chain()", "%%trace t\nanswer = retrieval_chain(2).invoke(question)", BUILD]
    )
    notebook.run(0, 1)
    graph = Panel(notebook.view(1))
    for name in STEPS:
        expect(graph.step(name)).to_be_visible()

    notebook.run_cell(2)
    panel = Panel(notebook.view(2))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    assert "kensho" not in notebook.text_while_running(2, panel.tokens)
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    expect(panel.status).to_have_text("done")
    notebook.screenshot("notebook7")

    panel.filter_by("name:Docs")
    expect(panel.rows("Docs").first).to_be_visible()
    assert panel.rows().count() == panel.rows("Docs").count()
    panel.run("Docs").click()
    expect(panel.details).to_contain_text("harrison worked at kensho")
    panel.filter_by("")

    notebook.run(3)
    builder = Builder(notebook.view(3).first)
    builder.do("StrOutputParser", "Delete")
    expect(builder.step("StrOutputParser")).to_have_count(0)

    content = panel.content()
    notebook.reload()
    expect(panel.status).to_have_text("done")
    panel.expect_content(content)
    expect(graph.step("my_llm")).to_be_visible()
    expect(builder.step("my_llm")).to_be_visible()
