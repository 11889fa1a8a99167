"""The chain builder without a page: chains as trees, their edits, their code. It knows no notebook."""

from __future__ import annotations

from chainviz.builder.catalog import register

__all__ = ["register"]
