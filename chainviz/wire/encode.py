"""Values on the wire: those of `tracing.values`, short, for the rest is fetched on demand."""

from __future__ import annotations

from typing import Any

from chainviz.tracing import values
from chainviz.tracing.values import Json, visible

LIMIT = 10_000
"""Characters that one value may take, about."""


NAME = 1_000
"""Characters that a name may take."""


def named(text: str) -> str:
    """A name, tag or key: what is longer is cut, and ends in `…`."""
    shown = visible(text)
    return shown if len(shown) <= NAME else f"{shown[: NAME - 1]}…"


def encode(value: Any, limit: int = LIMIT) -> Json:
    """A value as JSON of about `limit` characters at most."""
    return values.encode(value, limit)
