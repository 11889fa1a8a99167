"""How the parts of two chunks become one: text is joined, counts are added, lists merge by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from chainviz.errors import InvalidInputError, shorten

Content: TypeAlias = str | list[str | dict[str, Any]]

SAME = frozenset({"id", "output_version", "model_provider"})
"""Texts that name something: two equal ones stay one."""

LATEST = frozenset({"index", "created", "timestamp"})
"""Numbers that tell a place or a time: the later one stands."""


class MergeError(InvalidInputError, TypeError):
    """Two chunks do not fit together."""


def merge_content(first_content: Content, *contents: Content) -> Content:
    """The contents one after another: text while all is text, else a list of parts."""
    if isinstance(first_content, str) and all(isinstance(other, str) for other in contents):
        return "".join([first_content, *cast("tuple[str, ...]", contents)])
    merged: Content = first_content if isinstance(first_content, str) else [*first_content]
    for other in contents:
        if isinstance(merged, str):
            merged = merged + other if isinstance(other, str) else [merged, *other]
        elif not isinstance(other, str):
            merged = cast("list[str | dict[str, Any]]", merge_lists(merged, other))
        elif merged and isinstance(merged[-1], str):
            merged[-1] += other
        elif other and merged:
            merged.append(other)
    return merged


def merge_dicts(first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """One dict of several; values under the same key are merged. Raises MergeError where they do not fit."""
    merged = dict(first)
    for other in others:
        for key, value in other.items():
            if merged.get(key) is None:
                merged[key] = value
            elif value is not None:
                merged[key] = _merge_values(key, merged[key], value)
    return merged


def merge_lists(first: list[Any] | None, *others: list[Any] | None) -> list[Any] | None:
    """One list of several; dicts with the same `index` (and no two different ids) become one dict."""
    merged = None if first is None else [*first]
    for other in others:
        if other is None:
            continue
        if merged is None:
            merged = [*other]
            continue
        for item in other:
            place = _place(merged, item)
            if place is None:
                merged.append(item)
            else:
                merged[place] = merge_dicts(merged[place], _without_type(merged[place], item))
    return merged


def merge_values(left: Any, right: Any) -> Any:
    """Two values of unknown kind as one; None gives way. Raises MergeError where they do not fit."""
    if left is None or right is None:
        return right if left is None else left
    if type(left) is type(right):
        if isinstance(left, str):
            return left + right
        if isinstance(left, dict):
            return merge_dicts(cast("dict[str, Any]", left), right)
        if isinstance(left, list):
            return merge_lists(cast("list[Any]", left), right)
        if left == right:
            return left
    raise MergeError(f"chunks: cannot merge {shorten(left)} and {shorten(right)}; expected texts, dicts or lists")


def add_counts(left: dict[str, Any], right: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Add the numbers under the same keys, in nested dicts too; a missing one counts 0."""
    combined: dict[str, Any] = {}
    for key in dict.fromkeys([*left, *right]):
        one, two = left.get(key), right.get(key)
        if isinstance(one, int | None) and isinstance(two, int | None):
            combined[key] = (one or 0) + (two or 0)
        elif isinstance(one, dict | None) and isinstance(two, dict | None) and depth < 64:
            first, second = cast("dict[str, Any]", one or {}), cast("dict[str, Any]", two or {})
            combined[key] = add_counts(first, second, depth + 1)
        else:
            raise MergeError(f"usage: expected numbers or dicts of numbers under {key!r}, got {shorten(one or two)}")
    return combined


def _merge_values(key: str, left: Any, right: Any) -> Any:
    if type(left) is not type(right):
        raise MergeError(f"chunks: {key!r} is {shorten(left)} in one and {shorten(right)} in the next")
    if isinstance(left, str):
        named = (key in SAME and left == right) or (key == "index" and left.startswith("lc_"))
        return left if named else left + right
    if isinstance(left, dict):
        return merge_dicts(cast("dict[str, Any]", left), right)
    if isinstance(left, list):
        return merge_lists(cast("list[Any]", left), right)
    if left == right:
        return left
    if isinstance(left, int) and not isinstance(left, bool):
        return right if key in LATEST else left + right
    raise MergeError(f"chunks: cannot merge {key!r}, {shorten(left)} in one and {shorten(right)} in the next")


def _place(items: Sequence[Any], item: Any) -> int | None:
    """Where in `items` the dict stands that `item` continues."""
    index = cast("dict[str, Any]", item).get("index") if isinstance(item, dict) else None
    if not isinstance(index, int) and not (isinstance(index, str) and index.startswith("lc_")):
        return None
    id = cast("dict[str, Any]", item).get("id")
    for place, there in enumerate(items):
        if isinstance(there, dict):
            known = cast("dict[str, Any]", there)
            if known.get("index") == index and (not id or not known.get("id") or known["id"] == id):
                return place
    return None


def _without_type(there: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What `item` adds to the block that stands there: all but its type; provider's own values become extras."""
    if there.get("type") and item.get("type") == "non_standard" and "value" in item:
        value = {key: part for key, part in item["value"].items() if key != "type"}
        if there["type"] != "non_standard":
            return {"extras": value}
        return {"value": value, "index": item["index"]}
    return {key: part for key, part in item.items() if key != "type"}


__all__ = [
    "Content",
    "MergeError",
    "add_counts",
    "merge_content",
    "merge_dicts",
    "merge_lists",
    "merge_values",
]
