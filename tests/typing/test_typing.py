"""The types that chains promise, as pyright sees them under its strict rules."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
MARK = "# rejected"


@pytest.fixture(scope="module")
def complaints() -> dict[str, dict[int, str]]:
    """What pyright says of each file, by line."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "--project", FOLDER]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240)
    said: dict[str, dict[int, str]] = defaultdict(dict)
    for one in json.loads(run.stdout)["generalDiagnostics"]:
        said[Path(one["file"]).name][one["range"]["start"]["line"] + 1] = one["message"]
    return said


@pytest.mark.parametrize("file", ["composing.py", "components.py"])
def test_the_types_that_chains_have(complaints: dict[str, dict[int, str]], file: str) -> None:
    assert (FOLDER / file).exists()
    assert complaints[file] == {}


def test_what_does_not_fit_is_rejected(complaints: dict[str, dict[int, str]]) -> None:
    lines = (FOLDER / "rejected.py").read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if MARK in line}
    said = complaints["rejected.py"]
    assert {number: lines[number - 1] for number in marked - said.keys()} == {}, "accepted, though marked"
    assert {number: said[number] for number in said.keys() - marked} == {}, "rejected, though not marked"
