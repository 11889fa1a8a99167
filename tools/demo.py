"""Runs notebooks/quickstart.ipynb in a real kernel, shows its text as it is printed, and says where its page is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "quickstart.ipynb"
FOLDER = ROOT / "build" / "demo"
PAGE = FOLDER / "quickstart.html"


class LiveClient(NotebookClient):
    """Prints what the cells print, in the moment in which they do."""

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] == "stream":
            print(msg["content"]["text"], end="", flush=True)
        return super().process_message(msg, cell, cell_index)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    PAGE.unlink(missing_ok=True)
    # The kernel finds no configuration but its own: a demo shows the same on every machine.
    os.environ["IPYTHONDIR"] = str(FOLDER / "ipython")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = LiveClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(error, file=sys.stderr)
        return 1
    nbformat.write(notebook, FOLDER / NOTEBOOK.name)
    if not PAGE.is_file():
        print(f"{NOTEBOOK.relative_to(ROOT)} ran but wrote no {PAGE.relative_to(ROOT)}", file=sys.stderr)
        return 1
    print(f"\nThe finished trace, one page, no network: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
