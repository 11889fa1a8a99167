"""The static graph of any chain, and its drawings."""

from __future__ import annotations

from chainviz.graph.model import Edge, Graph, Node

__all__ = ["Edge", "Graph", "Node"]
