"""Where ours means to differ: messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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


MISSING: dict[str, Any] = {
    "role": lambda c: c.ChatMessage("a"),
    "name": lambda c: c.FunctionMessage("a"),
    "tool_call_id": lambda c: c.ToolMessage("a"),
}


@pytest.mark.parametrize("field", MISSING)
def test_an_argument_that_is_forgotten(field: str) -> None:
    """Ours says so as any Python function does; the reference as a model that does not validate."""
    with pytest.raises((ValueError, KeyError), match=field):
        MISSING[field](REFERENCE)
    with pytest.raises(TypeError, match=field):
        MISSING[field](OURS)


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
    """A message is made for each token, so ours looks only at what a chain would fail at later; the reference's is a
    pydantic model."""
    with pytest.raises((ValueError, TypeError)):
        TAKEN[what](REFERENCE)
    assert TAKEN[what](OURS)


def test_content_is_text() -> None:
    """Bytes are of no encoding; the reference takes them for UTF-8."""
    assert REFERENCE.HumanMessage(b"ab").content == "ab"
    with pytest.raises(ValueError, match="expected content to be a str"):
        OURS.HumanMessage(b"ab")


def test_the_text_of_a_message_is_a_property() -> None:
    """The reference still takes a call, and warns of it."""
    with pytest.warns(DeprecationWarning, match="text"):
        assert REFERENCE.HumanMessage("a").text() == "a"
    with pytest.raises(TypeError, match="not callable"):
        OURS.HumanMessage("a").text()
    assert OURS.HumanMessage("a").text == "a"


def test_no_message_removes_others() -> None:
    """RemoveMessage is for the state of another library, which has no place here."""
    assert REFERENCE.RemoveMessage(id="1").type == "remove"
    with pytest.raises(AttributeError):
        _ = OURS.RemoveMessage


def test_fields_that_messages_from_dict_does_not_know() -> None:
    """As for a constructor: a misspelt field is not lost."""
    data = [{"type": "human", "data": {"content": "a", "nmae": "ann"}}]
    assert REFERENCE.messages_from_dict(data)[0].nmae == "ann"
    with pytest.raises(ValueError, match="did you mean 'name'"):
        OURS.messages_from_dict(data)


BLOCKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bedrock": (
        {"image": {"format": "png", "source": {"bytes": b"x"}}},
        {"type": "image", "base64": "eA==", "mime_type": "image/png"},
    ),
    "anthropic": (
        {"type": "tool_use", "id": "1", "name": "f", "input": {}},
        {"type": "tool_call", "id": "1", "name": "f", "args": {}},
    ),
    "a text with a source": ({"type": "text", "source_type": "text", "text": "x"},) * 2,
}


@pytest.mark.parametrize("provider", BLOCKS)
def test_blocks_of_providers_that_are_not_built_in(provider: str) -> None:
    """They are kept whole; the reference translates for each provider's package."""
    part, block = BLOCKS[provider]

    def blocks(core: Core) -> Any:
        return core.AIMessage([part], response_metadata={"model_provider": provider}).content_blocks

    kind = "HumanMessage" if provider == "bedrock" else "AIMessage"
    shown = getattr(REFERENCE, kind)([part], response_metadata={"model_provider": provider}).content_blocks
    assert shown == [block]
    assert blocks(OURS) == [{"type": "non_standard", "value": part}]


def test_a_document_is_shown_and_made_by_its_fields() -> None:
    """In their order, without what is empty; the reference forgets a field that it does not know."""
    assert repr(REFERENCE.Document("x")) == "Document(metadata={}, page_content='x')"
    assert repr(REFERENCE.Document("x", metdata={"a": 1})) == "Document(metadata={}, page_content='x')"
    assert repr(OURS.Document("x", metadata={"a": 1})) == "Document(page_content='x', metadata={'a': 1})"
    with pytest.raises(ValueError, match="metadata"):
        OURS.Document("x", metdata={"a": 1})


@pytest.mark.parametrize(("core", "error"), [(OURS, KeyError), (REFERENCE, TypeError)])
def test_a_tool_call_without_arguments_is_refused(core: Core, error: type[Exception]) -> None:
    """In ours the missing key is named; the reference tells of a call inside of it."""
    with pytest.raises(error, match="args"):
        core.AIMessage("", tool_calls=[{"name": "f", "id": "1"}])
