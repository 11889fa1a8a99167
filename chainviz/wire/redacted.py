"""A snapshot without its secrets: every text in it, and what streams in pieces as one text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import itemgetter
from typing import Any, cast

from chainviz.tracing.redact import Redactor

Dict = dict[str, Any]

_LABELS = frozenset({"$type", "class", "role", "id"})
_VALUES = ("input", "output", "data", "tags", "metadata", "error")
_TEXTS = ("name", "path", "reason")


def redacted(snapshot: Dict, redactor: Redactor) -> Dict:
    """A copy of a `messages.Snapshot`. Ids, times and kinds are as they were."""
    batch: Dict = snapshot["batch"]
    screen: Dict = snapshot.get("screen") or {}
    changed: Dict = {"screen": {**screen, "filter": redactor.text(screen["filter"])}} if screen.get("filter") else {}
    return {
        **snapshot,
        **changed,
        "batch": {
            **batch,
            "events": [_event(event, redactor) for event in batch["events"]],
            "chunks": _chunks(batch["chunks"], redactor),
            "patches": _patches(batch["patches"], redactor),
            "graphs": [_graph(entry, redactor) for entry in batch["graphs"]],
        },
    }


def _cleaned(entry: Dict, key: str, redactor: Redactor) -> Dict:
    return {**entry, key: redactor.value(entry[key])} if key in entry else entry


def _graph(entry: Dict, redactor: Redactor) -> Dict:
    if "graph" not in entry:
        return entry
    graph: Dict = entry["graph"]
    clean: Dict = redactor.value(graph)
    # Mermaid's ids are names with `_` for what is no letter, so a secret in a name has another form there.
    ids = Redactor(re.sub(r"\W", "_", secret) for name in _names(graph["root"]) for secret in redactor.found(name))
    return {**entry, "graph": {**clean, "exports": ids.value(clean["exports"])}}


def _names(node: Dict) -> Iterator[str]:
    yield node["name"]
    yield node["slot"] or ""
    for child in node["children"]:
        yield from _names(child)


def _event(event: Dict, redactor: Redactor) -> Dict:
    texts = {key: redactor.text(event[key]) for key in _TEXTS if key in event}
    return {**event, **texts, **{key: redactor.value(event[key]) for key in _VALUES if key in event}}


def _chunks(columns: list[Dict], redactor: Redactor) -> list[Dict]:
    pieces = _Pieces(redactor)
    result: list[Dict] = []
    order: list[tuple[int, str, list[Any], int]] = []
    for column in columns:
        copy = _cleaned({**column, "texts": list(column["texts"])}, "like", redactor)
        if "values" in column:
            copy["values"] = list(column["values"])
        result.append(copy)
        for index, seq in enumerate(accumulate(cast("list[int]", column["seqs"]))):
            is_text = column["texts"][index] is not None
            # A text alone is the content of a message, or goes on where one ended.
            stream = f"{column['run']}{'/content' if is_text else ''}"
            order.append((seq, stream, copy["texts" if is_text else "values"], index))
    for _, stream, holder, index in sorted(order, key=itemgetter(0)):
        pieces.take(stream, holder, index)
    pieces.clean()
    return result


def _patches(patches: list[Dict], redactor: Redactor) -> list[Dict]:
    pieces = _Pieces(redactor)
    turns: dict[tuple[str, str], int] = {}
    result: list[Dict] = []
    for patch in patches:
        ops: list[Dict] = []
        for op in patch["ops"]:
            path = op["path"]
            place = patch["root"], path
            if op["op"] == "replace":  # the text there begins anew
                turns[place] = turns.get(place, 0) + 1
            name = path.rpartition("/")[2]
            clean = {**op, "path": redactor.text(path), "value": redactor.named(name, op.get("value"))}
            pieces.take(f"{patch['root']} {path} {turns.get(place, 0)}", clean, "value")
            ops.append(clean)
        result.append({**patch, "ops": ops})
    pieces.clean()
    return result


class _Pieces:
    """Texts that stream in pieces, each at a place in some list or dict, which is changed once all are there."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._places: dict[str, list[tuple[Any, Any]]] = {}

    def take(self, stream: str, holder: Any, key: Any) -> None:
        """Note what stands in `holder` under `key` as the next piece of a stream; of a value, each of its texts."""
        value = holder[key]
        if isinstance(value, str):
            self._places.setdefault(stream, []).append((holder, key))
        elif isinstance(value, dict | list):
            holder[key] = self._redactor.value(value)
            self._within(stream, holder[key])

    def _within(self, stream: str, holder: Any) -> None:
        items: Iterable[tuple[Any, Any]] = (
            cast("Dict", holder).items() if isinstance(holder, dict) else enumerate(cast("list[Any]", holder))
        )
        for key, item in list(items):
            if isinstance(item, str):
                if key not in _LABELS:
                    self._places.setdefault(f"{stream}/{key}", []).append((cast("Any", holder), key))
            elif isinstance(item, dict | list):
                self._within(f"{stream}/{key}", item)

    def clean(self) -> None:
        for places in self._places.values():
            texts = self._redactor.texts([holder[key] for holder, key in places])
            for (holder, key), text in zip(places, texts, strict=True):
                holder[key] = text
