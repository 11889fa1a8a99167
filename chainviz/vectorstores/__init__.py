"""Vector stores: documents that are found by the likeness of their vectors."""

from chainviz.vectorstores.base import VectorStore, VectorStoreRetriever
from chainviz.vectorstores.in_memory import InMemoryVectorStore

__all__ = ["InMemoryVectorStore", "VectorStore", "VectorStoreRetriever"]
