"""Journey 4, Go back: one time cursor takes every view to a moment of the trace."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from .cells import RETRIEVAL
from .lab import Lab
from .panel import Panel

TRACED = "%%trace t\nanswer = ''.join(retrieval_chain(2).stream(question))"


@pytest.fixture(scope="module")
def page_of_trace(session_lab: Lab) -> Panel:
    lab = session_lab
    lab.notebook([RETRIEVAL, TRACED, "t"])
    lab.run(0, 1, 2)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    return panel


@pytest.fixture
def panel(page_of_trace: Panel, lab: Lab) -> Panel:
    """The panel of a finished trace at its newest moment: one for all tests here, each guarded by `lab`."""
    time(page_of_trace).press("End")
    expect(page_of_trace.status).to_have_text("done")
    return page_of_trace


def time(panel: Panel) -> Locator:
    return panel.root.get_by_role("slider", name="Time")


def button(panel: Panel, name: str) -> Locator:
    return panel.root.get_by_role("button", name=name, exact=True)


def shown(panel: Panel) -> int:
    """How many events the panel says have happened."""
    return int(panel.events.get_attribute("aria-rowcount") or 0) - 1


def expect_events(panel: Panel, count: int) -> None:
    expect(panel.events).to_have_attribute("aria-rowcount", str(count + 1))


def texts(panel: Panel) -> list[str]:
    return [row for row in panel.tokens.locator(".cv-text").all_inner_texts() if row != "no text yet"]


def text_at(lab: Lab, seq: int) -> str:
    """What the model had said when the events below `seq` had happened, by the kernel."""
    said: str = lab.kernel_eval(
        "''.join(e['data']['chunk'].content for s, e in enumerate(t.events())"
        f" if s < {seq} and e['event'] == 'on_chat_model_stream')"
    )
    return said


def test_dragging_takes_every_view_to_that_moment(panel: Panel, lab: Lab) -> None:
    newest = panel.content()
    all_events = shown(panel)
    box = time(panel).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + box["width"] - 9, y)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=5)
    expect(panel.status).to_have_text("running")
    lab.page.mouse.up()

    at = shown(panel)
    assert 0 < at < all_events
    expect(panel.root.get_by_text(re.compile(r"^at .*s of .*s$"))).to_be_visible()
    expect(time(panel)).to_have_attribute("aria-valuetext", re.compile(r"^at .*s of .*s$"))
    expect(panel.step("Docs")).to_have_accessible_name(re.compile(", done"))
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    expect(panel.run("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    assert "".join(texts(panel)) == text_at(lab, at) != lab.kernel_eval("answer")
    expect(panel.state).not_to_contain_text("kensho")
    expect(panel.rows("on_chat_model_end")).to_have_count(0)

    # In all cells, and in the kernel.
    Panel(lab.view(2)).expect_content(panel.content())
    lab.expect_in_kernel("t.cursor", at)

    button(panel, "Now").click()
    expect(panel.status).to_have_text("done")
    panel.expect_content(newest)
    lab.expect_in_kernel("t.cursor", None)


def test_the_keys_go_by_events_by_parts_and_to_the_ends(panel: Panel) -> None:
    count = shown(panel)
    time(panel).press("ArrowLeft")
    expect_events(panel, count - 1)
    time(panel).press("PageDown")
    expect_events(panel, count - 1 - -(-count // 20))
    time(panel).press("Home")
    expect(panel.status).to_have_text("waiting")
    expect(panel.root).to_contain_text("No state yet")
    time(panel).press("ArrowRight")
    expect_events(panel, 1)
    time(panel).press("End")
    expect_events(panel, count)
    expect(button(panel, "Now")).to_be_disabled()


def test_each_patch_is_stepped_to_and_shown_as_json(panel: Panel, lab: Lab) -> None:
    if not panel.root.get_by_role("listbox", name="Patches").is_visible():
        button(panel, "Patches").click()
    patches = panel.root.get_by_role("listbox", name="Patches")
    current = patches.get_by_role("option", selected=True)
    patch = patches.locator("xpath=following-sibling::*").locator(".cv-text")

    patches.press("Home")
    expect(current).to_have_attribute("aria-posinset", "1")
    expect_events(panel, 1)
    for step in range(1, 9):
        expect(current).to_have_attribute("aria-posinset", str(step))
        assert json.loads(patch.inner_text()), "the patch stands there as JSON"
        button(panel, "Next patch").click()
    patches.press("ArrowUp")
    expect(current).to_have_attribute("aria-posinset", "8")
    patches.press("End")
    expect(button(panel, "Next patch")).to_be_disabled()

    patches.press("Home")
    patches.get_by_role("option").nth(2).click()
    expect(current).to_have_attribute("aria-posinset", "3")
    expect(panel.state).to_contain_text("Docs")
    expect(panel.state).not_to_contain_text("my_llm")
    button(panel, "Patches").click()


def test_the_log_shows_the_chosen_sub_runs(panel: Panel) -> None:
    button(panel, "Choose sub-runs").click()
    button(panel, "type:retriever").click()
    expect(panel.state).to_contain_text("Docs")
    expect(panel.state).not_to_contain_text("my_llm")
    button(panel, "+ type:retriever").click()
    expect(panel.state).not_to_contain_text("Docs")
    expect(panel.state).to_contain_text("my_llm")
    button(panel, "− type:retriever").click()
    expect(panel.state).to_contain_text("Docs")
    button(panel, "Choose sub-runs").click()


def test_replay_plays_through_the_trace_and_ends_at_the_newest_moment(panel: Panel, lab: Lab) -> None:
    newest = panel.content()
    button(panel, "Replay ×¼").click()
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    button(panel, "Replay ×¼").click()
    expect(button(panel, "Replay ×¼")).to_have_attribute("aria-pressed", "false")
    at = shown(panel)
    lab.page.wait_for_timeout(300)
    assert shown(panel) == at < int(newest["count"]) - 1
    button(panel, "Replay ×10").click()
    expect(panel.status).to_have_text("done")
    panel.expect_content(newest)
    expect(button(panel, "Replay ×10")).to_have_attribute("aria-pressed", "false")
