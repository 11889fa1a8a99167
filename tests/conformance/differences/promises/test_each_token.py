"""Each chunk of a model that streams is an event."""

from __future__ import annotations

from ...cores import OURS, REFERENCE, Core
from ..told import events_of


def test_each_token_of_a_text_model_is_shown() -> None:
    """As the page of the interface lists them; with none, nobody sees a text model stream. The reference shows those
    only that the model's own `_stream` tells to its run manager."""

    def tokens(core: Core) -> list[str]:
        events = events_of(core, core.FakeStreamingListLLM(responses=["yes"]))
        return [event["data"]["chunk"] for event in events if event["event"] == "on_llm_stream"]

    assert tokens(REFERENCE) == []
    assert tokens(OURS) == ["y", "e", "s"]
