"""Waiting for tasks, so that none survives the call that started it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any


async def all_ended(futures: Collection[asyncio.Future[Any]]) -> None:
    """Wait until these have ended, however often the waiting itself is cancelled; what they raised is not told."""
    cancelled: asyncio.CancelledError | None = None
    while waiting := [future for future in futures if not future.done()]:
        try:
            await asyncio.wait(waiting)
        except asyncio.CancelledError as error:
            cancelled = error
    for future in futures:
        if not future.cancelled():
            future.exception()  # now it counts as seen, and the loop does not complain
    if cancelled is not None:
        raise cancelled


__all__ = ["all_ended"]
