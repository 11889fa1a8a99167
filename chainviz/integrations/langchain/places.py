"""Where a run of LangChain's stands under its parent: the segment of its path, as our own runs have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainviz.integrations.langchain.shape import children_of, unwrapped
from chainviz.tracing.events import escape_segment

_POSITIONS: dict[str, Callable[[str], str]] = {
    "seq:step:": lambda number: f"seq:{number}",
    "map:key:": lambda key: f"map:{escape_segment(key)}",
    "branch:": lambda number: f"branch:{number}",
    "condition:": lambda number: f"branch:{number}/condition",
    "retry:attempt:": lambda _: "retry",
}
"""The tag that a parent gives a child for its place, and what we call that place."""


def segment_of(parent: Any, step: Any, tags: list[str], metadata: dict[str, Any]) -> str | None:
    """The place of a run of `step` under a run of `parent`, as far as it is known; None where it was called by the
    parent's own code."""
    for tag in tags:
        if tag.startswith("graph:step:"):
            return f"node:{escape_segment(str(metadata.get('langgraph_node')))}"
        for prefix, place in _POSITIONS.items():
            if tag.startswith(prefix):
                return place(tag[len(prefix) :])
    children = [] if parent is None else children_of(parent)
    if step is None:  # not known, but there may be no choice
        return children[0][0] if len(children) == 1 else None
    return next((segment for segment, _, child in children if unwrapped(child) is step), None)


def is_position(tag: str) -> bool:
    """Whether a tag is one that a parent gives a child for its place."""
    return tag.startswith((*_POSITIONS, "graph:step:"))


__all__ = ["is_position", "segment_of"]
