"""What the kernel says to a page is said in the page's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chainviz
from chainviz import RunnableLambda, Trace, trace
from chainviz.builder.editor import Editor
from chainviz.builder.runs import Runs
from chainviz.wire import language
from chainviz.wire.builder import StateEncoder
from chainviz.wire.builder_requests import BuilderAnswers
from chainviz.wire.requests import Answers

HERE = Path(chainviz.__file__).parent
SAYS = ("InvalidInputError", "Fix", "_before", "_under", "refused")


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_spoken", "es")


def _said(node: ast.AST) -> str | None:
    """A text in the source, with an `x` for each value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_said(part) or "x" for part in node.values)
    return None


def sentences() -> Iterator[str]:
    """What the code that answers pages can say."""
    for path in (*(HERE / "builder").glob("*.py"), HERE / "wire/requests.py", HERE / "wire/builder_requests.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
            for argument in call.args if name in SAYS and isinstance(call, ast.Call) else ():
                said = _said(argument) or ""
                if " " in said:
                    yield f"code, line 3: expected {said}, got x" if name == "refused" else said


# What Python's reader says of code stands in it as it is.
AS_IT_IS = {"x x", "codex: x", "request from the page: x: x, got x", "detail: the run x has no x (yet)"}


def test_each_sentence_is_known_in_spanish() -> None:
    found = set(sentences()) - AS_IT_IS
    assert len(found) > 50
    english = re.compile(r"\b(the|an?|of|with|has|takes|expected|got|one|steps?|values?|others)\b")
    assert [told for said in sorted(found) if english.search(told := language.told(said)) or told == said] == []


def test_pages_hear_it() -> None:
    with trace() as t:
        RunnableLambda(str).invoke(1)
    answers = Answers(t)
    reply, _ = answers.to({"v": 1, "type": "sync", "id": "1", "have_seq": 0, "language": "es"})
    assert reply["ok"]
    reply, _ = answers.to({"v": 1, "type": "detail", "id": "2", "run": "gone", "what": "input"})
    assert reply["error"] == "detail: se esperaba el id de una ejecución de esta traza; llegó 'gone'"
    answers.to({"v": 1, "type": "sync", "id": "3", "have_seq": 0, "language": "en"})
    reply, _ = answers.to({"v": 1, "type": "stop", "id": "4"})
    assert reply["error"].startswith("this trace started no run")


def test_builders_hear_it_too() -> None:
    editor = Editor()
    editor.code = "StrOutputParser() | RunnablePick('a')"
    answers = BuilderAnswers(editor, Runs(editor, lambda *_: Trace()), StateEncoder(editor).state)
    state, _ = answers.to({"v": 1, "type": "builder", "id": "1", "language": "es"})
    [problem] = state["value"]["problems"]
    assert problem["message"] == "toma dict, recibe str"
    reply, _ = answers.to({"v": 1, "type": "edit", "id": "2", "revision": 0, "op": {"op": "delete", "node": "gone"}})
    assert reply["error"] == "builder: se esperaba el id de un paso de esta cadena; llegó 'gone'"
