"""The steps that are made of others, and what the place of each step inside is to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from chainviz.tracing.events import escape_segment

if TYPE_CHECKING:
    from chainviz.builder.tree import Ids, Node

SlotKind: TypeAlias = Literal["step", "key", "condition", "case", "default", "only", "first", "spare"]
"""What a place is to the step around it: a `step` of a sequence, a `key`, which can be renamed, a `condition` and the
`case` behind it, the `default`, the `only` step that is repeated, the `first` step and the `spare` ones behind it."""

SEQUENCE = "RunnableSequence"
PARALLEL = "RunnableParallel"
ASSIGN = "RunnableAssign"
ROUTER = "RouterRunnable"
BRANCH = "RunnableBranch"
EACH = "RunnableEach"
RETRY = "RunnableRetry"
FALLBACKS = "RunnableWithFallbacks"
HISTORY = "RunnableWithMessageHistory"
EMPTY = "RunnablePassthrough"
"""What stands in an empty slot: it passes its input on, so that every state is a chain that runs."""

VALIDATE = ".model_validate"
"""Behind the name of a class of pydantic's: the function that makes its objects of dicts."""
FUNCTIONS = frozenset({"RunnableLambda", "RunnableGenerator"})
"""What functions become; a step of one is called by the function's name."""
KEYED = frozenset({PARALLEL, ASSIGN, ROUTER})
SINGLE = frozenset({EACH, RETRY, HISTORY})
COMBINATORS = frozenset({SEQUENCE, BRANCH, FALLBACKS, *KEYED, *SINGLE})

KINDS = {
    SEQUENCE: "sequence",
    PARALLEL: "parallel",
    ASSIGN: "assign",
    ROUTER: "router",
    BRANCH: "branch",
    EACH: "each",
    RETRY: "retry",
    FALLBACKS: "fallbacks",
    HISTORY: "chain",
}
"""The kinds that these have in a static graph."""


class Slot(NamedTuple):
    """The place of a step in another: its kind, what the parent calls it, its segment of the path id."""

    kind: SlotKind
    name: str | None
    segment: str


def slots(node: Node) -> list[Slot]:
    """The slots of a step, one for each child."""
    return [_slot(node, index, child) for index, child in enumerate(node.children)]


def _slot(node: Node, index: int, child: Node) -> Slot:
    match node.component:
        case "RunnableParallel":
            return Slot("key", child.key, f"map:{escape_segment(child.key or '')}")
        case "RunnableAssign":
            return Slot("key", child.key, f"assign/map:{escape_segment(child.key or '')}")
        case "RouterRunnable":
            return Slot("key", child.key, f"router:{escape_segment(child.key or '')}")
        case "RunnableBranch":
            number = index // 2 + 1
            if index == len(node.children) - 1:
                return Slot("default", "default", "branch:default")
            if index % 2 == 0:
                return Slot("condition", f"condition {number}", f"branch:{number}/condition")
            return Slot("case", f"case {number}", f"branch:{number}")
        case "RunnableEach":
            return Slot("only", "each item", "each")
        case "RunnableRetry":
            return Slot("only", "each attempt", "retry")
        case "RunnableWithMessageHistory":
            return Slot("only", "each turn", "seq:2/history")
        case "RunnableWithFallbacks":
            if index == 0:
                return Slot("first", "first", "fallback:0")
            return Slot("spare", f"fallback {index}", f"fallback:{index}")
        case _:
            return Slot("step", None, "")


def placed(node: Node, path: str = "") -> Iterator[tuple[Node, str]]:
    """Each step of a tree with its path id in the static graph of the chain."""
    yield node, path
    if node.component == SEQUENCE:
        yield from _numbered(node, path)
        return
    for child, slot in zip(node.children, slots(node), strict=True):
        yield from placed(child, f"{path}/{slot.segment}" if path else slot.segment)


def _numbered(sequence: Node, path: str) -> Iterator[tuple[Node, str]]:
    """The steps of a sequence. One that is no more than a variable in it has no number of its own, its steps have."""
    members = list(_members(sequence))
    if len(members) == 1:
        yield from placed(members[0], path)
        return
    number = 1
    for step in members:
        here = f"{path}/seq:{number}" if path else f"seq:{number}"
        if is_group(step):
            yield step, here
        else:
            yield from placed(step, here)
            number += 1


def _members(sequence: Node) -> Iterator[Node]:
    for child in sequence.children:
        yield child
        if is_group(child):
            yield from _members(child)


def is_group(node: Node) -> bool:
    """Whether it is a sequence that, inside of another, runs as a part of that one."""
    return node.component == SEQUENCE and not node.options


def empty(ids: Ids, key: str | None = None) -> Node:
    """An empty slot."""
    from chainviz.builder.tree import Node

    return Node(ids(), EMPTY, key=key)


def is_empty(node: Node) -> bool:
    return node.component == EMPTY and node.is_plain and not node.params


def free_key(taken: Iterator[str | None] | list[str | None], wished: str) -> str:
    """The key that is wished for, or one like it that is not taken."""
    known = set(taken)
    if wished not in known:
        return wished
    number = next(number for number in range(2, len(known) + 3) if f"{wished}_{number}" not in known)
    return f"{wished}_{number}"
