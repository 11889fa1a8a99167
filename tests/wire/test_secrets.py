"""No message to the page and no file has a secret in it, whatever the page asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from chainviz import BaseRetriever, Document, RunnableLambda, load, trace
from chainviz.tracing.redact import TraceRedactor
from chainviz.tracing.trace import Trace
from chainviz.tracing.values import SECRET
from chainviz.widgets import GraphView
from chainviz.wire.frames import Framer
from chainviz.wire.messages import Batch, Reply
from chainviz.wire.redacted import Batches
from chainviz.wire.requests import Answers

from .planted import planted

KEY = "sk-proj-abcdefghijklmnop1234"
WORDS = "open sesame door"


@pytest.fixture(params=[KEY, WORDS], ids=["by its form", "by its value"])
def secret(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SHOP_API_KEY", WORDS)
    return request.param


class Library(BaseRetriever):
    token: SecretStr

    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return []


def asked(t: Trace, **content: Any) -> str:
    reply, _ = Answers(t).to({"v": 1, "id": "7", **content})
    Reply.model_validate(reply)
    assert reply["ok"], reply
    return json.dumps(reply).lower()


def is_without(text: str, secret: str) -> bool:
    return secret not in text and secret[5:20] not in text and secret.replace(" ", "_") not in text


def test_no_answer_has_it(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    t = planted(secret)
    runs = {str(event.run.id) for event in t.recorder.events}
    answers = [
        asked(t, type="sync", have_seq=0),
        asked(t, type="values", seqs=list(range(t.recorder.count))),
        *(asked(t, type="state", root=str(root.id), from_seq=0) for root in t.roots),
        *(asked(t, type="detail", run=run, what="input") for run in runs),
    ]
    monkeypatch.setattr("chainviz.wire.requests.MANY", 0)
    answers.append(asked(t, type="sync", have_seq=0))
    for answer in answers:
        assert is_without(answer, secret)
    assert sum(SECRET in answer for answer in answers) > len(t.roots)


def test_no_frame_has_it_however_the_trace_is_cut_into_frames(secret: str) -> None:
    t = planted(secret)
    for size in (1, 500, 1_000_000):
        framer, batches = Framer(t), Batches(TraceRedactor(t).upto_now())
        told: list[Any] = []
        while framer.is_behind:
            told.append(batches.redacted(framer.batch(0, size)))
            Batch.model_validate(told[-1])
        assert is_without(json.dumps(told).lower(), secret)
        streams: dict[str, str] = {}
        for column in (column for batch in told for column in batch["chunks"]):
            streams[column["run"]] = streams.get(column["run"], "") + "".join(text or "" for text in column["texts"])
        assert not any(secret in text or secret[-4:] in text for text in streams.values() if secret == KEY)
        assert any(text.endswith(" as I said") for text in streams.values())


def test_no_journal_has_it_but_where_that_is_asked_for(secret: str, tmp_path: Path) -> None:
    t = planted(secret, Trace(f"trace {secret}", journal=tmp_path / "journal"))
    t.save(tmp_path / "saved")
    t.save(tmp_path / "whole", redact=False)
    for name in ("journal", "saved"):
        lines = (tmp_path / name).read_text()
        assert is_without(lines.lower(), secret) and SECRET in lines
        assert "it is **********" in str([event["data"] for event in load(tmp_path / name).events()])
    assert secret in (tmp_path / "whole").read_text()


def test_the_secret_of_a_step_is_known_once_the_step_has_begun() -> None:
    step = Library(token=SecretStr("opensesame99"))
    with trace() as t:
        redactor = TraceRedactor(t)
        assert redactor.upto_now().text("opensesame99") == "opensesame99"
        RunnableLambda(str).invoke(1)
        step.invoke("where?")
        assert redactor.upto_now().text("opensesame99") == SECRET


def test_a_chain_alone_is_shown_without_it() -> None:
    chain = RunnableLambda(str).with_config(run_name=f"call {KEY}")
    assert is_without(json.dumps(GraphView(chain).graph), KEY)
