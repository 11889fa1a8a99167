"""Streams of parsers that take something back, or run two items into one."""

from __future__ import annotations

from typing import Any

from ...cores import OURS, REFERENCE, Core


def test_what_streamed_json_has_stays() -> None:
    """In the reference a key goes away while an escape in its value is not whole."""

    def grown(core: Core) -> Any:
        return list(core.JsonOutputParser().transform(iter(['{"a": "x', "\\u00", 'e9"}'])))

    assert grown(REFERENCE) == [{"a": "x"}, {}, {"a": "xé"}]
    assert grown(OURS) == [{"a": "x"}, {"a": "xé"}]


def test_items_of_lines_are_told_apart() -> None:
    """The reference forgets the end of a line at the end of a chunk."""

    def items(core: Core) -> Any:
        return list(core.CommaSeparatedListOutputParser().transform(iter(["a\nb\n", "c"])))

    assert items(REFERENCE) == [["a"], ["bc"]]
    assert items(OURS) == [["a"], ["b"], ["c"]]


def test_no_first_call() -> None:
    """Is None, as the reference says too; there it is an empty list."""

    def first(core: Core) -> Any:
        return core.JsonOutputToolsParser(first_tool_only=True).invoke(core.AIMessage("none"))

    assert first(REFERENCE) == []
    assert first(OURS) is None
