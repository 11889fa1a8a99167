"""The one form of a tree, which every edit ends in: what means the same chain is the same tree.

The root is a sequence with one step at least. A sequence inside of another is part of it unless it has a name or
options of its own, and one of a single step is that step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainviz.builder.slots import BRANCH, EMPTY, FALLBACKS, FUNCTIONS, KEYED, RETRY, SEQUENCE, empty, free_key
from chainviz.builder.tree import NOTHING, Ids, Node, Ref


def settled(root: Node, ids: Ids) -> Node:
    """The tree in its one form. What has it already is given back as it is."""
    if root.component != SEQUENCE:
        root = Node(ids(), SEQUENCE, children=(root.having(key=None),))
    root = _inside(root, ids)
    while len(root.children) == 1:
        (only,) = root.children
        if root.options:
            only = only.having(options=joined(only.options, root.options))
        if only.component != SEQUENCE:
            return root if only is root.children[0] else root.having(children=(only,), options=NOTHING)
        root = root.having(children=only.children, options=only.options, variable=root.variable or only.variable)
    return root if root.children else root.having(children=(empty(ids),), options=NOTHING)


def _inside(node: Node, ids: Ids) -> Node:
    """The step whose children are settled."""
    children = tuple(_settled(child, ids) for child in node.children)
    if node.component == SEQUENCE:
        children = _steps(children)
    elif node.component in KEYED:
        children = _keyed(children)
    else:
        children = tuple(child if child.key is None else child.having(key=None) for child in children)
    if len(children) == len(node.children) and all(a is b for a, b in zip(children, node.children, strict=True)):
        return node
    return node.having(children=children)


def _settled(node: Node, ids: Ids) -> Node:
    node = _inside(node, ids)
    count = len(node.children)
    if node.component == SEQUENCE:
        if not count:
            return node.having(component=EMPTY, params=NOTHING, options=NOTHING, variable=None)
        return _merged(node, node.children[0]) if count == 1 else node
    if node.component in FUNCTIONS and isinstance(function := node.params.get("function"), Ref):
        return node.having(component=function.name, params=NOTHING)
    if not count and node.component in KEYED:
        return node.having(component=EMPTY, params=NOTHING, options=NOTHING, variable=None)
    if count == 1 and node.component in (BRANCH, FALLBACKS):
        return _merged(node, node.children[0])
    return _lifted(node) if node.component == RETRY else node


def _lifted(retry: Node) -> Node:
    """A retry with the options of its step as its own: a name and tags are those of all attempts together, and only a
    timeout is that of each."""
    (step,) = retry.children
    lifted = {name: value for name, value in step.options.items() if name != "timeout"}
    if step.variable is not None or not lifted:
        return retry
    kept = {name: value for name, value in step.options.items() if name == "timeout"}
    return retry.having(children=(step.having(options=kept),), options=joined(lifted, retry.options))


def _merged(around: Node, only: Node) -> Node:
    """A step in the place of the one around it, with what that one had of its own."""
    return only.having(
        key=around.key,
        variable=around.variable or only.variable,
        options=joined(only.options, around.options) if around.options else only.options,
    )


def _steps(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """The steps of a sequence: those of plain sequences inside are its own; none has a key."""
    flat: list[Node] = []
    for child in children:
        if child.component == SEQUENCE and child.is_plain:
            flat += (step if step.key is None else step.having(key=None) for step in child.children)
        else:
            flat.append(child if child.key is None else child.having(key=None))
    return tuple(flat)


def _keyed(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """Steps under keys, each of which is there once."""
    keyed: list[Node] = []
    for child in children:
        key = free_key([other.key for other in keyed], child.key or "step")
        keyed.append(child if child.key == key else child.having(key=key))
    return tuple(keyed)


def joined(inner: Mapping[str, Any], outer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of a step with more set on top of them."""
    bound = {**inner.get("bind", NOTHING), **outer.get("bind", NOTHING)}
    return {**inner, **outer, **({"bind": bound} if bound else {})}
