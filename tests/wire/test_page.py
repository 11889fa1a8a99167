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

from chainviz import RunnableLambda
from chainviz.errors import MissingBundleError
from chainviz.tracing.trace import Trace, trace
from chainviz.wire.messages import Snapshot
from chainviz.wire.page import render_html

HOSTILE = "</script><script>alert(1)</script><!--\u2028{title}"


class Login(BaseModel):
    key: SecretStr


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "viewer.js").write_text("var chainviz={mountPage(){'</script><!--'}}")
    monkeypatch.setattr("chainviz.wire.assets.STATIC", tmp_path)
    return tmp_path


def recorded(value: Any) -> Trace:
    with trace(HOSTILE) as t:
        RunnableLambda(lambda x: x).invoke(value)
    return t


def data_of(page: str) -> Any:
    (text,) = re.findall(r'<script type="application/json" id="snapshot">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


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
    assert page.count("<script") == page.count("</script>") == 3
    assert "<!--" not in page
    assert "<title>&lt;/script&gt;" in page


@pytest.mark.usefixtures("static")
def test_only_the_two_scripts_of_the_page_may_run_and_nothing_is_fetched() -> None:
    page = render_html(recorded(1))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and "default-src 'none'" in policy[1]
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy[1]
    assert not re.search(r"<(link|img|iframe)|\bsrc=|https?://", page)


@pytest.mark.usefixtures("static")
def test_values_are_whole_and_secrets_masked() -> None:
    page = render_html(recorded({"long": "x" * 50_000, "login": Login(key=SecretStr("hush"))}))
    assert data_of(page)["batch"]["events"][0]["input"]["long"] == "x" * 50_000
    assert "hush" not in page


def test_to_html_writes_it_and_gives_the_path(static: Path) -> None:
    path = static / "trace.html"
    t = recorded("\ud800")
    assert t.to_html(path) == str(path)
    assert "\\\\ud800" in path.read_text(encoding="utf-8")


def test_without_the_bundle_one_sentence_says_what_to_do(static: Path) -> None:
    (static / "viewer.js").unlink()
    with pytest.raises(MissingBundleError, match="run `make build`"):
        render_html(recorded(1))
