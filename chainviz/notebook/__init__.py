"""What chainviz adds to a notebook: displays, `%%trace`, `watch` and `build`. Importing this needs no notebook."""

from __future__ import annotations

from chainviz.notebook.builder import build
from chainviz.notebook.runner import watch

__all__ = ["build", "watch"]
