from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainviz.language_models.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Harrison worked at Kensho.", ["H", "arrison", " worked", " at", " Kens", "ho", "."]),
        ("I like it, don't I?", ["I", " like", " it", ",", " don", "'t", " I", "?"]),
        ("a 12345\n\nb", ["a", " 123", "45", "\n\n", "b"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@given(st.text())
def test_joined_they_are_the_text(text: str) -> None:
    assert "".join(tokenize(text)) == text
