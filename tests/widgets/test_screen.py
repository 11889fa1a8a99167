"""What all views of a trace share, set by the user's code or by a page."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InvalidConfigError
from chainviz.tracing.trace import Trace, trace
from chainviz.widgets import TracePanel
from chainviz.widgets.hidden import Channel
from chainviz.wire.frames import snapshot
from chainviz.wire.messages import Screen

Sent = list[tuple[Any, Any]]


def recorded() -> Trace:
    with trace() as t:
        RunnableLambda(lambda x: 2 * x).invoke(1)
    return t


def wait_for(condition: Callable[[], bool]) -> None:
    end = monotonic() + 5
    while not condition():
        assert monotonic() < end, "waited for 5 seconds"
        sleep(0.005)


def test_what_the_code_sets_reaches_the_pages(sent: Sent) -> None:
    t = recorded()
    TracePanel(t)
    feed = Channel.of(t, "a view").feed
    t.selected, t.filter, t.cursor = t.roots[0], "type:chain", 1

    def screens() -> list[Any]:
        return [content for widget, content in sent if widget is feed and content["type"] == "screen"]

    wait_for(lambda: bool(screens()) and screens()[-1]["cursor"] == 1)
    Screen.model_validate(screens()[-1])
    assert screens()[-1]["selected"] == t.selected == str(t.roots[0].id)
    assert (screens()[-1]["filter"], screens()[-1]["origin"]) == ("type:chain", "kernel")


def test_what_a_page_sets_reaches_the_code_and_the_other_pages(sent: Sent) -> None:
    t = recorded()
    control, feed = Channel.of(t, "a view").control, Channel.of(t, "a view").feed
    request = {"v": 1, "type": "screen", "id": "1", "selected": "x", "filter": "a", "cursor": 0, "origin": "page"}
    control._handle_custom_msg(request, [])
    assert (t.selected, t.filter, t.cursor) == ("x", "a", 0)
    wait_for(lambda: any(widget is feed and content.get("origin") == "page" for widget, content in sent))
    assert [content["ok"] for widget, content in sent if widget is control] == [True]


def test_a_view_made_later_finds_it() -> None:
    t = recorded()
    t.cursor = 1
    assert snapshot(t)["screen"] == {
        "v": 1,
        "type": "screen",
        "selected": None,
        "filter": "",
        "cursor": 1,
        "origin": "kernel",
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("selected", 3, "selected: expected a run, the id of one, or None, got 3"),
        ("filter", 3, "filter: expected text like"),
        ("filter", 'name:"Docs', 'filter: A quote is left open at character 6: expected a closing "'),
        ("cursor", -1, "cursor: expected how many events have happened, or None for all, got -1"),
        ("cursor", True, "got True"),
    ],
)
def test_what_cannot_be_shown_is_refused(name: str, value: Any, sentence: str) -> None:
    t = recorded()
    with pytest.raises(InvalidConfigError, match=sentence):
        setattr(t, name, value)
    assert (t.selected, t.filter, t.cursor) == (None, "", None)


def test_none_takes_it_back() -> None:
    t = recorded()
    t.selected, t.filter, t.cursor = "x", "a", 1
    t.selected = t.cursor = None
    t.filter = None  # type: ignore[assignment]
    assert (t.selected, t.filter, t.cursor) == (None, "", None)


def test_a_view_of_a_long_trace_publishes_only_what_is_new(sent: Sent) -> None:
    t = Trace()
    with t:
        RunnableLambda(lambda x: 2 * x).batch(list(range(100)))
        TracePanel(t)
        before = t.recorder.count
        RunnableLambda(lambda x: 2 * x).invoke(1)
    feed = Channel.of(t, "a view").feed

    def batches() -> list[Any]:
        return [content["batch"] for widget, content in sent if widget is feed and content["type"] == "frame"]

    wait_for(lambda: bool(batches()) and batches()[-1]["closed"])
    assert batches()[0]["from_seq"] == before
    assert batches()[-1]["to_seq"] == t.recorder.count
