"""What a chain tells of a run in each core, without what was raised."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

from ..cores import Core
from ..observe import adrained


def events_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        items = asyncio.run(adrained(chain.astream_events(given, version="v2", **options)))
        return [item for item in items if not isinstance(item, Exception)]


def named(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["event"], event["name"]) for event in events]


def patches_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [p for p in asyncio.run(adrained(chain.astream_log(given, **options))) if not isinstance(p, Exception)]
