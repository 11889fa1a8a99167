"""One JupyterLab server and one page for the whole session; a test fails on whatever the page complained of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from .browser import PROBE, Guard, launch
from .lab import WAIT, Lab
from .server import JupyterServer

expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    server = JupyterServer(tmp_path_factory.mktemp("jupyter") / "home")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def session_page(browser: Browser, server: JupyterServer) -> Iterator[tuple[Lab, Guard]]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_init_script(PROBE)
    page = context.new_page()
    guard = Guard(page, server.url)
    lab = Lab(page, server)
    yield lab, guard
    lab.close()
    context.close()


@pytest.fixture(scope="session")
def session_lab(session_page: tuple[Lab, Guard]) -> Lab:
    """The page for fixtures that outlive a test; what it reports fails the test in which it is seen."""
    return session_page[0]


@pytest.fixture
def lab(session_page: tuple[Lab, Guard]) -> Iterator[Lab]:
    """The session's page, guarded: what it reports during the test fails the test."""
    lab, guard = session_page
    yield lab
    lab.lose_nothing()
    guard.check()
