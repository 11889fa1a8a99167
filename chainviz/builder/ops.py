"""The edits of a tree: each takes a tree and gives a new one, and the id of the step to look at next.

A place is a step and an index among its children, or a side of the step itself. What is put beside a step that is not
in a sequence makes a sequence with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from chainviz.builder.slots import (
    BRANCH,
    COMBINATORS,
    FALLBACKS,
    KEYED,
    SEQUENCE,
    SINGLE,
    empty,
    free_key,
    is_empty,
)
from chainviz.builder.tree import Ids, Node, find, lineage, put
from chainviz.errors import InvalidInputError, shorten


@dataclass(frozen=True, slots=True)
class Place:
    """Among the children of `parent`, on one side of it, or `onto` it: in its place."""

    parent: str
    index: int | Literal["before", "after", "onto"]


class Edited(NamedTuple):
    root: Node
    select: str | None


# --- putting in ------------------------------------------------------------------------------------------------


def insert(root: Node, at: Place, new: Node, ids: Ids) -> Edited:
    """Put a step in a place."""
    *around, parent = lineage(root, at.parent)
    index = at.index
    if index == "onto":
        return Edited(put(root, parent.id, new.having(key=parent.key)), new.id)
    if not isinstance(index, int):
        if around and around[-1].component != SEQUENCE:
            return Edited(put(root, parent.id, _beside(parent, 0 if index == "before" else 1, new, ids)), new.id)
        parent, index = _counted(around, parent, index)
    return Edited(put(root, parent.id, _with(parent, index, new, ids)), new.id)


def _counted(around: list[Node], step: Node, side: str) -> tuple[Node, int]:
    """A place beside a step as one among the children of its parent; of the root, among its own."""
    if not around:
        return step, 0 if side == "before" else len(step.children)
    return around[-1], around[-1].children.index(step) + (side == "after")


def _with(parent: Node, index: int, new: Node, ids: Ids) -> Node:
    children = parent.children
    index = max(index, 0)
    if parent.component == SEQUENCE:
        if len(children) == 1 and is_empty(children[0]):
            return parent.having(children=(new,))
        return parent.having(children=(*children[:index], new, *children[index:]))
    if parent.component in KEYED:
        key = free_key([child.key for child in children], new.key or "step")
        return parent.having(children=(*children[:index], new.having(key=key), *children[index:]))
    if parent.component == BRANCH:
        first = min((index + 1) // 2 * 2, len(children) - 1)
        return parent.having(children=(*children[:first], empty(ids), new, *children[first:]))
    if parent.component == FALLBACKS:
        return parent.having(children=(*children[:index], new, *children[index:]))
    if parent.component in SINGLE:
        (only,) = children
        return parent.having(children=(_beside(only, index, new, ids),))
    return _beside(parent, index, new, ids)


def _beside(step: Node, index: int, new: Node, ids: Ids) -> Node:
    """A step and another before or after it; the other alone where the step is an empty slot."""
    if is_empty(step):
        return new.having(key=step.key)
    both = (new, step) if index == 0 else (step, new)
    return Node(ids(), SEQUENCE, children=both, key=step.key)


def replace(root: Node, id: str, new: Node, fitting: Mapping[str, Any], ids: Ids) -> Edited:
    """Put a new step in the place of one, with those of its parameters that fit, its options, and the steps inside as
    far as there is room for them."""
    old = find(root, id)
    children = new.children
    if new.component in COMBINATORS and old.component in COMBINATORS:
        children = _refilled(new, old.children, ids)
    changed = new.having(
        id=old.id,
        params={**new.params, **fitting},
        children=children,
        key=old.key,
        variable=old.variable,
        options=old.options,
    )
    return Edited(put(root, id, changed), old.id)


def _refilled(new: Node, inside: tuple[Node, ...], ids: Ids) -> tuple[Node, ...]:
    """The steps of one combinator as those of another."""
    if new.component in SINGLE:
        return inside[:1] if len(inside) == 1 else (Node(ids(), SEQUENCE, children=inside),)
    if new.component == BRANCH and len(inside) == 1:
        return (empty(ids), *inside, empty(ids))
    if (new.component == BRANCH and len(inside) % 2 == 0) or (new.component == FALLBACKS and len(inside) == 1):
        return (*inside, empty(ids))
    return inside


# --- taking out ------------------------------------------------------------------------------------------------


def delete(root: Node, id: str, ids: Ids) -> Edited:
    """Take a step out. Of a sequence it is gone; elsewhere its slot is empty then, and an empty one is taken away."""
    *around, node = lineage(root, id)
    if not around:
        return Edited(root.having(children=(), options={}), root.id)
    parent = around[-1]
    if parent.component == SEQUENCE:
        children = tuple(child for child in parent.children if child is not node)
        place = parent.children.index(node)
        nearest = parent.children[place + 1 : place + 2] or parent.children[max(0, place - 1) : place] or (parent,)
        return Edited(put(root, parent.id, parent.having(children=children)), nearest[0].id)
    if not is_empty(node):
        slot = empty(ids, node.key)
        return Edited(put(root, id, slot), slot.id)
    if parent.component in SINGLE:
        return delete(root, parent.id, ids)
    return remove_slot(root, id, ids) if removable(parent, node) else Edited(root, id)


def removable(parent: Node | None, node: Node) -> bool:
    """Whether the slot of a step can be taken away."""
    if parent is None or parent.component in SINGLE:
        return False
    return parent.component != BRANCH or node is not parent.children[-1]


def remove_slot(root: Node, id: str, ids: Ids) -> Edited:
    """Take away the slot of a step with what is in it; of a branch, condition and case together."""
    *around, node = lineage(root, id)
    if not around or not removable(around[-1], node):
        raise InvalidInputError("remove_slot: expected a slot that can be taken away, got one that has to be there")
    parent = around[-1]
    index = parent.children.index(node)
    first, last = (index - index % 2, index - index % 2 + 2) if parent.component == BRANCH else (index, index + 1)
    children = parent.children[:first] + parent.children[last:]
    return Edited(put(root, parent.id, parent.having(children=children)), parent.id)


# --- slots and what stands in them -----------------------------------------------------------------------------


def add_slot(root: Node, id: str, ids: Ids, key: str = "step") -> Edited:
    """Add an empty key, case or spare step."""
    node = find(root, id)
    if node.component in KEYED or node.component == FALLBACKS:
        slot = empty(ids, key if node.component in KEYED else None)
        return insert(root, Place(id, len(node.children)), slot, ids)
    if node.component == BRANCH:
        return insert(root, Place(id, len(node.children) - 1), empty(ids), ids)
    raise InvalidInputError(f"add_slot: expected a step with keys, cases or fallbacks, got {called(node)}")


def rename(root: Node, id: str, key: str) -> Edited:
    """Give a step in a step with keys another key."""
    *around, node = lineage(root, id)
    if not around or around[-1].component not in KEYED:
        raise InvalidInputError(f"rename: expected a step that stands under a key, got {called(node)}")
    if not key or any(other.key == key for other in around[-1].children if other is not node):
        raise InvalidInputError(f"rename: expected a key that no other step has, got {shorten(key)}")
    return Edited(put(root, id, node.having(key=key)), id)


def set_values(root: Node, id: str, params: Mapping[str, Any] | None, options: Mapping[str, Any] | None) -> Edited:
    """Set the parameters of a step, its options, or both."""
    node = find(root, id)
    changed = node.having(
        params=node.params if params is None else params, options=node.options if options is None else options
    )
    return Edited(put(root, id, changed), id)


def called(node: Node) -> str:
    """What an error calls a step."""
    return "an empty slot" if is_empty(node) else node.component


__all__ = [
    "Edited",
    "Place",
    "add_slot",
    "called",
    "delete",
    "insert",
    "removable",
    "remove_slot",
    "rename",
    "replace",
    "set_values",
]
