"""What IPython shows of a chain and of a trace, and that unloading takes away just that."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from chainviz.notebook import extension

from .conftest import Shell

VIEW = "application/vnd.jupyter.widget-view+json"


def test_a_chain_is_its_graph(notebook: Shell) -> None:
    notebook.run("chain")
    view, picture = notebook.shown
    assert set(view) == {VIEW, "text/html", "text/plain"}
    assert "double" not in view["text/html"]  # who shows no widgets sees the picture, once
    assert "double" in picture["text/html"]
    assert picture["text/plain"].startswith("sequence\n│ Any\n├─ double")


def test_in_a_terminal_a_chain_is_its_text_drawing(terminal: Shell) -> None:
    terminal.run("chain")
    assert list(terminal.shown[0]) == ["text/plain"]
    assert terminal.shown[0]["text/plain"].startswith("sequence\n│ Any\n├─ double")


def test_chains_within_a_list_are_shown_by_their_repr(notebook: Shell) -> None:
    notebook.run("[chain]")
    assert "├─" not in notebook.shown[0]["text/plain"]


def test_a_class_with_its_own_way_to_display_goes_it(notebook: Shell) -> None:
    notebook.run("class Mine(RunnableLambda):\n    def _ipython_display_(self):\n        display('mine')\nMine(double)")
    assert [data["text/plain"] for data in notebook.shown] == ["'mine'"]


@pytest.mark.parametrize("method", ["_repr_html_", "_repr_mimebundle_"])
def test_a_class_that_displays_itself_does(notebook: Shell, method: str) -> None:
    value = "'<b>mine</b>'" if method == "_repr_html_" else "{'text/html': '<b>mine</b>', 'text/plain': 'mine'}"
    notebook.run(f"class Mine(RunnableLambda):\n    def {method}(self, **_):\n        return {value}\nMine(double)")
    assert notebook.shown[0]["text/html"] == "<b>mine</b>"
    assert VIEW not in notebook.shown[0]


def test_a_trace_is_shown_once_a_cell(notebook: Shell) -> None:
    notebook.run("%%trace t\nchain.invoke(1)\nt")
    assert sum(VIEW in data for data in notebook.shown) == 1
    notebook.run("t")
    assert sum(VIEW in data for data in notebook.shown) == 2


def test_watch_shows_its_panel_at_once_and_once(notebook: Shell) -> None:
    notebook.user_ns["shown"] = notebook.shown
    notebook.run("w = watch(chain, 1)\nbefore = len(shown)\nassert w.result() == 4\nw")
    assert notebook.user_ns["before"] == 2
    assert [VIEW in data for data in notebook.shown] == [True, False]


@pytest.mark.parametrize(
    "cell",
    [
        "%%trace\nchain.invoke(1)",
        "watch(chain, 1).result()",
        "from chainviz.widgets import TracePanel\nt = trace()\ndisplay(TracePanel(t))\nwith t: chain.invoke(1)",
    ],
)
def test_the_picture_is_that_of_the_finished_trace(notebook: Shell, cell: str) -> None:
    notebook.run(cell)
    _, picture, *_ = notebook.shown
    *_, after = picture, *notebook.updates  # a chain that `watch` runs may have ended before it is shown
    assert "✓ done" in after["text/html"] and "double (chain) done" in after["text/plain"]


def test_a_trace_that_has_ended_is_drawn_once(notebook: Shell) -> None:
    notebook.run("with trace() as t: chain.invoke(1)\nt")
    assert "✓ done" in notebook.shown[1]["text/html"]
    assert notebook.updates == []


def test_without_the_bundle_the_picture_and_one_sentence(notebook: Shell, tmp_path: Path) -> None:
    (tmp_path / "stub.js").unlink()
    notebook.run("chain")
    notebook.run("%%trace t\nchain.invoke(1)")
    chain, trace, value = notebook.shown
    for data in (chain, trace):
        assert VIEW not in data
        assert "run `make build`" in data["text/html"] and "run `make build`" in data["text/plain"]
    assert "✓ done" in notebook.updates[0]["text/html"] and "run `make build`" in notebook.updates[0]["text/html"]
    assert value["text/plain"] == "4"
    assert notebook.user_ns["t"].result() == 4


def test_a_cell_shows_a_trace_once_though_the_page_is_answered_meanwhile(notebook: Shell) -> None:
    """A kernel answers the page's messages on another thread, and tells everybody as it does of a cell."""

    def answer() -> None:
        notebook.events.trigger("pre_execute")
        notebook.events.trigger("post_execute")

    def page() -> None:
        page = Thread(target=answer)
        page.start()
        page.join()

    notebook.push({"page": page})
    notebook.run("t = watch(chain, 1)\npage()\nt.result()\nt")
    assert sum(VIEW in data for data in notebook.shown) == 1
    notebook.run("t")
    assert sum(VIEW in data for data in notebook.shown) == 2


def test_loading_twice_is_harmless_and_unloading_leaves_nothing(notebook: Shell) -> None:
    extension.load(notebook)
    extension.unload(notebook)
    extension.unload(notebook)
    notebook.run("chain")
    assert VIEW not in notebook.shown[0]
    assert notebook.run_cell("%%trace\n1").error_in_exec is not None
    assert notebook.input_transformers_cleanup == type(notebook)().input_transformers_cleanup


def test_unloading_leaves_what_others_registered(notebook: Shell) -> None:
    extension.unload(notebook)
    notebook.run("class Other: pass\nfrom chainviz.runnables.base import Runnable")
    formatter = notebook.display_formatter.mimebundle_formatter
    runnable = notebook.user_ns["Runnable"]

    def theirs(_: object) -> dict[str, str]:
        return {"text/plain": "theirs"}

    formatter.for_type(runnable, theirs)
    extension.load(notebook)
    extension.unload(notebook)
    notebook.run("chain")
    assert notebook.shown[0]["text/plain"] == "theirs"


def test_the_package_is_the_extension(notebook: Shell) -> None:
    extension.unload(notebook)
    notebook.run("%load_ext chainviz")
    notebook.run("%load_ext chainviz")
    notebook.run("chain")
    notebook.run("%unload_ext chainviz")
    notebook.run("chain")
    assert [VIEW in data for data in notebook.shown] == [True, False, False]
