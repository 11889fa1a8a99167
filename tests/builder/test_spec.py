"""Specs: what is saved is what is loaded, and loading only reads."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from chainviz.builder.editor import Editor
from chainviz.builder.spec import LONGEST, spec_of, tree_of
from chainviz.builder.tree import same
from chainviz.errors import InvalidConfigError, InvalidInputError

from .trees import Trees


def test_random_trees_are_saved_and_loaded_as_they_are() -> None:
    trees = Trees()
    for seed in range(1_000):
        tree = trees.tree(seed)
        assert same(tree_of(json.dumps(spec_of(tree)), trees.ids), tree), f"seed {seed}"


def step(component: Any = "StrOutputParser", **fields: Any) -> dict[str, Any]:
    return {"component": component, **fields}


def nested(count: int) -> dict[str, Any]:
    return step() if count == 1 else step("RunnableEach", steps=[nested(count - 1)])


def deep(count: int) -> Any:
    return [deep(count - 1)] if count else 1


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (None, "chain: expected a step as a dict"),
        (step("a b"), "chain: expected the name of a component"),
        (step("lambda"), "expected the name of a component"),
        (step("__import__('os')"), "expected the name of a component"),
        (step(oops=1), "expected the fields"),
        (step(steps=[step()]), "expected the steps of a StrOutputParser, got 1"),
        (step("RunnableBranch", steps=[step()]), "expected the steps of a RunnableBranch"),
        (step("RunnableSequence", steps=[step(), 3]), "chain.1: expected a step"),
        (step(params=[]), "chain.params: expected a dict"),
        (step(params={"a": {"$run": "x"}}), "chain.params.a: expected a value of a spec"),
        (step(params={"a": {"$kept": "a.b"}}), "expected a value of a spec"),
        (step(params={"a": {"$dict": [1]}}), "expected pairs"),
        (step(params={"a": deep(65)}), "at most 64 values inside of each other"),
        (step(params={"a": float("nan")}), "expected a number"),
        (step(params={"a": 2**300}), "at most 256 bits"),
        (step(params={"a": object()}), "expected a value of JSON"),
        (step(variable="class"), "expected the variable to be a name"),
        (step(key=3), "expected the key to be a text"),
        (nested(65), "at most 64 steps inside of each other"),
    ],
)
def test_what_is_no_spec_is_refused_with_its_place(chain: Any, said: str) -> None:
    editor = Editor()
    before = editor.root
    with pytest.raises(InvalidInputError) as refused:
        editor.spec = {"chainviz": 1, "chain": chain}
    assert said in str(refused.value) and editor.root is before


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, '{"chainviz": NaN}', "{}", b"\xff", '{"chainviz": 2}'])
def test_text_that_is_no_spec_is_refused(text: Any) -> None:
    with pytest.raises(InvalidInputError, match="spec: expected"):
        Editor().spec = text


def test_a_spec_has_a_limit() -> None:
    with pytest.raises(InvalidInputError, match="at most 64,000,000 bytes"):
        Editor().spec = " " * (LONGEST + 1)


def test_unknown_components_stay_and_whoever_runs_them_is_told_where() -> None:
    editor = Editor()
    unheard = step("Unheard", params={"k": [1, {"a": None}]}, key="context")
    spec = {
        "chainviz": 1,
        "chain": step("RunnableParallel", steps=[unheard, step("RunnablePassthrough", key="question")]),
    }
    editor.spec = spec
    assert editor.spec["chain"]["steps"] == [spec["chain"]]
    chain: Any = editor.chain | (lambda x: x)
    said = "map:context: no component is called 'Unheard' here: define it, or make it known with chainviz.register"
    with pytest.raises(InvalidConfigError, match=said):
        editor.chain.invoke("x")
    with pytest.raises(InvalidConfigError):
        chain.invoke("x")


TRIPWIRE = """
import sys
from chainviz.builder.editor import Editor
from chainviz.errors import InvalidInputError

SPEC = {"chainviz": 1, "chain": {"component": "RunnableSequence", "steps": [
    {"component": "system"}, {"component": "lambda x: __import__('os').system(x)"},
    {"component": "LocalChatModel", "params": {"model": {"$kept": "exit"}}},
    {"component": "ChatPromptTemplate", "params": {"messages": [{"role": "human", "text": "{a.__class__}"}]}}]}}
CODE = '''
import antigravity
from os import system
x = RunnableLambda(lambda x: __import__("os").system(x))
system | x | Popen(args=["true"]) | PromptTemplate(template="{a.__class__}") | LocalChatModel(model=exit)
'''
EVIL = ["__import__('os').system('true')", "open('/etc/passwd')", "exec('1')", "().__class__"]


def load():
    for attribute, value in (("spec", SPEC), ("code", CODE), *(("code", code) for code in EVIL)):
        editor = Editor()
        try:
            setattr(editor, attribute, value)
        except InvalidInputError:
            continue
        editor.chain, editor.code, editor.spec, editor.problems(editor.edges())


load()
armed = True


def hook(event, arguments):
    if armed and event in ("import", "open", "exec", "pickle.find_class") or event.split(".")[0] in (
        "os", "socket", "subprocess", "ctypes", "shutil", "urllib"
    ) and armed:
        raise SystemExit(f"tripwire: {event} {arguments}")


sys.addaudithook(hook)
load()
armed = False
print("nothing ran")
"""


def test_loading_specs_and_code_executes_nothing() -> None:
    run = subprocess.run([sys.executable, "-c", TRIPWIRE], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr) == ("nothing ran\n", "")


def test_the_tripwire_would_tell() -> None:
    tripped = TRIPWIRE.replace("sys.addaudithook(hook)\n", "sys.addaudithook(hook)\nopen('/dev/null')\n")
    run = subprocess.run([sys.executable, "-c", tripped], capture_output=True, text=True, timeout=60)
    assert "tripwire: open" in run.stderr
