"""Sub-word tokens: text cut into the pieces in which a language model would write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECES = re.compile(r"\n+|[ \t]*'[a-z]{1,2}\b|[ \t]?[^\W\d_]+|[ \t]?\d{1,3}|[ \t]?[^\w\s]|\s|[ \t]?_")

COMMON_LENGTH = 7
"""Letters that one token holds of an ordinary word."""
NAME_LENGTH = 4
"""Letters that one token holds of a capitalised word: names are rare, so vocabularies know less of them."""


def tokenize(text: str) -> list[str]:
    """The tokens of a text; joined, they are the text again. A space belongs to the word after it."""
    return [token for piece in _PIECES.findall(text) for token in _cut(piece)]


def _cut(piece: str) -> Iterator[str]:
    word = piece.lstrip(" \t")
    space = piece[: len(piece) - len(word)]
    first = COMMON_LENGTH
    if word[:1].isupper() and len(word) > NAME_LENGTH:
        # Without a space before it, such a word is even rarer: its capital stands alone.
        first = NAME_LENGTH if space else 1
    yield space + word[:first]
    for start in range(first, len(word), COMMON_LENGTH):
        yield word[start : start + COMMON_LENGTH]


__all__ = ["tokenize"]
