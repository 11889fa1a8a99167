"""`to_html`: one page that needs nothing but itself, opened from a file."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from chainviz import RunnableLambda, trace

from .browser import Guard
from .panel import Panel


def shout(text: str) -> str:
    return text.upper()


def test_a_saved_trace_is_explored_without_kernel_and_network(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        (RunnableLambda(str.strip) | shout | (lambda text: {"said": text})).invoke("  <b>hello</b> ")
    path = tmp_path / "trace.html"
    t.to_html(path)

    context = browser.new_context(offline=True)
    page = context.new_page()
    guard = Guard(page, "file:")
    page.goto(path.as_uri())
    panel = Panel(page.locator("body"))
    expect(panel.status).to_have_text("done")
    expect(panel.step("shout")).to_have_accessible_name(re.compile(", done"))
    panel.run("shout").click()
    expect(panel.details).to_contain_text("<B>HELLO</B>")
    panel.filter_by("name:shout")
    expect(panel.rows("shout").first).to_be_visible()
    assert panel.rows().count() == panel.rows("shout").count()
    guard.check()
    context.close()
