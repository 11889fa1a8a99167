"""InMemoryVectorStore: documents and vectors in a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from chainviz.documents import Document
from chainviz.embeddings import Embeddings
from chainviz.vectorstores.by_vector import Result, SearchedByVector, found

Filter = Callable[[Document], bool] | None


class Entry(NamedTuple):
    document: Document
    vector: list[float]


class InMemoryVectorStore(SearchedByVector):
    """A store in this process's memory, searched by cosine similarity, completely.

    Searches take `filter`, a function that says of a document whether it counts.
    """

    def __init__(self, embedding: Embeddings) -> None:
        super().__init__(embedding)
        self.store: dict[str, Entry] = {}

    # --- filling ---------------------------------------------------------------------------------------------

    def _add(self, documents: list[Document], ids: list[str], vectors: list[list[float]]) -> None:
        for document, id, vector in zip(documents, ids, vectors, strict=True):
            self.store[id] = Entry(Document(document.page_content, metadata=document.metadata, id=id), vector)

    async def _apart(self, call: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        return call(*args, **kwargs)

    def delete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> None:
        for id in ids or ():
            self.store.pop(id, None)

    async def adelete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> None:
        self.delete(ids)

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return [found(self.store[id].document) for id in ids if id in self.store]

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return self.get_by_ids(ids)

    # --- searching -------------------------------------------------------------------------------------------

    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Filter = None
    ) -> list[tuple[Document, float]]:
        return [(found(entry.document), score) for entry, score in self._nearest(embedding, k, filter)]

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
        return [found(near[place].document) for place in places]

    def _nearest(self, embedding: Sequence[float], k: int, filter: Filter) -> Iterator[tuple[Entry, float]]:
        from chainviz.vectorstores.similarity import cosine_similarity

        kept = list(self.store.values())  # a filter takes its time, and others may add documents meanwhile
        entries = [entry for entry in kept if filter is None or filter(entry.document)]
        scores: list[float] = []
        if entries:
            scores = cosine_similarity([embedding], [entry.vector for entry in entries])[0].tolist()
        ranked = sorted(zip(scores, entries, strict=True), key=lambda pair: -pair[0])
        for score, entry in ranked[:k]:
            yield entry, score


__all__ = ["InMemoryVectorStore"]
