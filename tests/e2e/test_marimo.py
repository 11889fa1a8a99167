"""marimo: views in its shadow roots, live, linked, in its theme; and a second visitor of the same process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .browser import Guard
from .builder import Builder
from .lab import SCREENSHOTS
from .panel import Panel
from .server import MarimoServer

NOTEBOOK = Path(__file__).parent / "marimo_notebook.py"
STEPS = ["ChatPromptTemplate", "my_llm", "StrOutputParser"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MarimoServer]:
    server = MarimoServer(tmp_path_factory.mktemp("marimo"), NOTEBOOK)
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, server: MarimoServer) -> Iterator[Page]:
    """A visitor who likes it dark, of a notebook that is light."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, color_scheme="dark")
    page = context.new_page()
    guard = Guard(page, server.url)
    page.goto(server.url)
    yield page
    guard.check()
    context.close()


def views(page: Page) -> list[Panel]:
    """The views in their order: a chain, a finished trace, its graph again, a trace that runs; a builder comes last."""
    roots = page.locator("marimo-anywidget .cv-root")
    expect(roots).to_have_count(5)
    return [Panel(roots.nth(index)) for index in range(4)]


def test_views_are_live_styled_and_linked(visit: Page) -> None:
    chain, finished, again, live = views(visit)
    expect(live.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    expect(live.status).to_have_text(re.compile("running|streaming"))
    expect(finished.status).to_have_text("done")
    for name in STEPS:
        expect(chain.step(name)).to_be_visible()
        expect(finished.step(name)).to_have_accessible_name(re.compile(", done"))

    icons = finished.root.locator("svg").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert 0 < max(icons) < 30, "the page's style stays outside, ours is inside"
    expect(finished.root).to_have_attribute("data-theme", "light")
    first = finished.rows().first.locator("span:has(svg)")
    expect(first).to_have_css("white-space", "nowrap")
    assert first.evaluate("(one) => one.scrollHeight <= one.clientHeight"), "icon and name stand on one line"

    finished.run("my_llm").click()
    for panel in (finished, again):
        expect(panel.step("my_llm")).to_have_attribute("aria-selected", "true")
    expect(finished.details).to_contain_text("Where did harrison work?")
    again.step("ChatPromptTemplate").click()
    visit.keyboard.press("ArrowDown")
    expect(again.step("my_llm")).to_be_focused()
    finished.filter_by("name:StrOutputParser")
    expect(finished.rows("on_parser_end")).to_have_count(1)

    expect(live.status).to_have_text("done")
    live.run("StrOutputParser").click()
    expect(live.details).to_contain_text("Kensho")
    finished.root.screenshot(path=SCREENSHOTS / "marimo.png")

    builder = Builder(visit.locator("marimo-anywidget .cv-root").nth(4))
    builder.do("StrOutputParser", "Delete")
    expect(builder.step("StrOutputParser")).to_have_count(0)
    expect(builder.card("my_llm").locator(".cv-button")).to_have_css("visibility", "visible")

    visit.get_by_role("button", name="again").click()
    expect(live.status).to_have_text(re.compile("running|streaming"))
    expect(live.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    expect(live.details).not_to_contain_text("Kensho")
    expect(finished.filter).to_have_value("name:StrOutputParser")


def test_another_visitor_sees_the_same(visit: Page) -> None:
    chain, finished, _again, live = views(visit)
    expect(chain.step("my_llm")).to_be_visible()
    expect(finished.status).to_have_text("done")
    expect(live.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
