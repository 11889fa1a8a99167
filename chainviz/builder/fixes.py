"""What mends an edge whose types do not fit: each fix is one edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainviz.builder import slots
from chainviz.builder.conversions import CONVERSIONS
from chainviz.builder.fit import is_vague, item_of, options
from chainviz.builder.ops import Edited, Place, insert, set_values
from chainviz.builder.tree import Node, Ref
from chainviz.builder.ways import PARSERS, Maker, Way, Ways
from chainviz.builder.wrapping import unwrap, wrap
from chainviz.graph.types import REST, Shape, text

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.edges import Edges
    from chainviz.builder.tree import Ids

_MOST = 4
"""Keys of a dict that are proposed to be picked, and ways to convert."""
RETYPED = "type"
"""The id of the fix that is left where nothing makes what is wanted: only the user knows whether that is right."""
_KEY = "input"
"""What stands under no key that anybody asked for is put under this one."""


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that mends a problem."""

    id: str
    label: str
    edit: Callable[[Node, Ids], Edited]


class Fixes:
    """The fixes for the edges of one tree, the best first: parsers, keys, a map, functions of the user's; conversions
    where there is no other, and last another type."""

    def __init__(self, edges: Edges, catalog: Catalog) -> None:
        self._fits = edges.fits
        self._ways = Ways(edges, catalog)

    def of(self, node: Node, given: Shape, wanted: Shape) -> Iterator[Fix]:
        """Those of the edge into a step."""
        ways = self._ways.between(given, wanted)
        parsed = [way for way in ways if way[0].component in PARSERS]
        fixes = [*(_converted(node, way) for way in parsed), *self._of_shape(node, given, wanted)]
        yield from fixes
        for way in [way for way in ways if way not in parsed][:_MOST]:
            if not fixes or not any(maker.component in CONVERSIONS for step in way for maker in (step, *step.inside)):
                yield _converted(node, way)
        if not fixes and not ways:
            yield Fix(RETYPED, "Have it take anything", lambda root, ids: _taking_all(root, node))

    def _of_shape(self, node: Node, given: Shape, wanted: Shape) -> Iterator[Fix]:
        if isinstance(given, dict):
            yield from self._of_dict(node, given, wanted)
        if text(given).startswith("list[") and self._fits(item_of(given), wanted):
            yield Fix("map", "Run it for each item", lambda root, ids: wrap(root, node.id, "map", ids))
        if node.component == slots.EACH and self._fits(given, item_of(wanted)):
            yield Fix("unwrap", "Run it once", lambda root, ids: unwrap(root, node.id, None))
        if (keyed := self._keyed(node, given, wanted)) is not None:
            yield keyed

    def _of_dict(self, node: Node, given: dict[str, Shape], wanted: Shape) -> Iterator[Fix]:
        keys = [key for key, shape in given.items() if key != REST and self._fits(shape, wanted)]
        for key in sorted(keys, key=lambda key: is_vague(given[key]))[:_MOST]:
            yield _before(node, f"pick:{key}", f"Pick {key!r}", _pick(key).node)
        names = [key for key in given if key != REST]
        if names and self._fits("ChatPromptValue", wanted):
            rows = [{"role": "human", "text": "\n\n".join(f"{{{name}}}" for name in names)}]
            prompt = Maker("ChatPromptTemplate", given, lambda given: "ChatPromptValue", {"messages": rows})
            yield _before(node, "prompt", "Make a prompt of it", prompt.node)

    def _keyed(self, node: Node, given: Shape, wanted: Shape) -> Fix | None:
        """Puts what comes under the keys that are wanted; of a dict, adds those that are missing or of another type."""
        known = given if isinstance(given, dict) else {}
        if isinstance(wanted, dict):
            lacking = {key: shape for key, shape in wanted.items() if key != REST and not self._has(known, key, shape)}
        elif any(each.partition("[")[0] in ("dict", "Mapping") for each in options(wanted)):
            lacking = {}
        else:
            return None
        if known and not lacking:
            return None
        wants = lacking or {_KEY: given}
        ways = {key: self._value(known, given, key, shape) for key, shape in wants.items()}
        if any(way is None for way in ways.values()):
            return None
        component, word = (slots.ASSIGN, "Add") if known else (slots.PARALLEL, "Put it under")

        def new(ids: Ids) -> Node:
            children = tuple(_under(key, way or (), ids) for key, way in ways.items())
            return Node(ids(), component, children=children)

        return _before(node, "keys", f"{word} {', '.join(map(repr, wants))}", new)

    def _has(self, known: dict[str, Shape], key: str, shape: Shape) -> bool:
        return self._fits(known[key], shape) if key in known else REST in known

    def _value(self, known: dict[str, Shape], given: Shape, key: str, shape: Shape) -> Way | None:
        """The steps that make what is wanted under a key; none where what comes is that."""
        if key in known and (ways := self._ways.between(known[key], shape)):
            return (_pick(key), *ways[0])
        if self._fits(given, shape):
            return ()
        for other, found in known.items():
            if other != REST and self._fits(found, shape):
                return (_pick(other),)
        return next(iter(self._ways.between(given, shape)), None)


def _taking_all(root: Node, node: Node) -> Edited:
    """The step with any type as what it takes."""
    return set_values(root, node.id, None, {**node.options, "input_type": Ref("Any")})


def _pick(key: str) -> Maker:
    return Maker("RunnablePick", "dict", lambda given: given, {"keys": key})


def _under(key: str, way: Way, ids: Ids) -> Node:
    return _one(way, ids).having(key=key) if way else slots.empty(ids, key)


def _one(way: Way, ids: Ids) -> Node:
    steps = tuple(maker.node(ids) for maker in way)
    return steps[0] if len(steps) == 1 else Node(ids(), slots.SEQUENCE, children=steps)


def _converted(node: Node, way: Way) -> Fix:
    names = [maker.name for maker in way]
    return _before(node, f"insert:{'|'.join(names)}", f"Insert {' | '.join(names)}", lambda ids: _one(way, ids))


def _before(node: Node, id: str, label: str, new: Callable[[Ids], Node]) -> Fix:
    return Fix(id, label, lambda root, ids: insert(root, Place(node.id, "before"), new(ids), ids))


__all__ = ["RETYPED", "Fix", "Fixes"]
