"""Steps in Python variables. Steps of one variable are one and the same: an edit of one is an edit of all."""

from __future__ import annotations

from chainviz.builder.code import NAME
from chainviz.builder.literals import is_name
from chainviz.builder.ops import Edited
from chainviz.builder.settle import settled
from chainviz.builder.tree import Ids, Node, find, put, refs, same
from chainviz.errors import InvalidInputError, shorten


def extract(root: Node, id: str, name: str) -> Edited:
    """Keep a step in a variable; of the root, call the chain so. Raises InvalidInputError for a name that is taken."""
    node = find(root, id)
    if not is_name(name):
        raise InvalidInputError(f"extract: expected a name for a Python variable, got {shorten(name)}")
    if name in names(root, node) and node is not root:
        raise InvalidInputError(f"extract: expected a name that the chain does not use yet, got {name!r}")
    return Edited(put(root, id, node.having(variable=name)), id)


def names(root: Node, besides: Node | None = None) -> set[str | None]:
    """The names that a chain uses, besides the variable of one step."""
    taken = {node.variable for node in root.walk() if node is not besides} | {root.variable or NAME}
    for node in root.walk():
        taken |= {node.component, *refs(node.params), *refs(node.options)}
    return taken


def inline(root: Node, id: str) -> Edited:
    """Keep a step, and those that are the same, in no variable."""
    name = find(root, id).variable
    return Edited(_freed(root, [node for node in root.walk() if node.variable == name]), id)


def shaped(root: Node, before: Node, ids: Ids) -> Node:
    """The tree after an edit in its one form, with the steps of each variable alike."""
    root = settled(root, ids)
    freed = _consistent(root, before)
    return root if freed is root else settled(freed, ids)


def _consistent(root: Node, before: Node) -> Node:
    """The tree after an edit with the steps of each variable alike: where one that has no steps inside was changed,
    the others follow; else those that differ leave the variable."""
    for name, nodes in _by_variable(root).items():
        if name == (root.variable or NAME):
            root = _freed(root, [node for node in nodes if node is not root])
        elif unlike := [node for node in nodes if not _alike(nodes[0], node)]:
            if any(node.children for node in nodes):
                root = _freed(root, unlike)
                continue
            known = {id(node) for node in before.walk()}
            changed = next((node for node in nodes if id(node) not in known), nodes[0])
            for node in nodes:
                root = put(root, node.id, changed.having(id=node.id, key=node.key))
    return root


def _by_variable(root: Node) -> dict[str, list[Node]]:
    groups: dict[str, list[Node]] = {}
    for node in root.walk():
        if node.variable is not None:
            groups.setdefault(node.variable, []).append(node)
    return groups


def _freed(root: Node, nodes: list[Node]) -> Node:
    """The tree with these steps in no variable."""
    for node in nodes:
        root = put(root, node.id, find(root, node.id).having(variable=None))
    return root


def _alike(one: Node, other: Node) -> bool:
    return same(one.having(key=None), other.having(key=None))


__all__ = ["extract", "inline", "names", "shaped"]
