"""Taking secrets out of texts that stream in pieces, where a secret may lie across several of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from chainviz.tracing.redact import Redactor

_LABELS = frozenset({"$type", "class", "role", "id"})
_END = 120
"""Characters of a text by which it is known whether what follows goes on with a secret."""
_LONGEST = 20_000
"""Of a secret that goes on and on, as many."""

Ends = dict[str, dict[str, str]]
"""How streams have ended so far, by run and stream."""


class Pieces:
    """Pieces, each at a place in some list or dict, which is changed once all are there.

    A secret that began in what has been told before goes from where it can be known on.
    """

    def __init__(self, redactor: Redactor, ends: Ends) -> None:
        self._redactor = redactor
        self._ends = ends
        self._places: dict[tuple[str, str], list[tuple[Any, Any]]] = {}

    def take(self, run: str, stream: str, holder: Any, key: Any) -> None:
        """Note what stands in `holder` under `key` as the next piece of a stream; of a value, each of its texts."""
        value = holder[key]
        if isinstance(value, str):
            self._places.setdefault((run, stream), []).append((holder, key))
        elif isinstance(value, dict | list):
            holder[key] = self._redactor.value(value)
            self._within(run, stream, holder[key])

    def _within(self, run: str, stream: str, holder: Any) -> None:
        items: Iterable[tuple[Any, Any]] = (
            cast("dict[Any, Any]", holder).items() if isinstance(holder, dict) else enumerate(cast("list[Any]", holder))
        )
        for key, item in list(items):
            if isinstance(item, str):
                if key not in _LABELS:
                    self._places.setdefault((run, f"{stream}/{key}"), []).append((cast("Any", holder), key))
            elif isinstance(item, dict | list):
                self._within(run, f"{stream}/{key}", item)

    def clean(self) -> None:
        """Change the places."""
        for (run, stream), places in self._places.items():
            ends = self._ends.setdefault(run, {})
            texts = [ends.get(stream, ""), *(holder[key] for holder, key in places)]
            whole = "".join(texts)
            spans = self._redactor.spans(whole)
            begin = len(whole) - _END
            if spans:
                for (holder, key), text in zip(places, self._redactor.without(texts, spans)[1:], strict=True):
                    holder[key] = text
                if spans[-1][1] == len(whole):  # it may go on
                    begin = min(begin, spans[-1][0])
            ends[stream] = whole[max(0, begin) :][-_LONGEST:]


__all__ = ["Ends", "Pieces"]
