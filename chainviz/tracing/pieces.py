"""Taking secrets out of texts that stream in pieces, where a secret may lie across several of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from chainviz.tracing.values import SECRET

if TYPE_CHECKING:
    from chainviz.tracing.redact import Redactor

_LABELS = frozenset({"$type", "class", "role", "id"})
_END = 120
"""Characters of a text by which it is known whether what follows goes on with a secret."""
_LONGEST = 20_000
"""Of a secret that goes on and on, as many."""


class End(NamedTuple):
    """How a stream has ended so far, and whether it was told there that a secret is left out."""

    text: str = ""
    is_hidden: bool = False


Ends = dict[str, dict[str, End]]
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

    def has_begun(self, runs: Collection[str]) -> bool:
        """Whether at the end of what one of these runs says a secret has begun."""
        return any(
            run in runs and self._begun("".join([self._end(run, stream).text, *_texts(places)]))
            for (run, stream), places in self._places.items()
        )

    def clean(self, runs: Collection[str] = ()) -> None:
        """Change the places. What has begun at the end of what one of `runs` says is taken for a secret."""
        for (run, stream), places in self._places.items():
            before = self._end(run, stream)
            texts = [before.text, *_texts(places)]
            whole = "".join(texts)
            spans = self._redactor.spans(whole)
            begun = self._begun(whole)
            if run in runs:
                spans += begun
            begin = min([len(whole) - _END, *(first for first, _ in begun)])
            is_hidden = False
            if spans:
                _, *left = self._redactor.without(texts, spans)
                if not before.is_hidden and any(first < len(before.text) < last for first, last in spans):
                    left[0] = SECRET + left[0]  # of which something was told already
                for (holder, key), text in zip(places, left, strict=True):
                    holder[key] = text
                if spans[-1][1] == len(whole):  # it may go on
                    begin, is_hidden = min(begin, spans[-1][0]), True
            self._ends.setdefault(run, {})[stream] = End(whole[max(0, begin) :][-_LONGEST:], is_hidden)

    def _end(self, run: str, stream: str) -> End:
        return self._ends.get(run, {}).get(stream, End())

    def _begun(self, whole: str) -> list[tuple[int, int]]:
        """The secret that has begun at the end of a text, and is not one that is whole already."""
        begin, end = self._redactor.begun(whole), len(whole)
        is_known = begin < end and any(last > begin for _, last in self._redactor.spans(whole))
        return [] if begin == end or is_known else [(begin, end)]


def _texts(places: list[tuple[Any, Any]]) -> list[str]:
    return [holder[key] for holder, key in places]


__all__ = ["Ends", "Pieces"]
