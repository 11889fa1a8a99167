"""Pictures of the views, in two themes and widths, mid-run and finished, and the frames of the README's picture."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from playwright.sync_api import Locator, expect

from .builder import Builder
from .cells import RETRIEVAL
from .lab import SCREENSHOTS, Lab
from .panel import Panel

WATCHED = """%%trace
for token in chain.stream("where did harrison work?"):
    print(token, end="|", flush=True)"""

FRAMES = SCREENSHOTS / "frames"


def in_two_themes(lab: Lab, name: str, of: Locator) -> None:
    for theme in ("dark", "light"):
        lab.theme(theme)
        lab.screenshot(f"{name}-{theme}", of)


def selected_and_settled(panel: Panel) -> None:
    expect(panel.status).to_have_text("done")
    panel.run("my_llm").click()
    expect(panel.details).to_contain_text("my_llm")


@pytest.mark.parametrize("width", [700, 1200])
def test_the_views_in_two_themes(lab: Lab, width: int) -> None:
    # A slow pace: the pictures of the running cell have to be taken while it runs.
    lab.notebook([RETRIEVAL, "chain = retrieval_chain(0.5)\nchain", WATCHED])
    lab.run(0, 1)
    lab.output_width(width, height=1500)
    graph = Panel(lab.view(1))
    graph.step("ChatPromptTemplate").click()
    expect(graph.details.get_by_role("tree", name="Input schema")).to_be_visible()
    in_two_themes(lab, f"see-{width}", lab.cell(1))

    lab.run_cell(2)
    panel = Panel(lab.view(2))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+ \w+"))
    in_two_themes(lab, f"watch-running-{width}", lab.cell(2))
    lab.text_while_running(2, panel.status)

    lab.wait_idle()
    selected_and_settled(panel)
    in_two_themes(lab, f"watch-done-{width}", lab.cell(2))
    assert panel.root.evaluate("(root) => root.scrollWidth <= root.clientWidth"), "nothing scrolls sideways"


@pytest.mark.parametrize("width", [700, 1200])
def test_the_builder_in_two_themes(lab: Lab, width: int) -> None:
    cells = [
        "b = chainviz.build(retrieval_chain(2))",
        "chainviz.build(store.as_retriever() | prompt)",
        "chainviz.build()",
    ]
    lab.notebook([f"{RETRIEVAL}\nimport chainviz", *cells])
    lab.run(0, 1, 2, 3)
    lab.output_width(width, height=1000)
    built, wrong, empty = (Builder(lab.view(cell).first) for cell in (1, 2, 3))
    expect(empty.components.get_by_role("option").first).to_be_visible()
    in_two_themes(lab, f"build-empty-{width}", lab.cell(3))
    wrong.card("ChatPromptTemplate").click()
    expect(wrong.field("text").first).to_be_visible()
    in_two_themes(lab, f"build-mismatch-{width}", lab.cell(2))
    wrong.field("n_messages").first.fill("0")
    wrong.field("n_messages").first.press("Enter")
    expect(wrong.root.get_by_text("expected int ≥ 1, got 0")).to_be_visible()
    in_two_themes(lab, f"build-error-{width}", lab.cell(2))
    built.field("Input").fill("where did harrison work?")
    built.root.get_by_role("button", name="Run").click()
    built.card("my_llm").click()
    expect(built.card("my_llm")).to_contain_text("Harrison")
    in_two_themes(lab, f"build-running-{width}", lab.cell(1))
    for builder in (built, wrong, empty):
        assert builder.root.evaluate("(root) => root.scrollWidth <= root.clientWidth"), "nothing scrolls sideways"


def test_the_frames_of_the_moving_picture(lab: Lab) -> None:
    shutil.rmtree(FRAMES, ignore_errors=True)
    FRAMES.mkdir(parents=True)
    # What is loaded at the first call is loaded before; only the watched cell is shown.
    lab.notebook([RETRIEVAL, "chain = retrieval_chain(3)\nwarm = retrieval_chain().invoke(question)", WATCHED])
    lab.run(0, 1)
    lab.page.add_style_tag(content=".jp-Notebook .jp-Cell:not(:nth-child(3)), .jp-cell-toolbar { display: none }")
    lab.output_width(1000, height=1400)
    cell = lab.cell(2)
    with lab.screencast() as frames:
        lab.run_cell(2)
        panel = Panel(lab.view(2))
        lab.wait_idle()
        selected_and_settled(panel)
        panel.filter_by("type:chat_model")
        expect(panel.rows("my_llm").first).to_be_visible()
        lab.page.wait_for_timeout(300)
    assert len(frames) > 10
    frames.sort()
    start = frames[0].seconds
    for number, frame in enumerate(frames):
        (FRAMES / f"{number:03d}-{round((frame.seconds - start) * 1000):05d}.png").write_bytes(frame.png)
    (FRAMES / "clip.json").write_text(json.dumps(cell.bounding_box()))
    lab.page.evaluate("document.head.querySelector('style:last-of-type').remove()")
