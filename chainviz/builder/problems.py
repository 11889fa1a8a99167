"""What is wrong in a tree: steps that cannot be made, and edges whose types do not fit, with what would mend these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from chainviz.builder import slots
from chainviz.builder.build import unknown
from chainviz.builder.fixes import Fix, Fixes
from chainviz.builder.forms import said
from chainviz.graph.types import text

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.edges import Edges
    from chainviz.builder.forms import FieldError
    from chainviz.builder.tree import Node


class Problem(NamedTuple):
    """At a step, or on the edge into it; `expected` and `got` are types."""

    node: str
    message: str
    expected: str | None = None
    got: str | None = None
    fixes: tuple[Fix, ...] = ()


def problems(edges: Edges, errors: dict[str, list[FieldError]], catalog: Catalog) -> Iterator[Problem]:
    """The problems of a tree in its order. `errors` tell why steps could not be made."""
    fixes = Fixes(edges, catalog)
    for node in edges.root.walk():
        if node.id in errors:
            yield Problem(node.id, said(errors[node.id]) or unknown(node.component))
        elif _has_edge(node):
            given, wanted = edges.given(node), edges.takes(node)
            if not edges.fits(given, wanted):
                message = f"takes {text(wanted)}, gets {text(given)}"
                yield Problem(node.id, message, text(wanted), text(given), tuple(fixes.of(node, given, wanted)))


def _has_edge(node: Node) -> bool:
    """Whether the edge into a step is its own, and not that of the steps inside."""
    return not node.children or node.component in (slots.EACH, slots.ASSIGN, slots.ROUTER)


__all__ = ["Problem", "problems"]
