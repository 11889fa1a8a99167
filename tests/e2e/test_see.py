"""Journey 1, See: a chain on a cell's last line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .cells import RETRIEVAL, STEPS
from .lab import Lab
from .panel import Panel


@pytest.fixture(scope="module")
def page_of_graph(session_lab: Lab) -> Panel:
    lab = session_lab
    lab.notebook([RETRIEVAL, "chain = retrieval_chain()\nchain"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.graph).to_be_visible()
    return panel


@pytest.fixture
def graph(page_of_graph: Panel, lab: Lab) -> Panel:
    """The graph of the retrieval chain: one for all tests here, each guarded by `lab`."""
    return page_of_graph


def test_each_step_stands_in_the_graph_with_kind_and_name(graph: Panel) -> None:
    for name in STEPS:
        expect(graph.step(name)).to_be_visible()
    expect(graph.step("Docs")).to_have_accessible_name(re.compile("^context: Docs, retriever"))
    expect(graph.step("my_llm")).to_have_accessible_name(re.compile("chat model"))
    boxes = [graph.step(name).bounding_box() for name in STEPS]
    docs, question, prompt, model, parser = (box for box in boxes if box is not None)
    assert docs["x"] < question["x"], "branches stand side by side, in their order"
    assert docs["y"] == pytest.approx(question["y"], abs=2)
    assert docs["y"] < prompt["y"] < model["y"] < parser["y"], "steps run down the page"


def test_the_types_that_flow_stand_between_the_steps(graph: Panel) -> None:
    expect(graph.graph).to_contain_text("ChatPromptValue")


def test_a_click_on_a_step_shows_its_schemas_and_parameters(graph: Panel) -> None:
    graph.step("ChatPromptTemplate").click()
    expect(graph.details.get_by_role("tree", name="Input schema")).to_contain_text("question")
    expect(graph.details.get_by_text("Output schema", exact=True)).to_be_visible()
    expect(graph.details.get_by_role("tree", name="Parameters")).to_be_visible()
    graph.details.get_by_role("button", name="Input schema: JSON Schema").click()
    expect(graph.details).to_contain_text("properties")
    expect(graph.step("ChatPromptTemplate")).to_have_attribute("aria-selected", "true")


def test_groups_collapse_and_expand(graph: Panel) -> None:
    group = graph.graph.get_by_role("treeitem", name=re.compile("parallel"))
    group.focus()
    group.press("ArrowLeft")
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(graph.step("Docs")).to_have_count(0)
    group.press("ArrowRight")
    expect(graph.step("Docs")).to_be_visible()


def test_arrow_keys_walk_the_steps_and_do_not_reach_the_notebook(graph: Panel, lab: Lab) -> None:
    graph.step("Docs").click()
    for _ in range(3):
        lab.page.keyboard.press("ArrowDown")
    expect(graph.step("my_llm")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(graph.step("my_llm")).to_have_attribute("aria-selected", "true")
    assert lab.page.locator(".jp-Notebook .jp-CodeCell").count() == 2


def test_ctrl_and_the_wheel_zoom_and_the_wheel_alone_does_not(graph: Panel, lab: Lab) -> None:
    def height() -> float:
        box = graph.step("my_llm").bounding_box()
        assert box is not None
        return box["height"]

    before = height()
    graph.step("Docs").hover()
    lab.page.mouse.wheel(0, 100)
    assert height() == pytest.approx(before, abs=0.5)
    lab.page.keyboard.down("Control")
    lab.page.mouse.wheel(0, 300)
    lab.page.keyboard.up("Control")
    expect(graph.graph).to_have_attribute("style", re.compile(r"zoom: 0\.9"))
    assert height() < before
    graph.root.get_by_role("button", name="Zoom in").click()
    expect(graph.graph).to_have_attribute("style", re.compile(r"zoom: 1;"))


def test_the_chain_is_copied_as_python_and_as_a_picture(graph: Panel, lab: Lab) -> None:
    lab.page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    for name, said in (("Python", "| ChatPromptTemplate.from_template("), ("SVG", "<svg xmlns=")):
        graph.root.get_by_role("button", name="Copy as").click()
        graph.root.get_by_role("menuitem", name=name).click()
        assert said in lab.page.evaluate("window.copied")
    lab.page.evaluate("delete navigator.clipboard.writeText")


def test_without_the_extension_a_chain_is_its_repr(lab: Lab) -> None:
    lab.notebook(["from chainviz import RunnableLambda\nRunnableLambda(len)"])
    lab.run(0)
    expect(lab.view(0)).to_have_count(0)
    expect(lab.output(0)).to_contain_text("RunnableLambda")


def test_bad_input_is_one_clear_sentence(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "%%trace --colour red\n1", "prompt.invoke({'question': 'why?'})"])
    lab.run(0)
    for cell, words in ((1, "--colour"), (2, "context")):
        lab.run_cell(cell)
        lab.wait_idle()
        expect(lab.output(cell)).to_contain_text(words)
