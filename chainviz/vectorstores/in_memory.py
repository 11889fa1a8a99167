"""InMemoryVectorStore: documents and vectors in a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from chainviz.documents import Document
from chainviz.embeddings import Embeddings
from chainviz.errors import InvalidInputError
from chainviz.vectorstores.base import VectorStore

if TYPE_CHECKING:
    from typing import Self

Filter = Callable[[Document], bool] | None


class Entry(NamedTuple):
    document: Document
    vector: list[float]


class InMemoryVectorStore(VectorStore):
    """A store in this process's memory, searched by cosine similarity, completely.

    Searches take `filter`, a function that says of a document whether it counts.
    """

    def __init__(self, embedding: Embeddings) -> None:
        self.embedding = embedding
        self.store: dict[str, Entry] = {}

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
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        store = cls(embedding, **kwargs)
        await store.aadd_texts(texts, metadatas, ids=ids)
        return store

    # --- filling ---------------------------------------------------------------------------------------------

    def add_documents(self, documents: list[Document], ids: list[str] | None = None, **kwargs: Any) -> list[str]:
        """Add documents; one with an id that is there already takes the other's place."""
        return self._add(documents, ids, self.embedding.embed_documents(_texts(documents)))

    async def aadd_documents(self, documents: list[Document], ids: list[str] | None = None, **kwargs: Any) -> list[str]:
        return self._add(documents, ids, await self.embedding.aembed_documents(_texts(documents)))

    def _add(self, documents: list[Document], ids: list[str] | None, vectors: list[list[float]]) -> list[str]:
        if ids is not None and len(ids) != len(documents):
            raise InvalidInputError(
                f"{type(self).__name__}.add_documents: expected an id for each of {len(documents)} documents,"
                f" got {len(ids)}"
            )
        added: list[str] = []
        for document, id, vector in zip(documents, ids or [doc.id for doc in documents], vectors, strict=True):
            id = id or str(uuid4())
            self.store[id] = Entry(Document(document.page_content, metadata=document.metadata, id=id), vector)
            added.append(id)
        return added

    def delete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> None:
        for id in ids or ():
            self.store.pop(id, None)

    async def adelete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> None:
        self.delete(ids)

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return [_copy(self.store[id].document) for id in ids if id in self.store]

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return self.get_by_ids(ids)

    # --- searching -------------------------------------------------------------------------------------------

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in await self.asimilarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        return self.similarity_search_with_score_by_vector(self.embedding.embed_query(query), k, **kwargs)

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        return self.similarity_search_with_score_by_vector(await self.embedding.aembed_query(query), k, **kwargs)

    def similarity_search_by_vector(self, embedding: Sequence[float], k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in self.similarity_search_with_score_by_vector(embedding, k, **kwargs)]

    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Filter = None
    ) -> list[tuple[Document, float]]:
        """The `k` documents whose vectors are most like `embedding`, with their scores, the best first."""
        return [(_copy(entry.document), score) for entry, score in self._nearest(embedding, k, filter)]

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        vector = self.embedding.embed_query(query)
        return self.max_marginal_relevance_search_by_vector(vector, k, fetch_k, lambda_mult, **kwargs)

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        vector = await self.embedding.aembed_query(query)
        return self.max_marginal_relevance_search_by_vector(vector, k, fetch_k, lambda_mult, **kwargs)

    def max_marginal_relevance_search_by_vector(
        self,
        embedding: Sequence[float],
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        *,
        filter: Filter = None,
        **kwargs: Any,
    ) -> list[Document]:
        from chainviz.vectorstores.similarity import maximal_marginal_relevance

        near = [entry for entry, _ in self._nearest(embedding, fetch_k, filter)]
        places = maximal_marginal_relevance(embedding, [entry.vector for entry in near], lambda_mult, k)
        return [_copy(near[place].document) for place in places]

    def _nearest(self, embedding: Sequence[float], k: int, filter: Filter) -> Iterator[tuple[Entry, float]]:
        from chainviz.vectorstores.similarity import cosine_similarity

        entries = [entry for entry in self.store.values() if filter is None or filter(entry.document)]
        scores: list[float] = []
        if entries:
            scores = cosine_similarity([embedding], [entry.vector for entry in entries])[0].tolist()
        ranked = sorted(zip(scores, entries, strict=True), key=lambda pair: -pair[0])
        for score, entry in ranked[:k]:
            yield entry, score


def _texts(documents: Sequence[Document]) -> list[str]:
    return [document.page_content for document in documents]


def _copy(document: Document) -> Document:
    """A document that its finder may change."""
    metadata: Mapping[str, Any] = document.metadata
    return Document(document.page_content, metadata=dict(metadata), id=document.id)


__all__ = ["InMemoryVectorStore"]
