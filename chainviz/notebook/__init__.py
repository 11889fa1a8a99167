"""What chainviz adds to a notebook: displays, `%%trace`, and `watch`. Importing this needs no notebook."""

from __future__ import annotations

from chainviz.notebook.runner import watch

__all__ = ["watch"]
