"""What the README shows works, block after block, as one reads it."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


async def test_every_block_of_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    variables: dict[str, Any] = {"questions": ["where did harrison work?", "what do bears eat?"]}
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    for block in blocks:
        python = re.sub(r"^%.*$", "", block, flags=re.MULTILINE)  # magics are for notebooks
        code = compile(python, "README.md", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if asyncio.iscoroutine(waits := eval(code, variables)):
            await waits
    assert variables["answers"][0] == "Harrison worked at Kensho."
    assert (tmp_path / "trace.jsonl").exists()
