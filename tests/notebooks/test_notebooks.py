"""Every notebook runs from top to bottom in a fresh kernel and prints what it says that it prints."""

from __future__ import annotations

import json
import re
from ast import literal_eval
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PRINTED = Path(__file__).parent / "printed"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
DURATION = re.compile(r"[\d.]+ (?:ns|[µμu]s|ms|s)\b")


TRACE = re.compile(r"<Trace[^>]*>")

LIVE = "application/vnd.jupyter.widget-view+json"


def normal(text: str) -> str:
    """A text without what differs from run to run: ids, times of day, durations, how far a running trace was."""
    for changing, name in ((UUID, "<id>"), (TIME, "<time>"), (DURATION, "<duration>"), (TRACE, "<trace>")):
        text = changing.sub(name, text)
    return text.strip()


def execute(path: Path, folder: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    return notebook


def text_of(cell: Any, *kinds: str) -> str:
    """What a cell printed, and the text form of what it showed; a live view's is that of its picture."""
    parts: list[str] = []
    for output in cell.get("outputs", []):
        if LIVE in output.get("data", {}):
            continue
        if output["output_type"] == "stream" and "stream" in kinds:
            parts.append(output["text"])
        elif output["output_type"] in ("execute_result", "display_data") and "shown" in kinds:
            parts.append(output["data"].get("text/plain", "") + "\n")
    return "".join(parts)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    return execute(NOTEBOOKS / "01_runnable_interface.ipynb", tmp_path_factory.mktemp("page"))


def cell_with(notebook: nbformat.NotebookNode, source: str, nth: int = 0) -> Any:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and source in cell.source][nth]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_gives_the_outputs_that_are_saved_in_it(path: Path, tmp_path: Path) -> None:
    saved = nbformat.read(path, as_version=4)
    fresh = execute(path, tmp_path)
    for before, after in zip(saved.cells, fresh.cells, strict=True):
        if before.cell_type == "code":
            assert normal(text_of(after, "stream", "shown")) == normal(text_of(before, "stream", "shown"))
            assert not [out for out in after.outputs if out.get("name") == "stderr"], after.source


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_keeps_no_widget_state(path: Path) -> None:
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("first part, the prompt", "prompt_input_schema"),
        ("prompt.input_schema.schema()", "prompt_input_schema"),
        ("model.input_schema.schema()", "model_input_schema"),
        ("chain.output_schema.schema()", "model_output_schema"),
    ],
)
def test_schemas_have_the_printed_shape(page: nbformat.NotebookNode, source: str, printed: str) -> None:
    schema = literal_eval(text_of(cell_with(page, source), "shown"))
    expected = json.loads((PRINTED / f"{printed}.json").read_text())
    assert schema == expected
    assert list(schema) == list(expected)


def test_the_events_of_the_retriever_and_the_model_token_for_token(page: nbformat.NotebookNode) -> None:
    printed = text_of(cell_with(page, 'include_names=["Docs", "my_llm"]'), "stream")
    assert printed == (
        "--\n"
        "Retrieved the following documents:\n"
        "[Document(page_content='harrison worked at kensho')]\n"
        "\n"
        "Streaming LLM:\n"
        "|H|arrison| worked| at| Kens|ho|.||\n"
        "Done streaming LLM.\n"
    )


@pytest.mark.parametrize(("source", "printed"), [('print("-" * 40)', "log_patches"), ('print("-" * 70)', "log_states")])
def test_the_log_as_patches_and_as_states(page: nbformat.NotebookNode, source: str, printed: str) -> None:
    shown = normal(text_of(cell_with(page, source), "stream"))
    assert shown.split() == normal((PRINTED / f"{printed}.txt").read_text()).split()


def test_the_verbs_answer(page: nbformat.NotebookNode) -> None:
    joke = "AIMessage(content=\"Why don't bears wear shoes?"
    assert text_of(cell_with(page, 'chain.invoke({"topic"'), "shown").startswith(joke)
    assert text_of(cell_with(page, "await chain.ainvoke"), "shown").startswith(joke)
    for source in ('chain.batch([{"topic": "bears"}, {"topic": "cats"}])', "max_concurrency", "await chain.abatch"):
        assert text_of(cell_with(page, source), "shown").startswith(f"[{joke}")
    for source in ("chain.stream(", "chain.astream("):
        assert "bear feet" in text_of(cell_with(page, source), "stream")


def test_events_of_the_named_steps(page: nbformat.NotebookNode) -> None:
    lines = text_of(cell_with(page, "examples = ["), "stream").splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["on_chain_start", "format_docs"],
        ["on_chain_stream", "format_docs"],
        ["on_chain_end", "format_docs"],
        ["on_tool_start", "some_tool"],
        ["on_tool_end", "some_tool"],
        ["on_prompt_start", "my_template"],
        ["on_prompt_end", "my_template"],
    ]
    assert "hello world!, goodbye world!" in lines[1]
    assert "{'x': 1, 'y': '2'}" in lines[3]
    assert "You are Cat Agent 007" in lines[6]


def wall_seconds(cell: Any) -> float:
    number, unit = re.search(r"Wall time: ([\d.]+) (\w+)", text_of(cell, "stream")).groups()  # pyright: ignore
    return float(number) * {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6}[unit]


def test_side_by_side_takes_as_long_as_the_slower_one(page: nbformat.NotebookNode) -> None:
    joke = wall_seconds(cell_with(page, "chain1.invoke"))
    poem = wall_seconds(cell_with(page, "chain2.invoke"))
    both = wall_seconds(cell_with(page, "combined.invoke"))
    assert both < joke + poem
    batches = wall_seconds(cell_with(page, "combined.batch"))
    assert batches < 2 * (joke + poem)
