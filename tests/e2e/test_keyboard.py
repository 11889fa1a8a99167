"""A whole trace is explored by keyboard alone: no mouse, and no focus but by Tab."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from chainviz import ChatPromptTemplate, FakeListChatModel, StrOutputParser, trace

from .browser import Guard
from .panel import Panel


def tab_to(part: Locator) -> Locator:
    """Press Tab until this part has the focus."""
    for _ in range(80):
        part.page.keyboard.press("Tab")
        if part.evaluate("(element) => element === document.activeElement"):
            return part
    raise AssertionError(f"Tab never came to {part}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def assert_copied(page: Page, text: str) -> None:
    """Wait until the clipboard has this text in it."""
    for _ in range(100):
        if text in page.evaluate("() => navigator.clipboard.readText()"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{text!r} was not copied")


def test_a_trace_is_explored_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with trace() as t:
        model = FakeListChatModel(responses=["one two three"])
        (ChatPromptTemplate.from_template("Say {it}") | model | StrOutputParser()).invoke({"it": "it"})
    context = browser.new_context(
        viewport={"width": 1200, "height": 900}, offline=True, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    guard = Guard(page, "file:")
    page.goto(Path(t.to_html(tmp_path / "trace.html")).as_uri())
    panel = Panel(page.locator("body"))

    def button(name: str) -> Locator:
        return page.get_by_role("button", name=name, exact=True)

    expect(panel.status).to_have_text("done")

    # the time cursor, and a replay to the end
    time = tab_to(page.get_by_role("slider", name="Time"))
    press(page, "Home", "ArrowRight", "ArrowRight")
    expect(panel.step("FakeListChatModel")).to_have_accessible_name(re.compile("waiting"))
    tab_to(button("Replay ×10"))
    press(page, "Enter")
    expect(panel.step("FakeListChatModel")).to_have_accessible_name(re.compile("done"))

    # the graph: find, walk, copy
    tab_to(page.get_by_label("Find step"))
    page.keyboard.type("Fake")
    press(page, "Enter")
    expect(panel.details).to_contain_text("FakeListChatModel")
    tab_to(button("Copy as"))
    press(page, "Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press(page, "ArrowDown", "Enter")
    assert_copied(page, "graph TD")
    tab_to(panel.graph.locator("[role=treeitem][tabindex='0']"))
    press(page, "End", "Enter")
    expect(panel.details).to_contain_text("StrOutputParser")

    # tokens and state: boundaries, a path, patches
    tab_to(button("Token boundaries"))
    press(page, "Enter")
    tab_to(button("Copy tokens"))
    press(page, "Enter")
    assert_copied(page, "one two three")
    tab_to(panel.state)
    press(page, "End")
    tab_to(panel.state.get_by_role("button", name="Copy path"))
    press(page, "Enter")
    assert_copied(page, "/type")
    tab_to(button("Patches"))
    press(page, "Enter")
    patches = tab_to(page.get_by_role("listbox", name="Patches"))
    press(page, "Home")
    expect(time).to_have_value("1")
    press(page, "ArrowDown")
    expect(time).to_have_value("2")
    expect(patches).to_be_focused()
    press(page, "End", "ArrowUp")
    following = tab_to(button("Next patch"))
    press(page, "Enter")
    expect(following).to_be_disabled()
    expect(following).to_be_focused()

    # the timeline: filter with completion, zoom, runs, events
    tab_to(panel.filter)
    page.keyboard.type("type:chat")
    press(page, "ArrowDown", "Enter")
    expect(panel.filter).to_have_value(re.compile("type:chat_model"))
    press(page, "Enter")
    tab_to(page.get_by_role("slider", name="Visible span"))
    press(page, "+", "ArrowRight", "Escape")
    tab_to(panel.runs)
    press(page, "End", "Enter")
    expect(panel.details).to_contain_text("FakeListChatModel")
    tab_to(panel.events)
    press(page, "Home", "ArrowDown", "Enter")
    version = tab_to(button("astream_events v1"))
    press(page, "Enter")
    expect(version).to_have_attribute("aria-pressed", "true")
    tab_to(panel.events)
    press(page, "Escape")
    expect(version).to_have_count(0)

    # copying where the page may not reach the clipboard leaves the focus where it is
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    copy = tab_to(panel.details.get_by_role("button", name="Copy output"))
    press(page, "Enter")
    expect(copy.or_(panel.details.get_by_role("button", name="Copied"))).to_be_focused()

    # the details
    tab = tab_to(panel.details.get_by_role("tab", selected=True))
    press(page, "ArrowRight")
    expect(tab).to_be_focused()
    guard.check()
    context.close()
