"""Filtered events keep their own input; in the reference the first one shown gets that of the root."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...observe import adrained
from ...steps import two_models, upper
from ..told import events_of, named


def test_filtered_events_keep_their_own_input() -> None:
    def first(core: Core) -> Any:
        return events_of(core, two_models(core), {"topic": "bears"}, include_types=["chat_model"])[0]

    assert first(REFERENCE)["data"]["input"] == {"topic": "bears"}
    assert first(OURS)["data"]["input"]["messages"][0][0].content.endswith("about bears")


def test_an_event_of_ones_own_keeps_its_data() -> None:
    """The reference writes the input into that, too: where it is no dict the call fails."""

    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper) | (lambda x: core.dispatch_custom_event("told", x))

    with pytest.raises(TypeError, match="item assignment"):
        raise asyncio.run(adrained(chain(REFERENCE).astream_events("x", version="v2", include_names=["told"])))[-1]
    events = events_of(OURS, chain(OURS), include_names=["told"])
    assert named(events) == [("on_custom_event", "told")]
    assert events[0]["data"] == "X"
