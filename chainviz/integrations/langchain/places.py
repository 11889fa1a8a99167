"""Where a run of LangChain's stands under its parent: the segment of its path, as our own runs have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainviz.integrations.langchain.shape import children_of, unwrapped
from chainviz.tracing.events import escape_segment

_POSITIONS: dict[str, Callable[[str], str]] = {
    "seq": lambda place: f"seq:{place[5:]}",  # seq:step:1
    "map": lambda place: f"map:{escape_segment(place[4:])}",  # map:key:context
    "branch": lambda place: f"branch:{place}",
    "condition": lambda place: f"branch:{place}/condition",
    "retry": lambda _: "retry",  # retry:attempt:2
}
"""The tag that a parent gives a child for its place, by its first word, and what we call that place."""


def segment_of(tags: list[str], metadata: dict[str, Any]) -> str | None:
    """The place of a run under its parent, as its tags say it; None where they do not."""
    for tag in tags:
        word, _, place = tag.partition(":")
        if word == "graph" and "langgraph_node" in metadata:
            return f"node:{escape_segment(str(metadata['langgraph_node']))}"
        if place and word in _POSITIONS:
            return _POSITIONS[word](place)
    return None


def segment_below(parent: Any, thing: Any) -> str | None:
    """The place of `thing` inside of the step `parent`; None where it was called by the parent's own code."""
    children = [] if parent is None else children_of(parent.thing)
    if thing is None:  # not known, but there may be no choice
        return children[0][0] if len(children) == 1 else None
    return next((segment for segment, _, child in children if unwrapped(child) is thing), None)


def is_position(tag: str) -> bool:
    """Whether a tag is one that a parent gives a child for its place."""
    word, _, place = tag.partition(":")
    return place != "" and (word in _POSITIONS or word == "graph")


__all__ = ["is_position", "segment_below", "segment_of"]
