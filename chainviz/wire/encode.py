"""Values on the wire: those of `tracing.values`, short, for the rest is fetched on demand."""

from __future__ import annotations

from typing import Any

from chainviz.tracing import values
from chainviz.tracing.values import Json

LIMIT = 10_000
"""Characters that one value may take, about."""


def encode(value: Any, limit: int = LIMIT) -> Json:
    """A value as JSON of about `limit` characters at most."""
    return values.encode(value, limit)
