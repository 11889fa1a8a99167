"""A front end that is not there: placeholder files, and what each widget sends, noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets
import pytest

from chainviz.widgets import hidden


@pytest.fixture(autouse=True)
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("assets.js", "stub.js", "viewer.js", "spanish.js", "layout.js", "builder.js"):
        (tmp_path / name).write_text(f"// {name}\n")
    monkeypatch.setattr("chainviz.wire.assets.STATIC", tmp_path)
    monkeypatch.setattr(hidden, "_bundle", None)
    return tmp_path


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ipywidgets.Widget, Any]]:
    """The widget and the content of each custom message, in order; an earlier test's feed may still be sending."""
    messages: list[tuple[ipywidgets.Widget, Any]] = []

    def send(widget: ipywidgets.Widget, content: Any, buffers: Any = None) -> None:
        messages.append((widget, content))

    monkeypatch.setattr(ipywidgets.Widget, "send", send)
    return messages
