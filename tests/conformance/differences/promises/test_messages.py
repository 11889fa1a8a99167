"""Messages and documents are shown in the short form: the fields that say something, in their order."""

from __future__ import annotations

from ...cores import OURS, REFERENCE


def test_a_message_shows_what_it_has() -> None:
    assert repr(REFERENCE.HumanMessage("a")) == "HumanMessage(content='a', additional_kwargs={}, response_metadata={})"
    assert repr(OURS.HumanMessage("a")) == "HumanMessage(content='a')"
    assert str(REFERENCE.HumanMessage("a")) == "content='a' additional_kwargs={} response_metadata={}"
    assert str(OURS.HumanMessage("a")) == "content='a'"


def test_a_document_shows_its_text_first() -> None:
    assert repr(REFERENCE.Document("x")) == "Document(metadata={}, page_content='x')"
    assert repr(OURS.Document("x")) == "Document(page_content='x')"
    assert repr(OURS.Document("x", metadata={"a": 1})) == "Document(page_content='x', metadata={'a': 1})"
