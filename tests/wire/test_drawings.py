"""The graphs of a live trace: what they look like at once, the whole of them as soon as it is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz import RunnableLambda, Trace
from chainviz.wire import drawings
from chainviz.wire.frames import Framer, frame, snapshot
from chainviz.wire.messages import Frame

from .reader import Reader

CHAIN = RunnableLambda(str) | RunnableLambda(len)


def graphs(framer: Framer, reader: Reader) -> list[Any]:
    """The graphs of the next batch."""
    batch = framer.batch()
    Frame.model_validate(frame(batch))
    reader.take(batch)
    return [drawn.get("graph") for drawn in batch["graphs"]]


def test_a_live_trace_waits_for_no_drawing() -> None:
    t, reader = Trace(), Reader()
    framer = Framer(t, live=True)
    with t:
        CHAIN.invoke(1)
        [brief] = graphs(framer, reader)
        assert [step["name"] for step in brief["root"]["children"]] == ["str", "len"]
        assert (brief["schemas"], brief["exports"]) == ([], {})
        (RunnableLambda(str) | RunnableLambda(len)).invoke(2)
        assert graphs(framer, reader) == [None]
        [drawing] = framer.briefed
        whole = drawing.complete()
        CHAIN.invoke(3)
        assert graphs(framer, reader) == [whole, None, None]  # of the three roots; the second was known in brief
        assert framer.briefed == []
        CHAIN.invoke(4)
        assert graphs(framer, reader) == [None]
    assert whole["exports"].keys() == {"python", "mermaid", "dot", "svg"}
    assert list(reader.graphs.values()) == [whole] * 4
    assert snapshot(t)["batch"]["graphs"][0]["graph"] == whole


def test_a_trace_that_has_closed_tells_the_whole() -> None:
    t, reader = Trace(), Reader()
    framer = Framer(t, live=True)
    with t:
        CHAIN.invoke(1)
    brief, whole = graphs(framer, reader)
    assert (brief["schemas"], brief["exports"]) == ([], {})
    assert whole["exports"]
    assert list(reader.graphs.values()) == [whole]


def test_what_can_not_be_drawn_is_told_in_brief(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError("no schema")

    monkeypatch.setattr(drawings, "encode_graph", fail)
    t, reader = Trace(), Reader()
    with t:
        CHAIN.invoke(1)
    brief, whole = graphs(Framer(t, live=True), reader)
    assert brief == whole
