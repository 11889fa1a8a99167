"""Requests of the page: each is answered once, errors included."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import decompress

import pytest

from chainviz import RunnableLambda
from chainviz.tracing.trace import Trace, trace
from chainviz.wire.messages import Reply
from chainviz.wire.requests import Answers, answer_without_trace


def fail(_: Any) -> Any:
    raise ValueError("no luck")


@pytest.fixture(scope="module")
def recorded() -> Trace:
    with trace() as t:
        RunnableLambda(lambda x: x * 2).invoke("x" * 10_000)
        with pytest.raises(ValueError, match="luck"):
            RunnableLambda(fail).invoke(1)
    return t


def answer(t: Trace, content: Any) -> dict[str, Any]:
    return Answers(t).to(content)[0]


def ask(t: Trace, **content: Any) -> dict[str, Any]:
    reply = answer(t, {"v": 1, "id": "7", **content})
    Reply.model_validate(reply)
    assert reply["id"] == "7"
    return reply


def test_sync_gives_what_the_page_lacks(recorded: Trace) -> None:
    reply = ask(recorded, type="sync", have_seq=3)
    batch = reply["value"]["batch"]
    assert (batch["from_seq"], batch["to_seq"], batch["closed"]) == (3, len(recorded.recorder.events), True)
    assert ask(recorded, type="sync", have_seq=10**9)["value"]["batch"]["events"] == []
    assert ask(recorded, type="sync", have_seq=-5)["value"]["batch"]["from_seq"] == 0


def test_detail_gives_the_value_uncut(recorded: Trace) -> None:
    first, second = recorded.roots
    assert ask(recorded, type="detail", run=str(first.id), what="input")["value"] == {"value": "x" * 10_000}
    assert ask(recorded, type="detail", run=str(first.id), what="output")["value"] == {"value": "x" * 20_000}
    error = ask(recorded, type="detail", run=str(second.id), what="error")["value"]["value"]
    assert error["message"] == "no luck" and "fail" in error["traceback"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"type": "detail", "run": "nobody", "what": "input"}, "expected the id of a run of this trace, got 'nobody'"),
        ({"type": "stop"}, "started no run of its own"),
        ({"type": "fly"}, "request from the page: "),
        ({"type": "sync"}, "have_seq"),
        ({"type": "sync", "have_seq": 0, "v": 2}, "v: "),
    ],
)
def test_what_cannot_be_done_is_said(recorded: Trace, content: dict[str, Any], sentence: str) -> None:
    reply = ask(recorded, **content)
    assert reply["ok"] is False
    assert sentence in reply["error"]


def test_layout_gives_the_script(recorded: Trace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainviz.wire.assets.STATIC", tmp_path)
    assert "front end is not built" in ask(recorded, type="layout")["error"]
    (tmp_path / "layout.js").write_text("// größer", encoding="utf-8")
    request = {"v": 1, "id": "7", "type": "layout"}
    reply, [script] = answer_without_trace(request)
    assert decompress(script).decode() == "// größer"
    assert reply["value"] == {"size": len("// größer".encode())}
    assert Answers(recorded).to(request) == (reply, [script])


@pytest.mark.parametrize("content", [None, {"id": "7"}, {"v": 1, "id": "7", "type": "stop"}])
def test_a_graph_without_a_trace_answers_nothing_else(content: Any) -> None:
    reply, _ = answer_without_trace(content)
    Reply.model_validate(reply)
    assert reply["ok"] is False


def test_detail_of_what_is_not_there_is_said(recorded: Trace) -> None:
    reply = ask(recorded, type="detail", run=str(recorded.roots[1].id), what="output")
    assert "has no output" in reply["error"]


@pytest.mark.parametrize("content", [None, 3, "x", [], {}, {"id": 5}, {"id": "1", "type": object()}])
def test_nonsense_is_answered_too(recorded: Trace, content: Any) -> None:
    reply = answer(recorded, content)
    Reply.model_validate(reply)
    assert reply["ok"] is False


def test_a_fault_of_ours_is_answered_too(recorded: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("oh")

    monkeypatch.setattr("chainviz.wire.requests.snapshot", broken)
    assert answer(recorded, {"v": 1, "id": "7", "type": "sync", "have_seq": 0}) == {
        "v": 1,
        "type": "reply",
        "id": "7",
        "ok": False,
        "error": "RuntimeError('oh')",
    }
