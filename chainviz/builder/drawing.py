"""A static graph as Python source, as far as it can be said."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from chainviz.builder.catalog import Catalog
from chainviz.builder.code import expression_of
from chainviz.builder.read import Reader

if TYPE_CHECKING:
    from chainviz.graph.model import Graph


def draw_python(graph: Graph) -> str:
    """The expression that makes the chain of a graph."""
    catalog, numbers = Catalog(), count()
    reading = Reader(catalog, lambda: str(next(numbers)), exactly=False).read(graph.root)
    return expression_of(reading.root, catalog)


__all__ = ["draw_python"]
