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
    lab.notebook([RETRIEVAL, cell.replace("{pace}", "4")])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))

    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    status, text = lab.text_while(panel.root)
    assert status == "busy"
    assert not ANSWER.search(panel.lane("my_llm").inner_text()) or "streaming" in text
    for name, state in (("Docs", "done"), ("ChatPromptTemplate", "done"), ("my_llm", "streaming")):
        expect(panel.step(name)).to_have_accessible_name(re.compile(f", {state}"))
    expect(panel.status).to_have_text(re.compile("running|streaming"))
    assert lab.kernel_status == "busy", "the panel said all this while the cell was running"

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
            "import chainviz\nt = chainviz.watch(retrieval_chain(4), question)\nt",
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


def test_stop_reaches_a_cell_that_is_busy(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, CELLS["sync stream"].replace("{pace}", "1")])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    panel.root.get_by_role("button", name="Stop").click()
    lab.wait_idle(10_000)
    expect(panel.status).to_have_text(re.compile("cancelled|failed"))


@pytest.fixture
def finished(lab: Lab) -> Panel:
    lab.notebook([RETRIEVAL, "%%trace t\nanswer = ''.join(retrieval_chain().stream(question))"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    return panel


@pytest.mark.parametrize(
    ("filter_", "shown", "hidden"),
    [
        ("event:on_retriever_end", "on_retriever_end", "on_chain_start"),
        ("name:Docs", "Docs", "my_llm"),
        ("type:chat_model", "my_llm", "Docs"),
        ("tag:seq:step:2", "ChatPromptTemplate", "Docs"),
        ("tag:map:key:context", "Docs", "ChatPromptTemplate"),
    ],
)
def test_the_filter_narrows_the_events(finished: Panel, filter_: str, shown: str, hidden: str) -> None:
    finished.filter_by(filter_)
    expect(finished.rows(hidden)).to_have_count(0)
    expect(finished.rows(shown).first).to_be_visible()
    assert finished.rows().count() == finished.rows(shown).count()


def test_the_filter_counts_and_an_empty_one_shows_all(finished: Panel, lab: Lab) -> None:
    total = lab.kernel_eval("len(t.recorder.events)")
    starts = lab.kernel_eval("sum(event['event'] == 'on_prompt_start' for event in t.events())")
    finished.filter_by("event:on_prompt_start")
    expect(finished.root.get_by_text(f"{starts} of {total} events")).to_be_visible()
    finished.filter.fill("")
    expect(finished.root.get_by_text(f"{total} of {total} events")).to_be_visible()


def test_a_filter_that_does_not_parse_says_so_and_loses_nothing(finished: Panel) -> None:
    finished.filter_by('name:"Docs')
    expect(finished.root.get_by_role("alert")).to_contain_text("expected")
    expect(finished.filter).to_have_value('name:"Docs')
    expect(finished.filter).to_have_attribute("aria-invalid", "true")


def test_a_click_in_one_view_selects_the_run_in_the_others(finished: Panel) -> None:
    finished.run("Docs").click()
    expect(finished.step("Docs")).to_have_attribute("aria-selected", "true")
    expect(finished.details).to_contain_text("Docs")
    expect(finished.details).to_contain_text("harrison worked at kensho")

    finished.step("my_llm").click()
    expect(finished.run("my_llm")).to_have_attribute("aria-selected", "true")
    expect(finished.lane("my_llm").get_by_role("button").first).to_have_attribute("aria-pressed", "true")
    expect(finished.run("Docs")).to_have_attribute("aria-selected", "false")

    finished.rows("ChatPromptTemplate").first.click()
    expect(finished.step("ChatPromptTemplate")).to_have_attribute("aria-selected", "true")
    expect(finished.details).to_contain_text("ChatPromptTemplate")

    finished.lane("my_llm").get_by_role("button").first.click()
    expect(finished.step("my_llm")).to_have_attribute("aria-selected", "true")


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
