"""The saved page: complete in itself, and nothing in a trace can leave its place in it."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from chainviz import (
    ChatPromptTemplate,
    Document,
    FakeListChatModel,
    LocalChatModel,
    RunnableLambda,
    RunnablePassthrough,
    StrOutputParser,
)
from chainviz.errors import InvalidInputError, MissingBundleError
from chainviz.graph.model import Graph, Link, Node
from chainviz.tracing.events import RunStart
from chainviz.tracing.trace import Trace, trace
from chainviz.wire.frames import snapshot
from chainviz.wire.messages import Snapshot
from chainviz.wire.page import VALUE, render_html

from .planted import planted
from .reader import data_of

HOSTILE = "</script><script>alert(1)</script><!--\u2028{title}"


class Login(BaseModel):
    key: SecretStr


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "viewer.js").write_text("var chainviz={mountPage(){'</script><!--'}}")
    (tmp_path / "spanish.js").write_text("chainvizSpanish={}")
    monkeypatch.setattr("chainviz.wire.assets.STATIC", tmp_path)
    return tmp_path


def recorded(value: Any) -> Trace:
    with trace(HOSTILE) as t:
        RunnableLambda(lambda x: x).invoke(value)
    return t


@pytest.mark.usefixtures("static")
def test_the_page_holds_the_snapshot() -> None:
    t = recorded(HOSTILE)
    snapshot = data_of(render_html(t))
    Snapshot.model_validate(snapshot)
    assert snapshot["trace"] == t.id
    assert snapshot["batch"]["events"][0]["input"] == HOSTILE


@pytest.mark.usefixtures("static")
def test_nothing_leaves_its_place() -> None:
    page = render_html(recorded(HOSTILE))
    assert page.count("<script") == page.count("</script>") == 4
    assert "<!--" not in page
    assert "<title>&lt;/script&gt;" in page


@pytest.mark.usefixtures("static")
def test_only_the_scripts_of_the_page_may_run_and_nothing_is_fetched() -> None:
    page = render_html(recorded(1))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and "default-src 'none'" in policy[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 3
    for script in scripts:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy[1]
    assert not re.search(r"<(link|img|iframe)|\bsrc=|https?://", page)


class Agent(RunnableLambda[Any, Any]):
    """Stands for what draws itself as a graph of states."""

    def get_graph(self, config: Any = None) -> Graph:
        ends = (Node("node:a", "a", kind="start"), Node("node:b", "b", kind="end"))
        states = Node("node:in", "in", kind="graph", children=ends, links=(Link(0, 1, HOSTILE),))
        return Graph(Node("", "outer", kind="sequence", children=(states,)))


@pytest.mark.parametrize("redact", [True, False])
def test_only_a_page_with_a_graph_of_states_has_what_lays_it_out(static: Path, redact: bool) -> None:
    (static / "layout.js").write_text("chainvizLayout='</script><!--'")
    plain = render_html(recorded(1), redact=redact)
    assert "chainvizLayout" not in plain and "worker-src" not in plain and "chainviz-layout" not in plain
    with trace() as t:
        Agent(lambda x: x).invoke(1)
    page = render_html(t, redact=redact)
    (script,) = re.findall(r'<script id="chainviz-layout">(.*?)</script>', page, re.DOTALL)
    assert script == "chainvizLayout='<\\/script><\\!--'"
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].endswith("; worker-src blob:")
    assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy[1]


@pytest.mark.usefixtures("static")
def test_values_are_whole_and_secrets_masked() -> None:
    t = recorded({"long": "x" * 50_000, "login": Login(key=SecretStr("hushhush"))})
    for redact in (True, False):
        data = data_of(render_html(t, redact=redact))
        assert data["batch"]["events"][0]["input"]["long"] == "x" * 50_000
        assert "hushhush" not in json.dumps(data)


@pytest.mark.usefixtures("static")
def test_a_secret_is_nowhere_in_the_page() -> None:
    t = planted("sk-proj-abcdefghijklmnop1234")
    page = render_html(t)
    data = data_of(page)
    Snapshot.model_validate(data)
    assert "abcdefghijklmnop" not in (page + json.dumps(data)).lower()
    assert "p1234" not in json.dumps(data).lower()
    assert "**********" in page


@pytest.mark.usefixtures("static")
def test_a_secret_of_the_environment_is_nowhere_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "open sesame door")
    t = planted("open sesame door")
    assert "sesame" not in json.dumps(data_of(render_html(t))).lower()


@pytest.mark.usefixtures("static")
def test_a_streamed_secret_leaves_the_text_around_it() -> None:
    data = data_of(render_html(planted("sk-proj-abcdefghijklmnop1234")))
    streams = ["".join(text or "" for text in column["texts"]) for column in data["batch"]["chunks"]]
    assert "the key is ********** as I said" in streams
    assert any("it is **********!" in text for text in streams)


@pytest.mark.usefixtures("static")
def test_without_redaction_texts_are_as_they_were() -> None:
    t = planted("sk-proj-abcdefghijklmnop1234")
    now = data_of(render_html(t, redact=False))
    assert "abcdefghijklmnop" in json.dumps(now)
    assert now["batch"] == json.loads(json.dumps(snapshot(t, limit=VALUE)["batch"]))


@pytest.mark.usefixtures("static")
def test_redaction_changes_nothing_else() -> None:
    with trace() as t:
        (RunnableLambda(lambda x: x) | {"a": str, "b": RunnablePassthrough()}).invoke({"max_tokens": 5, "key": "value"})
        list(FakeListChatModel(responses=["an ordinary answer"]).stream("hi"))
    clean, whole = (data_of(render_html(t, redact=redact))["batch"] for redact in (True, False))
    assert clean == whole


def test_a_thousand_runs_fit() -> None:
    model = LocalChatModel(tokens_per_second=1_000_000).with_config(run_name="my_llm")
    prompt = ChatPromptTemplate.from_template("Answer from this context:\n{context}\n\nQuestion: {question}")
    docs = RunnableLambda(lambda q: [Document(page_content=f"fact {i} about {q}") for i in range(4)])
    chain = {"context": docs, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
    with trace() as t:
        for number in range(143):
            for _ in chain.stream(f"where did harrison work in {1900 + number}?"):
                pass
    assert sum(isinstance(event, RunStart) for event in t.recorder.events) == 1001
    assert len(render_html(t).encode()) <= 400_000


def test_to_html_writes_it_and_gives_the_path(static: Path) -> None:
    path = static / "trace.html"
    t = recorded("\ud800")
    assert t.to_html(path) == str(path)
    assert data_of(path.read_text(encoding="utf-8"))["batch"]["events"][0]["input"] == "\\ud800"


@pytest.mark.usefixtures("static")
@pytest.mark.parametrize(("cap", "of"), [("MOST_EVENTS", "events"), ("MOST_CHARACTERS", "characters")])
def test_what_no_browser_could_open_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, cap: str, of: str
) -> None:
    monkeypatch.setattr(f"chainviz.wire.page.{cap}", 1)
    with pytest.raises(InvalidInputError, match=f"at most 1 {of} for one page, got [1-9].*max_events"):
        render_html(recorded(1))


def test_without_the_bundle_one_sentence_says_what_to_do(static: Path) -> None:
    (static / "viewer.js").unlink()
    with pytest.raises(MissingBundleError, match="run `make build`"):
        render_html(recorded(1))
