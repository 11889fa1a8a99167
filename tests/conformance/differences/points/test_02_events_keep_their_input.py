"""Filtered events keep their own input; in the reference the first one shown gets that of the root."""

from __future__ import annotations

from typing import Any

from ...cores import OURS, REFERENCE, Core
from ...steps import two_models
from ..told import events_of


def test_filtered_events_keep_their_own_input() -> None:
    def first(core: Core) -> Any:
        return events_of(core, two_models(core), {"topic": "bears"}, include_types=["chat_model"])[0]

    assert first(REFERENCE)["data"]["input"] == {"topic": "bears"}
    assert first(OURS)["data"]["input"]["messages"][0][0].content.endswith("about bears")
