"""What stores have in common that embed texts and search by vector themselves."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from chainviz.documents import Document
from chainviz.errors import InvalidInputError
from chainviz.runnables.work import in_thread
from chainviz.vectorstores.base import VectorStore

if TYPE_CHECKING:
    from typing import Self

    from chainviz.embeddings import Embeddings

Result = TypeVar("Result")


class SearchedByVector(VectorStore):
    """A store that embeds its documents and the queries.

    A class of one's own gives `_add`, `similarity_search_with_score_by_vector` and
    `max_marginal_relevance_search_by_vector`.
    """

    embedding: Embeddings

    def __init__(self, embedding: Embeddings) -> None:
        self.embedding = embedding

    @property
    def embeddings(self) -> Embeddings:
        return self.embedding

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        store = cls(embedding, **kwargs)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    @classmethod
    async def afrom_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[str, Any]] | None = None, **kwargs: Any
    ) -> Self:
        ids = kwargs.pop("ids", None)
        store = cls(embedding, **kwargs)
        await store.aadd_texts(texts, metadatas, ids=ids)
        return store

    async def _apart(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """`call(*args, **kwargs)` where it holds up nobody."""
        return await in_thread(call, *args, **kwargs)

    # --- filling ---------------------------------------------------------------------------------------------

    @abstractmethod
    def _add(self, documents: list[Document], ids: list[str], vectors: list[list[float]]) -> None:
        """Keep documents under these ids, each with its vector."""

    def add_documents(self, documents: list[Document], ids: list[str] | None = None, **kwargs: Any) -> list[str]:
        """Add documents; one with an id that is there already takes the other's place. Gives their ids.

        Raises InvalidInputError where ids or the vectors of the embeddings are not as many.
        """
        vectors = self.embedding.embed_documents([document.page_content for document in documents])
        given = self._ids(documents, ids, vectors)
        self._add(documents, given, vectors)
        return given

    async def aadd_documents(self, documents: list[Document], ids: list[str] | None = None, **kwargs: Any) -> list[str]:
        vectors = await self.embedding.aembed_documents([document.page_content for document in documents])
        given = self._ids(documents, ids, vectors)
        await self._apart(self._add, documents, given, vectors)
        return given

    def _ids(self, documents: list[Document], ids: list[str] | None, vectors: list[list[float]]) -> list[str]:
        name, count = type(self).__name__, len(documents)
        if ids is not None and len(ids) != count:
            raise InvalidInputError(
                f"{name}.add_documents: expected an id for each of {count} documents, got {len(ids)}"
            )
        if len(vectors) != count:
            raise InvalidInputError(f"{name}: expected {count} vectors of the embeddings, got {len(vectors)}")
        return [id or str(uuid4()) for id in ids or [document.id for document in documents]]

    # --- searching -------------------------------------------------------------------------------------------

    @abstractmethod
    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Any = None
    ) -> list[tuple[Document, float]]:
        """The `k` documents whose vectors are most like `embedding`, with their scores, the best first; of those that
        count by `filter`, if there is one."""

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in await self.asimilarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        return self.similarity_search_with_score_by_vector(self.embedding.embed_query(query), k, **kwargs)

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        vector = await self.embedding.aembed_query(query)
        return await self._apart(self.similarity_search_with_score_by_vector, vector, k, **kwargs)

    def similarity_search_by_vector(self, embedding: Sequence[float], k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in self.similarity_search_with_score_by_vector(embedding, k, **kwargs)]

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        vector: Any = self.embedding.embed_query(query)
        return self.max_marginal_relevance_search_by_vector(vector, k, fetch_k, lambda_mult, **kwargs)

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        vector = await self.embedding.aembed_query(query)
        search = self.max_marginal_relevance_search_by_vector
        return await self._apart(search, vector, k, fetch_k, lambda_mult, **kwargs)


def found(document: Document) -> Document:
    """A copy that its finder may change."""
    return Document(document.page_content, metadata=dict(document.metadata), id=document.id)


__all__ = ["SearchedByVector", "found"]
