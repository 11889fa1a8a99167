"""Putting steps inside of others, and taking one out of the others around it."""

from __future__ import annotations

from chainviz.builder.ops import Edited, called
from chainviz.builder.slots import BRANCH, EACH, FALLBACKS, PARALLEL, RETRY, SEQUENCE, empty
from chainviz.builder.tree import Ids, Node, find, put
from chainviz.errors import InvalidInputError, shorten

WRAPPERS = {"parallel": PARALLEL, "branch": BRANCH, "map": EACH, "fallbacks": FALLBACKS, "retry": RETRY}


def wrap(root: Node, id: str, into: str, ids: Ids, keys: tuple[str, str] = ("first", "second")) -> Edited:
    """Put a step inside of a new one, whose other slots are empty."""
    if into not in WRAPPERS:
        raise InvalidInputError(f"wrap: expected one of {', '.join(WRAPPERS)}, got {shorten(into)}")
    node = find(root, id)
    if node is root:
        node = root.having(id=ids(), variable=None)
    around = Node(ids(), WRAPPERS[into], children=_beginning(node, into, ids, keys), key=node.key)
    if root.id == id:
        return Edited(Node(root.id, SEQUENCE, children=(around,), variable=root.variable), around.id)
    return Edited(put(root, id, around), around.id)


def _beginning(node: Node, into: str, ids: Ids, keys: tuple[str, str]) -> tuple[Node, ...]:
    """The steps inside of what was just put around a step."""
    match into:
        case "parallel":
            return (node.having(key=keys[0]), empty(ids, keys[1]))
        case "branch":
            return (empty(ids), node, empty(ids))
        case "fallbacks":
            return (node, empty(ids))
        case _:
            return (node,)


def unwrap(root: Node, id: str, keep: str | None) -> Edited:
    """Put one of the steps inside of a step in its place."""
    node = find(root, id)
    if node is root or not node.children:
        raise InvalidInputError(f"unwrap: expected a step with others inside, got {called(node)}")
    if keep is None and len(node.children) > 1 and node.component != SEQUENCE:
        raise InvalidInputError(f"unwrap: {called(node)} has several steps inside, expected the id of the one to keep")
    if keep is None and node.component == SEQUENCE:
        return Edited(put(root, id, node.having(options={}, variable=None)), next(iter(node.children)).id)
    kept = next((child for child in node.children if keep in (None, child.id)), None)
    if kept is None:
        raise InvalidInputError(f"unwrap: expected the id of a step inside of {called(node)}, got {shorten(keep)}")
    return Edited(put(root, id, kept.having(key=node.key)), kept.id)


__all__ = ["WRAPPERS", "unwrap", "wrap"]
