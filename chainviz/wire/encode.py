"""Values on the wire: those of `tracing.values`, short, for the rest is fetched on demand."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zlib import crc32

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


def placed(path: str) -> str:
    """A path of a step or in a run log: what is longer in it than a name may be is cut, and still not like others."""
    return visible(path) if len(path) <= NAME else _short(path)


@lru_cache(maxsize=256)
def _short(path: str) -> str:
    return "/".join(
        segment if len(segment) <= NAME else f"{segment[: NAME - 9]}…{crc32(segment.encode()):08x}"
        for segment in visible(path).split("/")
    )


def encode(value: Any, limit: int = LIMIT) -> Json:
    """A value as JSON of about `limit` characters at most."""
    return values.encode(value, limit)
