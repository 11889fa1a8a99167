"""Messages that the reference refuses, or forgets a part of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from ...cores import OURS, REFERENCE, Core


def test_chunks_and_merged_messages_keep_their_name() -> None:
    """The reference loses it in a sum."""

    def names(core: Core) -> list[str | None]:
        chunk = core.HumanMessageChunk(content="a", name="ada") + core.HumanMessageChunk(content="b")
        merged = core.merge_message_runs([core.HumanMessage("a", name="ada"), core.HumanMessage("b")])
        return [chunk.name, merged[0].name]

    assert names(REFERENCE) == [None, None]
    assert names(OURS) == ["ada", "ada"]


TAKEN: dict[str, Any] = {
    "None for a dict": lambda c: c.HumanMessage("a", additional_kwargs=None).additional_kwargs == {},
    "an id of another type": lambda c: c.HumanMessage("a", id=UUID(int=3)).id == UUID(int=3),
    "a call without an id": lambda c: (
        c.AIMessage("a", tool_calls=[{"name": "f", "args": {}}]).tool_calls[0]["id"] is None
    ),
    "usage in part": lambda c: (
        c.AIMessage("a", usage_metadata={"input_tokens": 1}).usage_metadata == {"input_tokens": 1}
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_message_takes_what_it_is_given(what: str) -> None:
    """The reference refuses what no step would fail at; a message is made for each token, so ours looks at no more than
    a chain would fail at later."""
    with pytest.raises((ValueError, TypeError)):
        TAKEN[what](REFERENCE)
    assert TAKEN[what](OURS)
