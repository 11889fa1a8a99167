"""Filters: what the page and the kernel say is wrong with them is the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainviz.tracing.filter_terms import fault_of

FILTERS = json.loads((Path(__file__).parents[2] / "js/tests/golden/filters.json").read_text())


@pytest.mark.parametrize(("source", "sentence"), FILTERS)
def test_what_is_wrong_is_one_sentence(source: str, sentence: str | None) -> None:
    assert fault_of(source) == sentence
