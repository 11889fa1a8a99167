"""FAISS: a vector store on the library of that name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from chainviz.documents import Document
from chainviz.errors import InvalidConfigError, InvalidInputError, shorten
from chainviz.integrations.faiss.files import Saved, read, write
from chainviz.integrations.packages import require
from chainviz.vectorstores.by_vector import SearchedByVector, found
from chainviz.vectorstores.in_memory import Filter

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from chainviz.embeddings import Embeddings

Distance: TypeAlias = Literal["l2", "cosine", "inner_product"]
Filters: TypeAlias = Filter | Mapping[str, Any]
DISTANCES = ("l2", "cosine", "inner_product")


class FAISS(SearchedByVector):
    """Documents in a FAISS index.

    `distance` is what the scores are: "l2" the squared Euclidean distance, where less is nearer, "cosine" or
    "inner_product", where more is. `factory` is the index in the words of `faiss.index_factory`: "Flat" searches
    everything, "HNSW32" is quick on millions of vectors, but removes none. Searches take `filter`: a function that
    says of a document whether it counts, or a dict of the metadata that it must have.

    Raises MissingPackageError without the extra `faiss`.
    """

    def __init__(self, embedding: Embeddings, *, distance: Distance = "l2", factory: str = "Flat") -> None:
        require("faiss", "faiss", type(self).__name__)
        if distance not in DISTANCES:
            raise InvalidConfigError(f"distance: expected {', '.join(map(repr, DISTANCES))}, got {shorten(distance)}")
        super().__init__(embedding)
        self.distance: Distance = distance
        self.factory = factory
        self.index: Any = None
        """The index, under the numbers that are the keys of `documents`; None until the first document comes."""
        self.documents: dict[int, Document] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0
        self._lock = RLock()

    # --- filling ---------------------------------------------------------------------------------------------

    def _add(self, documents: list[Document], ids: list[str], vectors: list[list[float]]) -> None:
        import numpy as np

        last = {id: place for place, id in enumerate(ids)}
        places = sorted(last.values())
        with self._lock:
            if places:
                matrix = self._matrix([vectors[place] for place in places])
                index = self._index_for(matrix)
                self.delete([ids[place] for place in places])
                numbers = list(range(self._next, self._next + len(places)))
                index.add_with_ids(matrix, np.array(numbers, dtype=np.int64))
                self._next += len(places)
                for number, place in zip(numbers, places, strict=True):
                    document = documents[place]
                    self.documents[number] = Document(document.page_content, document.metadata, ids[place])
                    self._numbers[ids[place]] = number

    def _matrix(self, vectors: Sequence[Sequence[float]]) -> Any:
        """The vectors as the index takes them."""
        import numpy as np

        if len(lengths := {len(vector) for vector in vectors}) != 1:
            raise InvalidInputError(f"FAISS: expected vectors of one length, got {shorten(sorted(lengths))}")
        matrix: Any = np.ascontiguousarray(vectors, dtype=np.float32)
        if self.index is not None and matrix.shape[1] != self.index.d:
            raise InvalidInputError(f"FAISS: expected vectors of length {self.index.d}, got {matrix.shape[1]}")
        if self.distance == "cosine":
            norms: Any = np.linalg.norm(matrix, axis=1, keepdims=True)
            matrix = np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms != 0)
        return matrix

    def _index_for(self, matrix: Any) -> Any:
        """The index, made when the first vectors come, and trained on them where its kind has to be."""
        import faiss

        if self.index is None:
            metric = faiss.METRIC_L2 if self.distance == "l2" else faiss.METRIC_INNER_PRODUCT
            index: Any = faiss.IndexIDMap2(faiss.index_factory(matrix.shape[1], self.factory, metric))
            if not index.is_trained:
                index.train(matrix)
            self.index = index
        return self.index

    def delete(self, ids: Sequence[str] | None = None, **kwargs: Any) -> None:
        """Remove the documents with these ids, as far as they are there.

        Raises the library's RuntimeError for a kind of index that cannot remove.
        """
        import numpy as np

        with self._lock:
            numbers = [self._numbers[id] for id in dict.fromkeys(ids or ()) if id in self._numbers]
            if numbers:
                self.index.remove_ids(np.array(numbers, dtype=np.int64))
                for number in numbers:
                    del self._numbers[cast("str", self.documents.pop(number).id)]

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        with self._lock:
            return [found(self.documents[self._numbers[id]]) for id in ids if id in self._numbers]

    # --- searching -------------------------------------------------------------------------------------------

    def similarity_search_with_score_by_vector(
        self, embedding: Sequence[float], k: int = 4, filter: Filters = None
    ) -> list[tuple[Document, float]]:
        with self._lock:
            return [(found(self.documents[number]), score) for number, score in self._nearest(embedding, k, filter)]

    def max_marginal_relevance_search_by_vector(
        self,
        embedding: Sequence[float],
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        *,
        filter: Filters = None,
        **kwargs: Any,
    ) -> list[Document]:
        import numpy as np

        from chainviz.vectorstores.similarity import maximal_marginal_relevance

        with self._lock:
            near = [number for number, _ in self._nearest(embedding, fetch_k, filter)]
            if not near:
                return []
            vectors = self.index.reconstruct_batch(np.array(near, dtype=np.int64))
            places = maximal_marginal_relevance(embedding, vectors, lambda_mult, k)
            return [found(self.documents[near[place]]) for place in places]

    def _nearest(self, embedding: Sequence[float], k: int, filter: Filters) -> Iterator[tuple[int, float]]:
        if not self.documents or k < 1:
            return
        counts = _counting(filter)
        counted = 0
        # What a filter leaves over is known only when all have been looked at.
        wanted = len(self.documents) if counts else min(k, len(self.documents))
        scores, numbers = self.index.search(self._matrix([embedding]), wanted)
        for number, score in zip(numbers[0].tolist(), scores[0].tolist(), strict=True):
            if number >= 0 and counted < k and (counts is None or counts(self.documents[number])):
                counted += 1
                yield number, score

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return (lambda score: 1 / (1 + score)) if self.distance == "l2" else (lambda score: score)

    # --- keeping ---------------------------------------------------------------------------------------------

    def save_local(self, folder_path: str | Path, index_name: str = "index") -> None:
        """Write the store into a folder: `index.faiss` for the vectors, `index.json` for the documents.

        Raises InvalidInputError for metadata that JSON does not have. Tuples come back as lists.
        """
        with self._lock:
            write(Path(folder_path), index_name, Saved(self.distance, self.factory, self.documents, self.index))

    @classmethod
    def load_local(cls, folder_path: str | Path, embeddings: Embeddings, index_name: str = "index") -> Self:
        """The store that `save_local` wrote. Both files are data: loading executes nothing.

        Raises InvalidInputError where they are damaged or do not belong together, FileNotFoundError where one is
        missing.
        """
        saved = read(Path(folder_path), index_name)
        store = cls(embeddings, distance=saved.distance, factory=saved.factory)
        store.index = saved.index
        store.documents = dict(saved.documents)
        store._numbers = {cast("str", document.id): number for number, document in saved.documents.items()}
        store._next = max(saved.documents, default=-1) + 1
        return store

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        self._lock = RLock()


def _counting(filter: Filters) -> Filter:
    """The filter as a function."""
    if filter is None or callable(filter):
        return filter
    wanted = dict(filter)
    return lambda document: all(document.metadata.get(key) == value for key, value in wanted.items())


__all__ = ["DISTANCES", "FAISS", "Distance"]
