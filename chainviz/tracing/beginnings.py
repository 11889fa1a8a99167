"""Secrets that have begun at the end of a text, and may be whole once there is more of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

_HEAD = 3
"""Characters by which a known secret may have begun."""
_TAIL = 400
"""Characters at the end of a text that are looked at, or as many as the longest of the known secrets has."""


class Beginnings:
    """How secrets begin: those that are known by their value, and those that are known by one of these `marks`."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._marks = list(marks)
        form = rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, self._marks))})[\w.-]*$"
        self._form = re.compile(form, re.IGNORECASE)
        self._values: list[str] = []
        self._heads: list[str] = []
        self._tail = _TAIL

    def learn(self, values: Collection[str]) -> None:
        """Know these, and no others, by their value."""
        self._values = [value.lower() for value in values]
        self._heads = list({value[:_HEAD] for value in self._values})
        self._tail = max(_TAIL, *map(len, self._values))

    def at(self, text: str) -> int:
        """Where the secret begins; the text's length where none does."""
        tail = text[-self._tail :]
        lower = tail.lower()
        begun = [start for head in self._heads if head in lower for start in self._starts(head, tail)]
        if any(map(lower.__contains__, self._marks)) and (form := self._form.search(tail)) is not None:
            begun.append(form.start())
        return len(text) - len(tail) + min(begun, default=len(tail))

    def _starts(self, head: str, tail: str) -> Iterator[int]:
        for match in re.finditer(f"(?={re.escape(head)})", tail, re.IGNORECASE):
            rest = tail[match.start() :].lower()
            if any(len(value) > len(rest) and value.startswith(rest) for value in self._values):
                yield match.start()


__all__ = ["Beginnings"]
