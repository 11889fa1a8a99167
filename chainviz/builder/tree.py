"""A chain as data: an immutable tree of steps, each the name of a component and its parameters.

An edit gives a new tree, which shares with the old one all that did not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from chainviz.errors import InvalidInputError, shorten

DEEPEST = 64
"""How many steps may be nested."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    return NOTHING


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands in parameters for a value that Python keeps under a name: a secret, a live object."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step. `params` and `options` are plain values, and `Ref`s for what is more.

    `component` is what the step is: the name of a component of the registry, or of a step or function of the user's,
    or the source of a lambda. `key` is what it stands under in a step with keys, `variable` the name of the Python
    variable that it is kept in, `options` what `with_config` gives it, and what `bind` gives it under the key `bind`.
    """

    id: str
    component: str
    params: Mapping[str, Any] = field(default_factory=_nothing)
    children: tuple[Node, ...] = ()
    key: str | None = None
    variable: str | None = None
    options: Mapping[str, Any] = field(default_factory=_nothing)

    def walk(self) -> Iterator[Node]:
        """This step and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()

    def having(self, **changes: Any) -> Node:
        """The same step but for these fields."""
        return replace(self, **changes)

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but its component and what is in it."""
        return self.variable is None and not self.options


Ids = Callable[[], str]
"""Gives an id that no step has had."""


def lineage(root: Node, id: str) -> list[Node]:
    """The step with this id and those around it, the root first. Raises InvalidInputError where there is none."""
    found = _lineage(root, id)
    if found is None:
        raise InvalidInputError(f"builder: expected the id of a step of this chain, got {shorten(id)}")
    return found


def _lineage(node: Node, id: str) -> list[Node] | None:
    if node.id == id:
        return [node]
    for child in node.children:
        if (below := _lineage(child, id)) is not None:
            return [node, *below]
    return None


def find(root: Node, id: str) -> Node:
    """The step with this id. Raises InvalidInputError where there is none."""
    return lineage(root, id)[-1]


def put(root: Node, id: str, new: Node) -> Node:
    """The tree with `new` in the place of the step with this id."""
    *around, old = lineage(root, id)
    for parent in reversed(around):
        children = tuple(new if child is old else child for child in parent.children)
        old, new = parent, parent.having(children=children)
    return new


def same(one: Node, other: Node) -> bool:
    """Whether two trees are equal but for the ids of their steps."""
    return one is other or (
        (one.component, one.key, one.variable) == (other.component, other.key, other.variable)
        and dict(one.params) == dict(other.params)
        and dict(one.options) == dict(other.options)
        and len(one.children) == len(other.children)
        and all(map(same, one.children, other.children))
    )


def renewed(node: Node, ids: Ids) -> Node:
    """A copy whose steps all have new ids."""
    return node.having(id=ids(), children=tuple(renewed(child, ids) for child in node.children))


def depth(node: Node) -> int:
    """How many steps are nested, this one included."""
    return 1 + max(map(depth, node.children), default=0)


def refs(value: Any) -> Iterator[str]:
    """The names of the kept values in parameters."""
    if isinstance(value, Ref):
        yield value.name
    elif isinstance(value, list | tuple):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from refs(item)
    elif isinstance(value, Mapping):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from refs(item)


__all__ = ["DEEPEST", "NOTHING", "Ids", "Node", "Ref", "depth", "find", "lineage", "put", "refs", "renewed", "same"]
