from __future__ import annotations

from typing import Any

import pytest

from chainviz.messages.partial_json import parse_partial_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": 1, "b": "he', {"a": 1, "b": "he"}),
        ('{"a": 1, "b', {"a": 1}),
        ('{"a": tr', {}),
        ('{"a": 12.', {"a": 12}),
        ('{"a": 1e', {"a": 1}),
        ('["v1.', ["v1."]),
        ('[1, {"b": [2', [1, {"b": [2]}]),
        ('"ab\\', "ab"),
        ('{"a": "x\ny"}', {"a": "x\ny"}),
        ('{"a": "x\ny', {"a": "x\ny"}),
    ],
)
def test_as_far_as_it_has_come(text: str, value: Any) -> None:
    assert parse_partial_json(text) == value


@pytest.mark.parametrize("text", ["", "nul", "hello", "[1,,2]"])
def test_no_beginning_of_json(text: str) -> None:
    with pytest.raises(ValueError):
        parse_partial_json(text)


def test_values_only_grow() -> None:
    text = '{"name": "Kensho", "size": 12.5, "tags": ["a", "b"]}'
    sizes = []
    for end in range(1, len(text) + 1):
        value = parse_partial_json(text[:end])
        sizes.append(len(str(value)))
    assert sizes == sorted(sizes)
    assert value == {"name": "Kensho", "size": 12.5, "tags": ["a", "b"]}
