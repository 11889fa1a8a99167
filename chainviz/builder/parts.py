"""Parts of a chain to run: up to a step, or from a step on with what the steps before it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from chainviz.builder.slots import BRANCH, EACH, FALLBACKS, KEYED, ROUTER, SEQUENCE, is_group
from chainviz.builder.tree import Node, lineage
from chainviz.errors import InvalidInputError


class Part(NamedTuple):
    """The tree to run, and what steps of it give without being run, by id."""

    root: Node
    given: Mapping[str, Any]


def until(root: Node, id: str) -> Part:
    """The steps up to one, that one included."""
    return Part(_until(lineage(root, id)), {})


def _until(line: list[Node]) -> Node:
    node, *rest = line
    if not rest:
        return node
    inside = _until(rest)
    if node.component == SEQUENCE:
        return node.having(children=(*node.children[: node.children.index(rest[0])], inside))
    if node.component in (BRANCH, FALLBACKS, ROUTER):
        return inside
    return node.having(children=(inside,))


def since(root: Node, id: str, outputs: Mapping[str, Any]) -> Part:
    """The steps from one on; `outputs` are what the steps gave last, by id.

    Raises InvalidInputError where a step that is needed has given nothing yet.
    """
    given: dict[str, Any] = {}
    return Part(_since(lineage(root, id), outputs, given), given)


def _since(line: list[Node], outputs: Mapping[str, Any], given: dict[str, Any]) -> Node:
    node, *rest = line
    if not rest or node.component == EACH:
        return node
    child = rest[0]
    inside = _since(rest, outputs, given)
    if node.component == SEQUENCE:
        index = node.children.index(child)
        before = node.children[max(0, index - 1) : index]
        _note(before, outputs, given)
        return node.having(children=(*before, inside, *node.children[index + 1 :]))
    if node.component in (BRANCH, FALLBACKS, ROUTER):
        return inside
    if node.component in KEYED:
        _note((other for other in node.children if other is not child), outputs, given)
    return node.having(children=tuple(inside if other is child else other for other in node.children))


def _note(steps: Any, outputs: Mapping[str, Any], given: dict[str, Any]) -> None:
    for step in steps:
        last = step
        while last.id not in outputs and is_group(last):
            last = last.children[-1]
        if last.id not in outputs:
            raise InvalidInputError(
                f"run: {step.component} has given nothing yet that could be kept: run the chain first"
            )
        given[step.id] = outputs[last.id]


__all__ = ["Part", "since", "until"]
