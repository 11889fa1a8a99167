"""Where ours means to differ: messages."""

from __future__ import annotations

import pytest

from ..cores import OURS, REFERENCE, Core


def test_a_message_has_the_fields_of_its_class() -> None:
    """The reference keeps any other keyword, a misspelt one too, and shows what is empty."""
    kept = REFERENCE.HumanMessage("a", additional_kwarg={"k": 1})
    assert kept.additional_kwargs == {}
    assert repr(REFERENCE.HumanMessage("a")) == "HumanMessage(content='a', additional_kwargs={}, response_metadata={})"
    with pytest.raises(ValueError, match="additional_kwargs"):
        OURS.HumanMessage("a", additional_kwarg={"k": 1})
    assert repr(OURS.HumanMessage("a")) == "HumanMessage(content='a')"


def test_chunks_and_merged_messages_keep_their_name() -> None:
    def names(core: Core) -> list[str | None]:
        chunk = core.HumanMessageChunk(content="a", name="ada") + core.HumanMessageChunk(content="b")
        merged = core.merge_message_runs([core.HumanMessage("a", name="ada"), core.HumanMessage("b")])
        return [chunk.name, merged[0].name]

    assert names(REFERENCE) == [None, None]
    assert names(OURS) == ["ada", "ada"]
