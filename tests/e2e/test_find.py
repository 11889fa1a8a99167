"""Finding a run in a trace: the filter, and a selection that all views share."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .cells import RETRIEVAL
from .lab import Lab
from .panel import Panel


@pytest.fixture(scope="module")
def page_of_trace(session_lab: Lab) -> Panel:
    lab = session_lab
    lab.notebook([RETRIEVAL, "%%trace t\nanswer = ''.join(retrieval_chain().stream(question))"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    return panel


@pytest.fixture
def finished(page_of_trace: Panel, lab: Lab) -> Panel:
    """The panel of a finished trace, unfiltered: one for all tests here, each guarded by `lab`."""
    page_of_trace.filter_by("")
    return page_of_trace


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
    finished.filter_by("")
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

    finished.filter_by("name:ChatPromptTemplate")
    finished.rows("ChatPromptTemplate").first.click()
    expect(finished.step("ChatPromptTemplate")).to_have_attribute("aria-selected", "true")
    expect(finished.details).to_contain_text("ChatPromptTemplate")

    finished.lane("my_llm").get_by_role("button").first.click()
    expect(finished.step("my_llm")).to_have_attribute("aria-selected", "true")


def test_a_drag_on_the_axis_zooms_and_the_events_follow(finished: Panel) -> None:
    axis = finished.root.get_by_role("slider", name="Visible span")
    box = axis.bounding_box()
    assert box is not None
    every = int(finished.events.get_attribute("aria-rowcount") or 0)
    # Each point is looked for anew: what came before may have scrolled the notebook meanwhile.
    start, end = ({"x": share * box["width"], "y": box["height"] / 2} for share in (0.5, 0.8))
    axis.hover(position=start)  # type: ignore[arg-type]
    finished.root.page.mouse.down()
    axis.hover(position=end, force=True)  # type: ignore[arg-type]
    finished.root.page.mouse.up()
    whole = finished.root.get_by_role("button", name="Show the whole span")
    expect(whole).to_be_visible()
    expect(finished.events).not_to_have_attribute("aria-rowcount", str(every))
    axis.press("Escape")
    expect(whole).to_have_count(0)
    expect(finished.events).to_have_attribute("aria-rowcount", str(every))


def test_an_event_opens_in_the_form_of_either_version(finished: Panel, lab: Lab) -> None:
    finished.filter_by("event:on_retriever_end")
    finished.rows("on_retriever_end").first.click()
    form = finished.root.get_by_role("tree", name="Event of astream_events")
    for version in ("v1", "v2"):
        finished.root.get_by_role("button", name=f"astream_events {version}").click()
        keys = lab.kernel_eval(
            f"[list(e['data']['output']) if {version!r} == 'v1' else 'list' "
            f"for e in t.events({version!r}) if e['event'] == 'on_retriever_end'][0]"
        )
        form.press("Home")  # only rows in sight are on the page
        expect(form.get_by_role("treeitem", name='event: "on_retriever_end"')).to_have_count(1)
        form.press("End")
        documents = form.get_by_role("treeitem", name="documents")
        expect(documents).to_have_count(1 if keys == ["documents"] else 0)
    finished.events.press("Escape")
    expect(form).to_have_count(0)
