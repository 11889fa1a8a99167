from __future__ import annotations

from typing import Any

from chainviz.documents import Document
from chainviz.retrievers import BaseRetriever


class Echo(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(query)]


class Plain(BaseRetriever):
    def _get_relevant_documents(self, query: str) -> list[Document]:  # type: ignore[override]
        return [Document(query)]


async def test_a_retriever_of_ones_own() -> None:
    for retriever in (Echo(), Plain()):
        assert retriever.invoke("hi") == await retriever.ainvoke("hi") == [Document("hi")]
        assert list(retriever.stream("hi")) == [[Document("hi")]]


async def test_its_events() -> None:
    retriever = Echo(tags=["mine"], metadata={"a": 1})
    start, end = [event async for event in retriever.astream_events("hi", version="v2")]
    assert (start["event"], end["event"]) == ("on_retriever_start", "on_retriever_end")
    assert start["tags"] == ["mine"]
    assert start["metadata"] == {"a": 1}
    assert end["data"]["output"] == [Document("hi")]


def test_schemas() -> None:
    assert Echo().input_schema.schema() == {"title": "EchoInput", "type": "string"}
    schema = Echo().output_schema.schema()
    assert schema["items"] == {"$ref": "#/definitions/Document"}
