"""Vector stores: documents that are found by the likeness of their vectors."""

from chainviz.vectorstores.base import VectorStore
from chainviz.vectorstores.in_memory import InMemoryVectorStore
from chainviz.vectorstores.retriever import VectorStoreRetriever

__all__ = ["InMemoryVectorStore", "VectorStore", "VectorStoreRetriever"]
