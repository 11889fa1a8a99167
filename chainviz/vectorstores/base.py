"""VectorStore: what a store of vectors can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from chainviz.documents import Document
from chainviz.errors import InvalidConfigError, InvalidInputError, shorten
from chainviz.runnables.work import in_thread

if TYPE_CHECKING:
    from typing import Self

    from chainviz.embeddings import Embeddings
    from chainviz.vectorstores.retriever import VectorStoreRetriever

SEARCH_TYPES = ("similarity", "similarity_score_threshold", "mmr")


class VectorStore(ABC):
    """Documents that are found by the likeness of their vectors.

    A class of one's own gives `from_texts`, `add_documents` (or `add_texts`) and `similarity_search`; the rest only
    where it can do it.
    """

    @property
    def embeddings(self) -> Embeddings | None:
        return None

    # --- filling ---------------------------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A store of texts, each with its metadata and id where these are given."""

    @classmethod
    def from_documents(cls, documents: list[Document], embedding: Embeddings, **kwargs: Any) -> Self:
        """A store of documents."""
        texts, metadatas, ids = _columns(documents)
        kwargs.setdefault("ids", ids)
        return cls.from_texts(texts, embedding, metadatas, **kwargs)

    @classmethod
    async def afrom_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[str, Any]] | None = None, **kwargs: Any
    ) -> Self:
        return await in_thread(cls.from_texts, texts, embedding, metadatas, **kwargs)

    @classmethod
    async def afrom_documents(cls, documents: list[Document], embedding: Embeddings, **kwargs: Any) -> Self:
        texts, metadatas, ids = _columns(documents)
        kwargs.setdefault("ids", ids)
        return await cls.afrom_texts(texts, embedding, metadatas, **kwargs)

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts; gives their ids. Raises InvalidInputError where metadatas or ids are not as many."""
        texts = list(texts)
        for name, values in (("metadatas", metadatas), ("ids", ids)):
            if values is not None and len(values) != len(texts):
                raise InvalidInputError(
                    f"{type(self).__name__}.add_texts: expected one of the {name} for each of {len(texts)} texts,"
                    f" got {len(values)}"
                )
        columns = zip(texts, metadatas or [None] * len(texts), ids or [None] * len(texts), strict=True)
        documents = [Document(text, metadata=dict(metadata or {}), id=id) for text, metadata, id in columns]
        return self.add_documents(documents, **kwargs)

    def add_documents(self, documents: list[Document], **kwargs: Any) -> list[str]:
        """Add documents; gives their ids."""
        if type(self).add_texts is VectorStore.add_texts:
            raise NotImplementedError(f"{type(self).__name__}: neither `add_documents` nor `add_texts` is there")
        texts, metadatas, ids = _columns(documents)
        kwargs.setdefault("ids", ids)
        return self.add_texts(texts, metadatas, **kwargs)

    async def aadd_texts(
        self, texts: Iterable[str], metadatas: list[dict[str, Any]] | None = None, **kwargs: Any
    ) -> list[str]:
        return await in_thread(self.add_texts, texts, metadatas, **kwargs)

    async def aadd_documents(self, documents: list[Document], **kwargs: Any) -> list[str]:
        return await in_thread(self.add_documents, documents, **kwargs)

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool | None:
        """Remove the documents with these ids."""
        raise NotImplementedError(f"{type(self).__name__}.delete")

    async def adelete(self, ids: list[str] | None = None, **kwargs: Any) -> bool | None:
        return await in_thread(self.delete, ids, **kwargs)

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The documents with these ids, without those that are not there."""
        raise NotImplementedError(f"{type(self).__name__}.get_by_ids")

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        return await in_thread(self.get_by_ids, ids)

    # --- searching -------------------------------------------------------------------------------------------

    @abstractmethod
    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` documents that are most like the query, the best first."""

    async def asimilarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return await in_thread(self.similarity_search, query, k, **kwargs)

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` documents that are most like a vector, the best first."""
        raise NotImplementedError(f"{type(self).__name__}.similarity_search_by_vector")

    async def asimilarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        return await in_thread(self.similarity_search_by_vector, embedding, k, **kwargs)

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        """The same with their scores."""
        raise NotImplementedError(f"{type(self).__name__}.similarity_search_with_score")

    async def asimilarity_search_with_score(
        self, query: str, k: int = 4, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        return await in_thread(self.similarity_search_with_score, query, k, **kwargs)

    def similarity_search_with_relevance_scores(
        self, query: str, k: int = 4, *, score_threshold: float | None = None, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        """The same with scores from 0 to 1, without what is below the threshold."""
        to_relevance = self._select_relevance_score_fn()
        found = self.similarity_search_with_score(query, k, **kwargs)
        return _above(((document, to_relevance(score)) for document, score in found), score_threshold)

    async def asimilarity_search_with_relevance_scores(
        self, query: str, k: int = 4, *, score_threshold: float | None = None, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        to_relevance = self._select_relevance_score_fn()
        found = await self.asimilarity_search_with_score(query, k, **kwargs)
        return _above(((document, to_relevance(score)) for document, score in found), score_threshold)

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda score: score

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """`k` out of the `fetch_k` documents that are most like the query, so that they differ from each other;
        `lambda_mult` 1 looks at the query alone, 0 at the difference alone.
        """
        raise NotImplementedError(f"{type(self).__name__}.max_marginal_relevance_search")

    async def amax_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        return await in_thread(self.max_marginal_relevance_search, query, k, fetch_k, lambda_mult, **kwargs)

    def max_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """`max_marginal_relevance_search` for a vector."""
        raise NotImplementedError(f"{type(self).__name__}.max_marginal_relevance_search_by_vector")

    async def amax_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        return await in_thread(
            self.max_marginal_relevance_search_by_vector, embedding, k, fetch_k, lambda_mult, **kwargs
        )

    def search(self, query: str, search_type: str, **kwargs: Any) -> list[Document]:
        """Search in the way that `search_type` names."""
        if search_type == "similarity":
            return self.similarity_search(query, **kwargs)
        if search_type == "similarity_score_threshold":
            return [document for document, _ in self.similarity_search_with_relevance_scores(query, **kwargs)]
        if search_type == "mmr":
            return self.max_marginal_relevance_search(query, **kwargs)
        raise wrong_search_type(search_type)

    async def asearch(self, query: str, search_type: str, **kwargs: Any) -> list[Document]:
        if search_type == "similarity":
            return await self.asimilarity_search(query, **kwargs)
        if search_type == "similarity_score_threshold":
            return [document for document, _ in await self.asimilarity_search_with_relevance_scores(query, **kwargs)]
        if search_type == "mmr":
            return await self.amax_marginal_relevance_search(query, **kwargs)
        raise wrong_search_type(search_type)

    def as_retriever(self, **kwargs: Any) -> VectorStoreRetriever:
        """A retriever of this store: `search_type` 'similarity', 'similarity_score_threshold' or 'mmr', and
        `search_kwargs` for the search. Its tags are the class names of the store and of its embeddings.
        """
        from chainviz.vectorstores.retriever import VectorStoreRetriever

        tags = [type(self).__name__, *([type(self.embeddings).__name__] if self.embeddings else [])]
        kwargs.setdefault("tags", tags)
        return VectorStoreRetriever(vectorstore=self, **kwargs)


def _columns(documents: list[Document]) -> tuple[list[str], list[dict[str, Any]], list[str | None] | None]:
    ids = [document.id for document in documents]
    texts = [document.page_content for document in documents]
    return texts, [document.metadata for document in documents], ids if any(ids) else None


def _above(found: Iterable[tuple[Document, float]], threshold: float | None) -> list[tuple[Document, float]]:
    return [(document, score) for document, score in found if threshold is None or score >= threshold]


def wrong_search_type(search_type: Any) -> InvalidConfigError:
    return InvalidConfigError(f"search_type: expected {', '.join(map(repr, SEARCH_TYPES))}, got {shorten(search_type)}")


__all__ = ["SEARCH_TYPES", "VectorStore", "wrong_search_type"]
