from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from pydantic import BaseModel, RootModel, ValidationError

from chainviz.documents import Document
from chainviz.errors import InvalidConfigError, InvalidInputError
from chainviz.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage, ToolMessage
from chainviz.outputs import ChatGenerationChunk, Generation
from chainviz.prompts.values import ChatPromptValue, StringPromptValue
from chainviz.records import Record

RECORDS: list[Record] = [
    Document("text", metadata={"page": 1}, id="1"),
    AIMessage("hi", tool_calls=[{"name": "f", "args": {"x": 1}, "id": "1"}], response_metadata={"model": "m"}),
    AIMessageChunk("h", chunk_position="last"),
    ToolMessage("3", tool_call_id="1", artifact=[1]),
    ChatPromptValue([HumanMessage("hi")]),
    StringPromptValue("hi"),
    Generation("hi"),
    ChatGenerationChunk(AIMessageChunk("hi")),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_copies_and_pickles_are_equal(record: Record) -> None:
    assert pickle.loads(pickle.dumps(record)) == record
    assert copy.deepcopy(record) == record
    assert record.model_copy() == record


def test_records_of_different_classes_are_not_equal() -> None:
    assert AIMessage("hi") != AIMessageChunk("hi")
    assert AIMessage("hi") != "hi"


def test_a_copy_with_an_update_leaves_the_original() -> None:
    document = Document("text")
    other = document.model_copy(update={"page_content": "other"})
    assert (document.page_content, other.page_content) == ("text", "other")
    with pytest.raises(InvalidConfigError, match="did you mean 'page_content'"):
        document.model_copy(update={"page_contents": "other"})


def test_repr_shows_only_what_says_something() -> None:
    assert repr(Document("harrison worked at kensho", id="7")) == "Document(page_content='harrison worked at kensho')"
    assert repr(AIMessage("")) == "AIMessage(content='')"
    assert repr(Document("a", {"page": 1})) == "Document(page_content='a', metadata={'page': 1})"


class Holder(BaseModel):
    document: Document
    messages: list[AnyMessage] = []


def test_as_a_field_it_takes_instances_and_dicts() -> None:
    document, chunk = Document("text"), AIMessageChunk("h")
    holder = Holder(document=document, messages=[chunk, {"type": "tool", "content": "3", "tool_call_id": "1"}])  # type: ignore[list-item]
    assert holder.document is document
    assert holder.messages[0] is chunk
    assert holder.messages[1] == ToolMessage("3", tool_call_id="1")


def test_as_a_field_it_reads_and_writes_json() -> None:
    holder = Holder(document=Document("text", {"page": 1}, id="1"), messages=[HumanMessage("hi")])
    assert Holder.model_validate_json(holder.model_dump_json()) == holder


@pytest.mark.parametrize("wrong", [3, {"page_contents": "text"}, {"page_content": 3}])
def test_as_a_field_it_refuses_what_is_none(wrong: Any) -> None:
    with pytest.raises(ValidationError, match="Document"):
        Holder(document=wrong)


def test_of_a_dict_with_another_type() -> None:
    with pytest.raises(InvalidInputError, match="expected the type 'human', got 'ai'"):
        HumanMessage.model_validate({"type": "ai", "content": "hi"})


def test_the_schema_lists_the_main_fields() -> None:
    schema = RootModel[Document].model_json_schema()
    assert schema["$defs"]["Document"]["properties"] == {
        "page_content": {"title": "Page Content", "type": "string"},
        "metadata": {"additionalProperties": True, "title": "Metadata", "type": "object"},
        "type": {"const": "Document", "default": "Document", "title": "Type", "type": "string"},
    }
