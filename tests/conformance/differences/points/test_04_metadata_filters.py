"""Runs are chosen by their metadata, too."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...observe import adrained
from ...steps import upper
from ..told import events_of


def test_filters_by_metadata() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper).with_config(metadata={"team": "a", "n": 1}) | (lambda x: x)

    ours = events_of(OURS, chain(OURS), include_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"upper"}
    ours = events_of(OURS, chain(OURS), exclude_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"RunnableSequence", "RunnableLambda"}
    with pytest.raises(TypeError):
        chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        events = chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        raise asyncio.run(adrained(events))[-1]
