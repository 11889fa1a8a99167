"""Where a run of LangChain's stands under its parent: the segment of its path, as our own runs have it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
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
_MANY = 4_096


def segment_of(tags: list[str], metadata: dict[str, Any]) -> str | None:
    """The place of a run under its parent, as its tags say it; None where they do not."""
    for tag in tags:
        segment = _segment(tag)
        if segment is _NODE and "langgraph_node" in metadata:
            return _NODE + escape_segment(str(metadata["langgraph_node"]))
        if segment is not None and segment is not _NODE:
            return segment
    return None


def is_task(tags: list[str], metadata: dict[str, Any]) -> bool:
    """Whether a run is what a graph runs in one of its steps, and not what runs inside of that."""
    return "langgraph_node" in metadata and any(_segment(tag) is _NODE for tag in tags)


@lru_cache(_MANY)
def _segment(tag: str) -> str | None:
    word, _, place = tag.partition(":")
    if word == "graph":  # graph:step:1
        return _NODE
    return _POSITIONS[word](place) if place and word in _POSITIONS else None


_NODE = "node:"


def segment_below(parent: Any, thing: Any) -> str | None:
    """The place of `thing` inside of the step `parent`; None where it was called by the parent's own code."""
    children = [] if parent is None else children_of(parent.thing)
    if thing is None:  # not known, but there may be no choice
        return children[0][0] if len(children) == 1 else None
    return next((segment for segment, _, child in children if unwrapped(child) is thing), None)


_known: set[str] = set()


def has_place(tags: list[str] | None) -> bool:
    """Whether `segment_of` knows more. It is asked of each run, so places that have been seen are remembered."""
    if not tags:
        return False
    if not _known.isdisjoint(tags):
        return True
    found = [tag for tag in tags if is_position(tag)]
    if len(_known) < _MANY:
        _known.update(found)
    return bool(found)


def is_position(tag: str) -> bool:
    """Whether a tag is one that a parent gives a child for its place."""
    return _segment(tag) is not None


__all__ = ["has_place", "is_position", "is_task", "segment_below", "segment_of"]
