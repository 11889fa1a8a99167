"""No message to the page and no file has a secret in it, whatever the page asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from chainviz import BaseRetriever, Document, RunnableLambda, load, trace
from chainviz.tracing.events import RunChunk
from chainviz.tracing.redact import TraceRedactor
from chainviz.tracing.trace import Trace
from chainviz.tracing.values import SECRET
from chainviz.widgets import GraphView
from chainviz.wire.frames import Framer
from chainviz.wire.messages import Batch, Reply
from chainviz.wire.redacted import Batches, Waiting
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


def test_no_answer_has_a_piece_of_it_whichever_events_are_asked_for(secret: str) -> None:
    t = planted(secret)
    pieces = [seq for seq, event in t.recorder.numbered() if isinstance(event, RunChunk) and event.chunk == secret[-1]]
    shown = [json.loads(asked(t, type="values", seqs=[seq]))["value"]["values"] for seq in pieces]
    assert len(shown) > 1 and [secret[-1]] not in shown


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Iterator[str]]:
    """What a page has of a run that says these characters one by one, after each of them and at the end."""
    monkeypatch.setenv("SHOP_API_KEY", WORDS)

    def told(said: str) -> Iterator[str]:
        with trace() as t:
            framer, waiting, page = Framer(t), Waiting(TraceRedactor(t).upto_now()), ""

            def heard() -> str:
                nonlocal page
                for column in (waiting.redacted(framer.batch()) or {"chunks": []})["chunks"]:
                    page += "".join(column["texts"])
                return page

            def say(_: Any) -> Iterator[str]:
                yield from said

            for _ in RunnableLambda(say).stream(1):
                yield heard()
            yield heard()

    return told


@pytest.mark.parametrize("secret", [KEY, WORDS], ids=["by its form", "by its value"])
def test_a_page_is_never_told_what_has_begun_as_a_secret(secret: str, told: Callable[[str], Iterator[str]]) -> None:
    pages = list(told(f"the key is {secret.upper()}, as I said"))
    assert not any(secret[:3] in page.lower() or secret[3:6] in page.lower() for page in pages)
    assert pages[-1] == f"the key is {secret[:2].upper()}{SECRET}, as I said"


def test_what_only_begins_like_a_secret_comes_as_it_is(told: Callable[[str], Iterator[str]]) -> None:
    pages = list(told("the risk-free way to open sesame seeds, open ses"))
    assert "the risk-free way to op" in pages and "the risk-free way to open sesame" not in pages
    assert pages[-1] == "the risk-free way to open sesame seeds, open ses"


def test_a_page_waits_no_longer_than_a_second(
    told: Callable[[str], Iterator[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chainviz.wire.redacted._PATIENCE", 0)
    pages = list(told(f"it is {WORDS}, I said"))
    assert pages[-1] == f"it is op{SECRET}, I said"
    assert list(told("open house"))[-1] == f"op{SECRET}house"


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
