"""A vector store on the library FAISS."""

from chainviz.integrations.faiss.store import FAISS

__all__ = ["FAISS"]
