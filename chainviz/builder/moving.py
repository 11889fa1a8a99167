"""Putting steps in other places, and copies of them beside them."""

from __future__ import annotations

from chainviz.builder.ops import Edited, Place, called, insert
from chainviz.builder.slots import BRANCH, SEQUENCE, SINGLE, empty
from chainviz.builder.tree import Ids, Node, lineage, put, renewed
from chainviz.errors import InvalidInputError


def move(root: Node, id: str, to: Place, ids: Ids) -> Edited:
    """Put a step in another place, which is counted as if it were still in its old one. Where that was not in a
    sequence, an empty slot is left, unless it only changes its place among the others there. Put onto a step around
    it, it alone is left of that one."""
    *around, node = lineage(root, id)
    if not around or any(step is node for step in lineage(root, to.parent)):
        raise InvalidInputError(f"move: expected a place outside of {called(node)} itself, got one inside")
    parent = around[-1]
    index = parent.children.index(node)
    if to.index == "onto" and any(step.id == to.parent for step in around):
        return insert(root, to, node, ids)
    goal = _among(parent, to)
    if goal is not None:
        return Edited(put(root, parent.id, _reordered(parent, index, goal)), id)
    if parent.component == SEQUENCE:
        children = tuple(child for child in parent.children if child is not node)
        without = put(root, parent.id, parent.having(children=children or (empty(ids),)))
    else:
        without = put(root, id, empty(ids, node.key))
    return insert(without, to, node.having(key=None) if node.key else node, ids)


def _among(parent: Node, to: Place) -> int | None:
    """Where a place is among the children of a step; None where it is elsewhere."""
    if parent.component in SINGLE or to.index == "onto":
        return None
    if isinstance(to.index, int):
        return to.index if parent.id == to.parent else None
    sibling = next((child for child in parent.children if child.id == to.parent), None)
    return None if sibling is None else parent.children.index(sibling) + (to.index == "after")


def _reordered(parent: Node, index: int, to: int) -> Node:
    """A step with one of those inside in another place; the cases of a branch take their conditions along."""
    children = list(parent.children)
    if parent.component == BRANCH:
        pairs = [children[first : first + 2] for first in range(0, len(children) - 1, 2)]
        if index == len(children) - 1:
            return parent
        pair, goal = pairs.pop(index // 2), (to + 1) // 2
        pairs.insert(goal - 1 if goal > index // 2 else goal, pair)
        return parent.having(children=(*(step for pair in pairs for step in pair), children[-1]))
    step = children.pop(index)
    children.insert(to - 1 if to > index else to, step)
    return parent.having(children=tuple(children))


def duplicate(root: Node, id: str, to: Place | None, ids: Ids) -> Edited:
    """Put a copy of a step in a place; without one, behind it: in a sequence as the next step, else in a new slot."""
    *around, node = lineage(root, id)
    if not around:
        raise InvalidInputError("duplicate: expected a step of the chain, got the whole of it")
    parent = around[-1]
    copy = _unnamed(renewed(node, ids)).having(key=None)
    if to is not None:
        return insert(root, to, copy, ids)
    if parent.component in SINGLE:
        return insert(root, Place(node.id, 1), copy, ids)
    return insert(root, Place(parent.id, parent.children.index(node) + 1), copy, ids)


def _unnamed(node: Node) -> Node:
    return node.having(variable=None, children=tuple(map(_unnamed, node.children)))


__all__ = ["duplicate", "move"]
