"""The views and the hidden widgets behind them."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InvalidConfigError, InvalidInputError, MissingBundleError
from chainviz.tracing.trace import Trace, trace
from chainviz.widgets import EventTimeline, GraphView, RunStateTree, TokenStreams, TracePanel
from chainviz.widgets.base import View
from chainviz.widgets.hidden import Channel, bundle
from chainviz.wire.messages import Graph, Reply

from ..wire.planted import planted

Sent = list[tuple[Any, Any]]


def double(x: int) -> int:
    return 2 * x


chain = RunnableLambda(double) | double
VIEWS: list[type[View]] = [TracePanel, GraphView, TokenStreams, RunStateTree, EventTimeline]


def recorded() -> Trace:
    with trace() as t:
        chain.invoke(1)
    return t


def wait_for(condition: Callable[[], bool]) -> None:
    end = monotonic() + 5
    while not condition():
        assert monotonic() < end, "waited for 5 seconds"
        sleep(0.005)


def messages_of(sent: Sent, widget: Any) -> list[Any]:
    return [content for sender, content in sent if sender is widget]


def test_a_trace_is_let_go_with_its_last_view() -> None:
    t = recorded()
    shown = weakref.ref(t)
    panel, state = TracePanel(t), RunStateTree(t)
    del t
    panel.close()
    gc.collect()
    assert shown() is not None
    state.close()
    del panel, state
    wait_for(lambda: gc.collect() >= 0 and shown() is None)


def test_views_of_one_trace_share_its_channel_and_the_bundle() -> None:
    t = recorded()
    views = [View(t) for View in VIEWS]
    assert [view.view for view in views] == ["trace", "graph", "tokens", "state", "timeline"]
    for name in ("bundle", "feed", "control", "trace"):
        assert len({getattr(view, name) for view in views}) == 1
    assert views[0].bundle == f"anywidget:{bundle().model_id}"
    assert views[0].trace == t.id
    assert TracePanel(recorded()).feed != views[0].feed


def test_only_the_bundle_carries_the_code() -> None:
    assert str(bundle()._esm) == "// assets.js\n"
    assert TracePanel(recorded())._esm == "// stub.js\n"


def test_a_chain_that_is_not_running_has_its_graph_in_the_view() -> None:
    view = GraphView(chain)
    Graph.model_validate(view.graph)
    assert (view.trace, view.feed) == ("", "")
    assert GraphView(chain.get_graph()).graph == view.graph


def test_no_secret_leaves_the_kernel(sent: Sent) -> None:
    secret = "sk-proj-abcdefghijklmnop1234"
    t = Trace()
    TracePanel(t)
    planted(secret, t)
    feed = Channel.of(t, "a view").feed
    wait_for(lambda: any("batch" in message and message["batch"]["closed"] for message in messages_of(sent, feed)))
    told = json.dumps(messages_of(sent, feed))
    assert "**********" in told
    assert secret not in told and "klmnop1234" not in told


def test_a_trace_is_sent_once_and_closed(sent: Sent) -> None:
    t = Trace()
    TracePanel(t)
    with t:
        chain.invoke(1)
    feed = Channel.of(t, "a view").feed
    wait_for(lambda: any(frame["batch"]["closed"] for frame in messages_of(sent, feed)))
    batches = [frame["batch"] for frame in messages_of(sent, feed)]
    assert [batch["from_seq"] for batch in batches] == [0, *(batch["to_seq"] for batch in batches[:-1])]
    assert batches[-1]["to_seq"] == len(t.recorder.events)


def test_a_front_end_that_fails_does_not_reach_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("gone")

    t = Trace()
    view = TracePanel(t)
    monkeypatch.setattr("chainviz.widgets.hidden.Feed.send", broken)
    with t:
        assert chain.invoke(1) == 4
        view.close()
        assert chain.invoke(2) == 8
    assert t.closed


@pytest.mark.parametrize("content", [{"v": 1, "type": "sync", "id": "a", "have_seq": 0}, {"id": "a"}, None])
def test_control_answers_on_any_thread(sent: Sent, content: Any) -> None:
    control = Channel.of(recorded(), "a view").control
    thread = Thread(target=lambda: control._handle_custom_msg(content, []))
    thread.start()
    thread.join()
    (reply,) = messages_of(sent, control)
    Reply.model_validate(reply)
    assert reply["ok"] is (content is not None and "type" in content)


def test_a_stub_that_cannot_reach_other_widgets_gets_the_bundle(sent: Sent) -> None:
    view = TracePanel(recorded())
    view._handle_custom_msg({"type": "bundle"}, [])
    view._handle_custom_msg({"type": "other"}, [])
    assert messages_of(sent, view) == [{"type": "bundle", "source": "// assets.js\n"}]


LAYOUT = {"v": 1, "type": "layout", "id": "a"}


def test_a_page_gets_the_layout_of_a_trace_by_its_control_and_of_a_graph_by_the_view(sent: Sent) -> None:
    reply = {"v": 1, "type": "reply", "id": "a", "ok": True, "value": {"size": len("// layout.js\n")}}
    Reply.model_validate(reply)
    view = TracePanel(t := recorded())
    control = Channel.of(t, "a view").control
    for widget in (view, control):
        widget._handle_custom_msg(LAYOUT, [])
    assert messages_of(sent, view) == [] and messages_of(sent, control) == [reply]
    graph = GraphView(chain)
    for content in (LAYOUT, {"v": 1, "type": "stop", "id": "b"}, {"type": "bundle"}):
        graph._handle_custom_msg(content, [])
    first, refused, bundle = messages_of(sent, graph)
    assert first == reply and bundle["type"] == "bundle"
    assert refused["ok"] is False and "expected a view of a trace" in refused["error"]


def test_the_mime_bundle_has_the_widget_a_picture_and_a_text() -> None:
    for view in (GraphView(chain), TracePanel(recorded()), GraphView(recorded())):
        data, _ = view._repr_mimebundle_()
        assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == view.model_id
        assert data["text/html"].startswith("<div") and "<script" not in data["text/html"]
        assert data["text/plain"]
    assert "double" in GraphView(chain)._repr_mimebundle_()[0]["text/plain"]


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (
            lambda: TracePanel(recorded(), hieght=3),
            InvalidConfigError,
            "TracePanel: expected the keywords height, got 'hieght'; did you mean 'height'?",
        ),
        (lambda: TracePanel(recorded(), height="tall"), InvalidConfigError, "number of pixels, got 'tall'"),
        (lambda: TracePanel(3), InvalidInputError, "TracePanel: expected a Trace, got 3"),
        (lambda: GraphView(3), InvalidInputError, "GraphView: expected a Runnable, a Graph or a Trace, got 3"),
    ],
)
def test_bad_arguments_get_one_sentence(make: Callable[[], Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as raised:
        make()
    assert sentence in str(raised.value)


def test_height_is_set_on_the_layout() -> None:
    assert TracePanel(recorded(), height=300).layout.height == "300px"


def test_without_the_bundle_one_sentence_says_what_to_do(static: Path) -> None:
    (static / "assets.js").unlink()
    with pytest.raises(MissingBundleError, match="run `make build`"):
        GraphView(chain)


def test_importing_the_widgets_needs_no_bundle() -> None:
    program = "import chainviz.wire.assets as a, pathlib; a.STATIC = pathlib.Path('/nowhere'); import chainviz.widgets"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
