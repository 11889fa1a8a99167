"""What is wrong in a tree: steps that cannot be made, and edges whose types do not fit, with what would mend these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.builder import slots
from chainviz.builder.build import unknown
from chainviz.builder.edges import taken
from chainviz.builder.fit import is_list, is_vague, item_of
from chainviz.builder.forms import said
from chainviz.builder.ops import Place, insert
from chainviz.builder.tree import Node
from chainviz.builder.wrapping import wrap
from chainviz.graph.types import REST, Flow, Shape, text

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.edges import Edges
    from chainviz.builder.forms import FieldError
    from chainviz.builder.ops import Edited
    from chainviz.builder.tree import Ids

_MOST = 4
"""Keys of a dict that are proposed to be picked."""
_CONVERTERS = ("StrOutputParser", "JsonOutputParser", "CommaSeparatedListOutputParser")


class Fix(NamedTuple):
    """An edit that mends a problem."""

    id: str
    label: str
    edit: Callable[[Node, Ids], Edited]


class Problem(NamedTuple):
    """At a step, or on the edge into it; `expected` and `got` are types."""

    node: str
    message: str
    expected: str | None = None
    got: str | None = None
    fixes: tuple[Fix, ...] = ()


def problems(edges: Edges, errors: dict[str, list[FieldError]], catalog: Catalog) -> Iterator[Problem]:
    """The problems of a tree in its order. `errors` tell why steps could not be made."""
    converters: dict[tuple[str, str], list[str]] = {}
    for node in edges.root.walk():
        if node.id in errors:
            yield Problem(node.id, said(errors[node.id]) or unknown(node.component))
        elif _has_edge(node):
            given, wanted = edges.given(node), edges.takes(node)
            if not edges.fits(given, wanted):
                message = f"takes {text(wanted)}, gets {text(given)}"
                pair = text(given), text(wanted)
                if pair not in converters:
                    converters[pair] = list(_converters(given, wanted, edges, catalog))
                fixes = tuple(_fixes(node, given, wanted, edges, converters[pair]))
                yield Problem(node.id, message, text(wanted), text(given), fixes)


def _has_edge(node: Node) -> bool:
    """Whether the edge into a step is its own, and not that of the steps inside."""
    return not node.children or node.component in (slots.EACH, slots.ASSIGN, slots.ROUTER)


def _fixes(node: Node, given: Shape, wanted: Shape, edges: Edges, converters: list[str]) -> Iterator[Fix]:
    for name in converters:
        yield _before(node, f"insert:{name}", f"Insert {name}", name, {})
    if isinstance(given, dict):
        keys = [key for key, shape in given.items() if key != REST and edges.fits(shape, wanted)]
        for key in sorted(keys, key=lambda key: is_vague(given[key]))[:_MOST]:
            yield _before(node, f"pick:{key}", f"Pick {key!r}", "RunnablePick", {"keys": key})
        names = [key for key in given if key != REST]
        if names and edges.fits("ChatPromptValue", wanted):
            rows = [{"role": "human", "text": "\n\n".join(f"{{{name}}}" for name in names)}]
            yield _before(node, "prompt", "Make a prompt of it", "ChatPromptTemplate", {"messages": rows})
    if is_list(given) and edges.fits(item_of(given), wanted):
        yield Fix("map", "Run it for each item", partial(_mapped, node))
    if isinstance(wanted, dict):
        known = given if isinstance(given, dict) else {}
        missing = [key for key in wanted if key not in known and key != REST]
        component, word = (slots.ASSIGN, "Add") if known else (slots.PARALLEL, "Put it under")
        if missing:
            yield _under(node, "keys", f"{word} {', '.join(map(repr, missing))}", component, missing)


def _converters(given: Shape, wanted: Shape, edges: Edges, catalog: Catalog) -> Iterator[str]:
    """The components that make what is wanted of what is given."""
    for name in _CONVERTERS:
        component = catalog.find(name)
        if component is None or not edges.fits(given, taken(component.sample)):
            continue
        made = Flow(component.sample, given).outputs[component.sample.id]
        if not is_vague(made) and edges.fits(made, wanted):
            yield name
    if isinstance(wanted, dict) and not isinstance(given, dict):
        component = catalog.find("JsonOutputParser")
        if component is not None and edges.fits(given, taken(component.sample)) and text(given) != "str":
            yield component.name


def _before(node: Node, id: str, label: str, component: str, params: dict[str, Any]) -> Fix:
    def edit(root: Node, ids: Ids) -> Edited:
        return insert(root, Place(node.id, "before"), Node(ids(), component, params), ids)

    return Fix(id, label, edit)


def _under(node: Node, id: str, label: str, component: str, keys: list[str]) -> Fix:
    def edit(root: Node, ids: Ids) -> Edited:
        new = Node(ids(), component, children=tuple(slots.empty(ids, key) for key in keys))
        return insert(root, Place(node.id, "before"), new, ids)

    return Fix(id, label, edit)


def _mapped(node: Node, root: Node, ids: Ids) -> Edited:
    return wrap(root, node.id, "map", ids)


__all__ = ["Fix", "Problem", "problems"]
