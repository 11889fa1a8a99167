"""Runs the notebooks and saves them with their outputs, without what only a live kernel can show."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LIVE = "application/vnd.jupyter.widget-view+json"


def run(path: Path) -> None:
    """Execute a notebook in an empty folder, and keep its text, its pictures and nothing of the widgets."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(
            notebook, timeout=120, kernel_name="python3", coalesce_streams=True, resources=resources
        ).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:  # the picture of each view is an output of its own
            cell.outputs = [output for output in cell.outputs if LIVE not in output.get("data", {})]
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        run(path)
        print(path.name)
