"""Vector stores: documents that are found by the likeness of their vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.vectorstores.base import VectorStore
from chainviz.vectorstores.in_memory import InMemoryVectorStore
from chainviz.vectorstores.retriever import VectorStoreRetriever

if TYPE_CHECKING:
    from chainviz.integrations.faiss import FAISS

__all__ = ["FAISS", "InMemoryVectorStore", "VectorStore", "VectorStoreRetriever"]


def __getattr__(name: str) -> Any:
    if name == "FAISS":  # comes with an extra, and is there for whoever asks for it
        import chainviz

        return chainviz.FAISS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
