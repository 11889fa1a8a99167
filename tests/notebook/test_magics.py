"""`%%trace`: one panel first, then the cell as it would run without it."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from IPython.core.error import UsageError

from chainviz.config import CURRENT
from chainviz.notebook.magics import Options, parse_options, rewrite
from chainviz.tracing.trace import Trace

from .conftest import Shell

VIEW = "application/vnd.jupyter.widget-view+json"


def trace_of(shell: Shell) -> Trace:
    found: Any = shell.user_ns["t"]
    assert isinstance(found, Trace)
    return found


@pytest.mark.parametrize(
    "cell",
    [
        "%%trace t\nchain.invoke(1)",
        "%%trace t\nawait chain.ainvoke(1)",
        "%%trace t\nfor x in chain.stream(1):\n    pass\nx",
        "%%trace t\nasync for x in chain.astream(1):\n    pass\nx",
        "%%trace t\nasync with asyncio.timeout(5):\n    x = await chain.ainvoke(1)\nx",
        "%%trace t\n%time chain.invoke(1)",
        "%%trace t\n%%time\nchain.invoke(1)",
        "%%time\n%%trace t\nchain.invoke(1)",
        "%%trace t\n%%capture out\nchain.invoke(1)\nresult = 4",
        "x = 3\n%trace t\nchain.invoke(1)",
        "\n%%trace t\nchain.invoke(1)\n",
    ],
)
def test_every_kind_of_cell_is_traced_and_displays_its_value(notebook: Shell, cell: str) -> None:
    result = notebook.run(cell)
    t = trace_of(notebook)
    assert t.result() == 4
    assert t.closed
    assert [VIEW in data for data in notebook.shown][:1] == [True]
    assert sum(VIEW in data for data in notebook.shown) == 1
    if "%%capture" not in cell:
        assert result == 4 or "%time" in cell
    assert CURRENT.get() is None


def test_only_its_own_cell_is_traced(notebook: Shell) -> None:
    notebook.run("%%trace t\nchain.invoke(1)")
    notebook.run("chain.invoke(1)")
    assert len(trace_of(notebook).roots) == 1


def test_the_panel_comes_before_anything_runs(notebook: Shell) -> None:
    notebook.user_ns["shown"] = notebook.shown
    notebook.run("%%trace t\nbefore = len(shown), len(t.recorder.events)")
    assert notebook.user_ns["before"] == (2, 0)


@pytest.mark.parametrize("invoke", ["chain.invoke(1)", "await chain.ainvoke(1)"])
def test_an_error_shows_as_normal_and_points_at_its_line(notebook: Shell, invoke: str) -> None:
    result = notebook.run_cell(f"%%trace t\n{invoke}\n\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    lines = [frame.lineno for frame in traceback.extract_tb(result.error_in_exec.__traceback__)]
    assert lines[-1] == 4
    assert trace_of(notebook).closed
    assert CURRENT.get() is None


def test_the_error_of_a_run_is_in_the_trace(notebook: Shell) -> None:
    result = notebook.run_cell("%%trace t\n(chain | (lambda x: 1 / 0)).invoke(1)")
    assert trace_of(notebook).errors[-1].error is result.error_in_exec


def test_a_cell_that_is_no_python_is_said_by_python(notebook: Shell) -> None:
    result = notebook.run_cell("%%trace t\n1 +")
    assert isinstance(result.error_before_exec, SyntaxError)
    assert result.error_before_exec.lineno == 2
    assert "t" not in notebook.user_ns


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--heihgt 3", "expected --views, --height or --name, got '--heihgt'; did you mean '--height'?"),
        ("--height tall", "--height: expected a number of pixels, got 'tall'"),
        ("--height", "expected a value after --height, got nothing"),
        ("--views graph,tokans", "got 'tokans'; did you mean 'tokens'?"),
        ("--views ,", "got nothing"),
        ("t u", "expected one variable name for the trace"),
        ("3t", "expected one variable name for the trace"),
        ('--name "open', "No closing quotation"),
    ],
)
def test_a_bad_option_gets_one_sentence_and_nothing_runs(notebook: Shell, line: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_options(line)
    assert sentence in str(raised.value)
    result = notebook.run_cell(f"%%trace {line}\nran = True")
    assert isinstance(result.error_in_exec, UsageError)
    assert "ran" not in notebook.user_ns
    assert notebook.shown == []


def test_the_options_that_there_are() -> None:
    assert parse_options("t --views graph,tokens --height=500 --name 'my run'") == Options(
        "t", ("graph", "tokens"), 500, "my run"
    )


def test_views_are_shown_each_alone(notebook: Shell) -> None:
    notebook.run("%%trace --views graph,tokens\nchain.invoke(1)")
    assert sum(VIEW in data for data in notebook.shown) == 2


@pytest.mark.parametrize(
    "lines", [[], ["x\n"], ["%%trace?\n"], ["%%traced\n", "x\n"], ["x\n", "%%trace\n"], ["%%time\n"]]
)
def test_other_cells_are_left_alone(lines: list[str]) -> None:
    assert rewrite(list(lines)) == lines


def test_a_rewritten_cell_has_as_many_lines() -> None:
    lines = ["%%trace t\n", "x\n", "y\n"]
    assert len(rewrite(lines)) == 3


def test_scripts_call_it_as_a_function(notebook: Shell) -> None:
    notebook.run("get_ipython().run_cell_magic('trace', 't', 'chain.invoke(1)')")
    assert trace_of(notebook).result() == 4


def test_a_terminal_gets_the_runs_as_text(terminal: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.run("%%trace\nchain.invoke(1)")
    assert "  double (chain) done" in capsys.readouterr().out
