"""Journey 2, Watch: a panel that lives while its cell is still running."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .cells import RETRIEVAL, STEPS
from .lab import Lab
from .panel import Panel

ANSWER = re.compile("kensho", re.IGNORECASE)

CELLS = {
    "sync stream": "%%trace\nfor token in retrieval_chain({pace}).stream(question):\n    pass",
    "invoke": "%%trace\nanswer = retrieval_chain({pace}).invoke(question)",
    "async stream": "%%trace\nasync for token in retrieval_chain({pace}).astream(question):\n    pass",
    "await": "%%trace\nanswer = await retrieval_chain({pace}).ainvoke(question)",
    "context manager": (
        "import chainviz\nwith chainviz.trace() as t:\n    display(t)\n"
        "    answer = retrieval_chain({pace}).invoke(question)"
    ),
}


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS.keys())
def test_the_panel_is_live_while_the_cell_is_busy(lab: Lab, cell: str) -> None:
    lab.notebook([RETRIEVAL, cell.replace("{pace}", "2")])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))

    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    tokens = lab.text_while_running(1, panel.tokens)
    assert not ANSWER.search(tokens), "the answer is still coming"
    for name, state in (("Docs", "done"), ("ChatPromptTemplate", "done"), ("my_llm", "streaming")):
        expect(panel.step(name)).to_have_accessible_name(re.compile(f", {state}"))
    expect(panel.status).to_have_text(re.compile("running|streaming"))
    expect(panel.state).to_contain_text("my_llm")
    expect(panel.rows()).not_to_have_count(0)
    lab.text_while_running(1, panel.root)

    lab.wait_idle()
    lab.raise_error_of(1)
    expect(panel.status).to_have_text("done")
    for name in STEPS:
        expect(panel.step(name)).to_have_accessible_name(re.compile(", done"))
    expect(panel.lane("my_llm")).to_contain_text(ANSWER)
    expect(panel.state).to_contain_text(ANSWER)


def test_watch_returns_at_once_and_the_cell_is_free(lab: Lab) -> None:
    lab.notebook(
        [
            RETRIEVAL,
            "import chainviz\nt = chainviz.watch(retrieval_chain(2), question)\nt",
            "seen = len(t.events())",
            "await t",
        ]
    )
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    expect(panel.status).to_have_text(re.compile("running|streaming"))
    lab.run(2)
    assert lab.kernel_eval("seen") > 0, "another cell ran while the chain did"
    lab.run(3)
    expect(lab.output(3)).to_contain_text(ANSWER)
    expect(panel.status).to_have_text("done")
    expect(panel.root).to_have_count(1)


def test_stop_ends_a_watched_run_as_cancelled(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\nt = chainviz.watch(retrieval_chain(2), question)\nt"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    panel.root.get_by_role("button", name="Stop").click()
    expect(panel.status).to_have_text("cancelled")
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile(", cancelled"))


@pytest.mark.parametrize("kind", ["sync stream", "async stream"])
def test_stop_interrupts_a_busy_cell(lab: Lab, kind: str) -> None:
    lab.notebook([RETRIEVAL, CELLS[kind].replace("{pace}", "0.5")])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    panel.root.get_by_role("button", name="Stop").click()
    expect(panel.status).to_have_text("cancelled")
    lab.wait_idle()


def test_a_failing_step_is_shown_in_every_view(lab: Lab) -> None:
    cell = """%%trace
from chainviz import RunnableLambda

def explode(x):
    raise ValueError("no such luck")

(RunnableLambda(str) | explode).invoke(1)
"""
    lab.notebook([RETRIEVAL, cell])
    lab.run(0)
    lab.run_cell(1)
    lab.wait_idle()
    expect(lab.output(1)).to_contain_text("ValueError")
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("failed")
    expect(panel.step("explode")).to_have_accessible_name(re.compile(", failed"))
    panel.run("explode").click()
    expect(panel.details).to_contain_text("no such luck")


def test_a_lane_that_follows_its_end_stands_there_in_any_room(lab: Lab) -> None:
    cell = """%%trace
from chainviz import FakeListChatModel
for token in FakeListChatModel(responses=["word " * 2_000]).stream("Say much"):
    pass
"""
    lab.notebook([RETRIEVAL, cell])
    lab.output_width(700)
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    lane = panel.tokens.get_by_role("group", name="Output")

    def stands_at_its_end() -> None:
        lab.page.wait_for_function(
            "(lane) => lane.scrollTop > 100 && lane.scrollTop + lane.clientHeight > lane.scrollHeight - 2",
            arg=lane.element_handle(),
        )

    stands_at_its_end()
    panel.root.get_by_role("button", name="Maximise Tokens").click()
    stands_at_its_end()
    lab.output_width(1000)
    stands_at_its_end()
    panel.root.get_by_role("button", name="Restore Tokens").click()
    stands_at_its_end()
    views = panel.root.get_by_role("group", name="Views")
    for name in ("Tokens", "State", "Tokens"):
        views.get_by_role("button", name=name).click()
    stands_at_its_end()
    views.get_by_role("button", name="State").click()
    stands_at_its_end()
