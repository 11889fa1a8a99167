"""VectorStoreRetriever: a vector store as a step."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, cast

from pydantic import Field, model_validator

from chainviz.documents import Document
from chainviz.errors import InvalidConfigError, InvalidInputError, shorten
from chainviz.retrievers import BaseRetriever
from chainviz.vectorstores.base import SEARCH_TYPES, VectorStore, wrong_search_type


class VectorStoreRetriever(BaseRetriever):
    """Finds documents in a vector store."""

    vectorstore: VectorStore
    search_type: Literal["similarity", "similarity_score_threshold", "mmr"] = "similarity"
    search_kwargs: dict[str, Any] = Field(default_factory=dict)

    allowed_search_types: ClassVar[tuple[str, ...]] = SEARCH_TYPES

    @model_validator(mode="before")
    @classmethod
    def _check_search(cls, values: Any) -> Any:
        given = cast("dict[str, Any]", values)
        search_type = given.get("search_type", "similarity")
        if search_type not in cls.allowed_search_types:
            raise wrong_search_type(search_type)
        threshold = cast("dict[str, Any]", given.get("search_kwargs") or {}).get("score_threshold")
        if search_type == "similarity_score_threshold" and not isinstance(threshold, float):
            raise InvalidConfigError(
                f"search_kwargs['score_threshold']: expected a float from 0 to 1, got {shorten(threshold)}"
            )
        return given

    def _get_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        return self.vectorstore.search(self._query(query), self.search_type, **{**self.search_kwargs, **kwargs})

    async def _aget_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        return await self.vectorstore.asearch(self._query(query), self.search_type, **{**self.search_kwargs, **kwargs})

    def _query(self, query: Any) -> str:
        if not isinstance(query, str):
            raise InvalidInputError(f"{self.get_name()}: expected the query to be a str, got {shorten(query)}")
        return query

    def add_documents(self, documents: list[Document], **kwargs: Any) -> list[str]:
        return self.vectorstore.add_documents(documents, **kwargs)

    async def aadd_documents(self, documents: list[Document], **kwargs: Any) -> list[str]:
        return await self.vectorstore.aadd_documents(documents, **kwargs)

    def _graph_params(self) -> dict[str, Any]:
        search = {} if self.search_type == "similarity" else {"search": self.search_type}
        return {"k": 4, **self.search_kwargs, **search, "store": type(self.vectorstore).__name__}


__all__ = ["VectorStoreRetriever"]
