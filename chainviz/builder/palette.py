"""The components for a place, those that fit best first, and of the others why they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chainviz.builder import slots
from chainviz.builder.components import Combinator
from chainviz.builder.edges import taken
from chainviz.builder.fit import is_vague, options
from chainviz.builder.ops import Place
from chainviz.builder.tree import Node
from chainviz.builder.wrapping import WRAPS
from chainviz.graph.types import ANY, REST, Flow, Shape, text

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.components import Component
    from chainviz.builder.edges import Edge, Edges

_KEYS: Shape = {REST: ANY}
_TAKES: dict[str, Shape] = {slots.ASSIGN: _KEYS, slots.ROUTER: {"key": "str", "input": ANY}, slots.EACH: "list"}
_GIVES: dict[str, Shape] = {slots.PARALLEL: _KEYS, slots.ASSIGN: _KEYS, slots.EACH: "list"}


class Entry(NamedTuple):
    """A component for a place; `why` it does not fit, None where it does."""

    component: Component
    why: str | None


def palette(catalog: Catalog, edges: Edges, edge: Edge) -> list[Entry]:
    """Every component but the sequence, which is made by putting steps one after another."""
    ranked = [
        (_rank(component, why, edge), number, Entry(component, why))
        for number, component in enumerate(catalog.all())
        if component.name != slots.SEQUENCE
        for why in [_why_not(component, catalog, edges, edge)]
    ]
    return [entry for _, _, entry in sorted(ranked, key=lambda row: row[:2])]


def _types(component: Component, given: Shape) -> tuple[Shape, Shape]:
    """What a component takes, and gives of what comes to it."""
    if isinstance(component, Combinator):
        return _TAKES.get(component.name, ANY), _GIVES.get(component.name, ANY)
    sample = component.sample
    return taken(sample), Flow(sample, given).outputs[sample.id]


def _why_not(component: Component, catalog: Catalog, edges: Edges, edge: Edge) -> str | None:
    why = _misfit(_types(component, edge.given), edges, edge)
    lacking = None if why else catalog.lacking(component)
    return f"needs {lacking}, and the notebook has none" if lacking else why


def _misfit(types: tuple[Shape, Shape], edges: Edges, edge: Edge) -> str | None:
    """Why what takes and gives these types does not fit."""
    takes, gives = types
    if not edges.fits(edge.given, takes):
        return f"takes {text(takes)}, gets {text(edge.given)}"
    if not edges.fits(gives, edge.wanted):
        return f"gives {text(gives)}, the next step takes {text(edge.wanted)}"
    return None


def misfits(edges: Edges, what: Component | Node) -> dict[str, dict[str, str]]:
    """Why a component, or a step of the tree, does not fit before, after, or in the place of each step, by ids."""
    found: dict[str, dict[str, str]] = {}
    wraps = not isinstance(what, Node) and what.name in WRAPS
    for node in edges.root.walk():
        places = {"before": edges.at(Place(node.id, "before")), "after": edges.at(Place(node.id, "after"))}
        if not wraps:
            places["onto"] = edges.around(node.id)
        for side, edge in places.items():
            types = (edges.takes(what), edges.gives(what)) if isinstance(what, Node) else _types(what, edge.given)
            if why := _misfit(types, edges, edge):
                found.setdefault(node.id, {})[side] = why
    return found


def _rank(component: Component, why: str | None, edge: Edge) -> tuple[bool, int, bool]:
    """Those that fit first; among them those that are made for what comes and for what is wanted, then the user's."""
    takes, gives = _types(component, edge.given)
    pairs = ((edge.given, takes), (gives, edge.wanted))
    certain = sum(_is_certain(one, other) for one, other in pairs)
    loose = isinstance(component, Combinator) or any(len(options(shape)) > 3 for shape in (takes, gives))
    return why is not None, -2 * certain + loose, component.group != "Yours"


def _is_certain(one: Shape, other: Shape) -> bool:
    """Whether two shapes say something, and the same kind of thing."""
    return not is_vague(one) and not is_vague(other) and isinstance(one, dict) == isinstance(other, dict)


__all__ = ["Entry", "misfits", "palette"]
