"""Parts of a chain that are run: up to a step, and from a step on with what was given before it."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from chainviz.builder.editor import Editor
from chainviz.builder.runs import Runs
from chainviz.errors import InvalidInputError
from chainviz.tracing.events import RunEnd
from chainviz.tracing.trace import Trace, trace

calls: list[str] = []


def noted(name: str) -> Any:
    def step(x: Any) -> Any:
        calls.append(name)
        return f"{x}{name}" if isinstance(x, str) else {**x, "seen": name}

    return step


def run(chain: Any, input: Any) -> Trace:
    with trace() as t:
        chain.invoke(input)
    return t


NAMES = "abcdefgh"
CODE = """
RunnableLambda(a) | {
    "left": RunnableLambda(b) | c,
    "right": RunnableLambda(d).with_fallbacks([e]).with_retry(),
} | RunnablePassthrough.assign(more=f) | g
"""


def built(code: str = CODE) -> tuple[Editor, Runs]:
    editor = Editor()
    editor.catalog.kept.update({name: noted(name) for name in NAMES})
    editor.code = code
    calls.clear()
    return editor, Runs(editor, run)


def id_of(editor: Editor, component: str) -> str:
    return next(node.id for node in editor.root.walk() if node.component == component)


def output(runs: Runs) -> Any:
    assert runs.trace is not None
    return next(event.output for event in reversed(runs.trace.recorder.events) if isinstance(event, RunEnd))


def test_a_whole_run_tells_what_each_step_gave() -> None:
    editor, runs = built()
    runs.run("x")
    runs.news()
    assert set(runs.outputs) == {node.id for node in editor.root.walk()} - {id_of(editor, "e")}
    assert runs.outputs[id_of(editor, "c")] == "xabc"
    assert runs.news() == {} and not runs.is_running


@pytest.mark.parametrize(
    ("until", "called", "gives"),
    [
        ("a", "a", "xa"),
        ("b", "ab", {"left": "xab"}),
        ("c", "abc", {"left": "xabc"}),
        ("d", "ad", {"right": "xad"}),
        ("e", "ae", {"right": "xae"}),
        ("RunnableParallel", "abcd", {"left": "xabc", "right": "xad"}),
        ("f", "abcdf", None),
    ],
)
def test_up_to_a_step(until: str, called: str, gives: Any) -> None:
    editor, runs = built()
    runs.run("x", upto=id_of(editor, until))
    assert sorted(calls) == sorted(called)
    assert gives in (None, output(runs))
    assert runs.nodes[""] == editor.root.id or len(runs.nodes) < 3
    runs.news()
    assert id_of(editor, until) in runs.outputs


@pytest.mark.parametrize(
    ("since", "called"), [("a", "abcdfg"), ("b", "bcfg"), ("c", "cfg"), ("d", "dfg"), ("f", "fg"), ("g", "g")]
)
def test_again_from_a_step_on(since: str, called: str) -> None:
    editor, runs = built()
    with pytest.raises(InvalidInputError, match="has given nothing yet"):
        runs.run("y", onward=id_of(editor, "g"))
    runs.run("x")
    whole = output(runs)
    calls.clear()
    runs.run("y" if since == "a" else "x", onward=id_of(editor, since))
    assert "".join(sorted(calls)) == called
    assert output(runs) == whole or since == "a"


def test_from_a_step_up_to_another() -> None:
    editor, runs = built()
    runs.run("x")
    calls.clear()
    runs.run("", onward=id_of(editor, "c"), upto=id_of(editor, "c"))
    assert calls == ["c"] and output(runs) == {"left": "xabc"}


def test_each_item_is_run_again_whole() -> None:
    editor, runs = built("RunnableLambda(a) | list | (RunnableLambda(b) | c).map()")
    editor.catalog.kept["list"] = list
    runs.run("x")
    calls.clear()
    runs.run("", onward=id_of(editor, "c"))
    assert sorted(calls) == ["b", "b", "c", "c"] and output(runs) == ["xbc", "abc"]


def test_what_a_run_gives_is_told_whoever_asks_while_it_begins() -> None:
    editor, _ = built()

    def run_while_somebody_asks(chain: Any, input: Any) -> Trace:
        runs.news()
        return run(chain, input)

    runs = Runs(editor, run_while_somebody_asks)
    for input in ("x", "y"):
        runs.run(input)
        assert runs.news()[id_of(editor, "a")] == f"{input}a"


def test_of_two_runs_that_are_asked_for_at_once_one_is_begun() -> None:
    editor, _ = built()
    begun: list[Trace] = []
    refused: list[InvalidInputError] = []

    def run_again() -> None:
        try:
            runs.run("y")
        except InvalidInputError as error:
            refused.append(error)

    other = Thread(target=run_again)

    def begin(chain: Any, input: Any) -> Trace:
        begun.append(Trace())
        if len(begun) == 1:
            other.start()
            other.join(0.05)
        return begun[-1]

    runs = Runs(editor, begin)
    runs.run("x")
    other.join()
    assert len(begun) == len(refused) == 1


def test_there_is_one_run_at_a_time() -> None:
    _, runs = built()
    open_trace = Trace()
    runs.trace = open_trace
    with pytest.raises(InvalidInputError, match="still going on"):
        runs.run("x")
    open_trace.begin()
    open_trace.finish()
    with pytest.raises(InvalidInputError, match="expected a run that is going on"):
        runs.stop()
