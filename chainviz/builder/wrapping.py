"""Putting steps inside of others, and taking one out of the others around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainviz.builder.ops import Edited, called
from chainviz.builder.slots import BRANCH, EACH, FALLBACKS, HISTORY, PARALLEL, RETRY, SEQUENCE, empty
from chainviz.builder.tree import NOTHING, Ids, Node, find, put
from chainviz.errors import InvalidInputError, shorten
from chainviz.graph.types import REST, Shape

WRAPPERS = {
    "parallel": PARALLEL,
    "branch": BRANCH,
    "map": EACH,
    "fallbacks": FALLBACKS,
    "retry": RETRY,
    "history": HISTORY,
}
WRAPS = {component: into for into, component in WRAPPERS.items()}


def wrap(
    root: Node,
    id: str,
    into: str,
    ids: Ids,
    keys: tuple[str, str] = ("first", "second"),
    params: Mapping[str, Any] = NOTHING,
) -> Edited:
    """Put a step inside of a new one with these parameters, whose other slots are empty."""
    if into not in WRAPPERS:
        raise InvalidInputError(f"wrap: expected one of {', '.join(WRAPPERS)}, got {shorten(into)}")
    node = find(root, id)
    if node is root:
        node = root.having(id=ids(), variable=None)
    around = Node(ids(), WRAPPERS[into], params, _beginning(node, into, ids, keys), node.key)
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


def history_keys(step: Node, takes: Shape) -> dict[str, str]:
    """The keys of a message history around a step: of a prompt's messages from before, and of what else it takes."""
    rows: list[Any] = [row for node in step.walk() for row in node.params.get("messages", ())]
    past = None
    for row in rows:
        match row:
            case {"role": "messages" | "placeholder", "text": str(text)}:
                past = past or text.strip("{}")
            case _:
                continue
    asked = [key for key in takes if key not in (past, REST)] if isinstance(takes, dict) else []
    keys = {"input_messages_key": next(iter(asked), None), "history_messages_key": past}
    return {name: key for name, key in keys.items() if key is not None}


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


__all__ = ["WRAPPERS", "WRAPS", "history_keys", "unwrap", "wrap"]
