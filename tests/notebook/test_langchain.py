"""LangChain's and LangGraph's objects in a notebook: shown and watched as ours are."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz.notebook import extension

from .conftest import Shell

VIEW = "application/vnd.jupyter.widget-view+json"
THEIRS = """
from typing import TypedDict
from langchain_core.runnables import RunnableLambda as Theirs
from langgraph.graph import END, START, StateGraph

class State(TypedDict):
    n: int

lcel = Theirs(double) | Theirs(double)
grow = StateGraph(State).add_node("grow", lambda s: {"n": s["n"] + 1})
app = grow.add_edge(START, "grow").add_edge("grow", END).compile()
"""


@pytest.fixture(autouse=True)
def no_web_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """LangGraph's own display is not even asked."""

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("LangGraph was asked to draw")

    monkeypatch.setattr("langchain_core.runnables.graph.Graph.draw_mermaid_png", asked)


@pytest.mark.parametrize(("thing", "step"), [("lcel", "double"), ("app", "grow")])
def test_their_objects_are_graphs(notebook: Shell, thing: str, step: str) -> None:
    notebook.run(THEIRS + thing)
    view, picture = notebook.shown
    assert VIEW in view
    assert step in picture["text/html"] and step in picture["text/plain"]
    assert "image/png" not in view


@pytest.mark.parametrize(("thing", "step"), [("lcel", "double"), ("app", "grow")])
def test_in_a_terminal_they_are_text_drawings(terminal: Shell, thing: str, step: str) -> None:
    terminal.run(THEIRS + thing)
    assert list(terminal.shown[-1]) == ["text/plain"]
    assert f"├─ {step}" in terminal.shown[-1]["text/plain"]


def test_subclasses_are_shown_so_too(notebook: Shell) -> None:
    notebook.run(THEIRS + "class Mine(Theirs):\n    pass\nMine(double) | Mine(double)")
    assert VIEW in notebook.shown[0]
    notebook.run("class MyApp(type(app)):\n    pass\napp.__class__ = MyApp\napp")
    assert VIEW in notebook.shown[2]


def test_a_class_of_the_users_that_displays_itself_does(notebook: Shell) -> None:
    notebook.run(THEIRS + "class Mine(Theirs):\n    def _repr_html_(self):\n        return '<b>mine</b>'\nMine(double)")
    assert notebook.shown[0]["text/html"] == "<b>mine</b>"
    assert VIEW not in notebook.shown[0]


def test_unloading_gives_their_display_back(notebook: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook.run(THEIRS + "app")
    notebook.run("from copy import copy\nmine = copy(app)\nmine.__class__ = type('MyApp', (type(app),), {})\nmine")
    monkeypatch.setattr("langchain_core.runnables.graph.Graph.draw_mermaid_png", lambda *_, **__: b"png")
    extension.unload(notebook)
    notebook.shown.clear()
    for name in ("app", "mine"):
        notebook.run(name)
        shown = notebook.shown.pop()
        assert VIEW not in shown and "image/png" in shown
    extension.load(notebook)


def test_a_cell_captures_what_they_run(notebook: Shell) -> None:
    notebook.run(THEIRS + "1")
    notebook.run("%%trace t\nlcel.invoke(1)\napp.invoke({'n': 1})")
    t = notebook.user_ns["t"]
    assert [root.run.name for root in t.tree] == ["RunnableSequence", "LangGraph"]
    assert [child.run.path for child in t.tree[1].children] == ["node:grow"]


def test_theirs_are_watched(notebook: Shell) -> None:
    notebook.run(THEIRS + "1")
    assert notebook.run("w = watch(lcel, 1)\nw.result()") == 4
    assert [root.run.name for root in notebook.user_ns["w"].tree] == ["RunnableSequence"]
    assert notebook.run("w = watch(app, {'n': 1})\nw.result()") == {"n": 2}
