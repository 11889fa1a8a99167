"""Messages to the page without their secrets: every text in them, and what streams in pieces as one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter
from typing import Any, cast

from chainviz.tracing.pieces import Ends, Pieces
from chainviz.tracing.redact import Redactor

Dict = dict[str, Any]

_VALUES = ("input", "output", "data", "tags", "metadata", "error")
_TEXTS = ("name", "path", "reason")
_LAST = ("end", "error", "cancel")


def redacted(snapshot: Dict, redactor: Redactor) -> Dict:
    """A copy of a `messages.Snapshot`. Ids, times and kinds are as they were."""
    return {**_screened(snapshot, redactor), "batch": Batches(redactor).redacted(snapshot["batch"])}


def redacted_screen(screen: Dict, redactor: Redactor) -> Dict:
    """A copy of a `messages.Screen`."""
    return {**screen, "filter": redactor.text(screen["filter"])}


def _screened(about: Dict, redactor: Redactor) -> Dict:
    return {**about, "screen": redacted_screen(about["screen"], redactor)} if about.get("screen") else about


def redacted_columns(header: Dict, redactor: Redactor) -> Dict:
    """A copy of a `messages.Columns`."""
    table: Dict = header["runs"]
    return {
        **_screened(header, redactor),
        "runs": {**table, **{name: redactor.value(table[name]) for name in ("texts", "tag_lists", "metadata_list")}},
        "graphs": _graphs(header["graphs"], redactor),
        "errors": redactor.value(header["errors"]),
        "notes": redactor.value(header["notes"]),
    }


def redacted_values(values: Dict, runs: list[Any], redactor: Redactor) -> Dict:
    """A copy of a `messages.Values`. `runs` tells of each value that is a piece of a text whose text it is."""
    pieces = Pieces(redactor, {})
    clean: Dict = {**redactor.value({**values, "values": []}), "values": list(values["values"])}
    for index, run in enumerate(runs):
        pieces.take("", str(index) if run is None else f"run {id(run)}", clean["values"], index)
    pieces.clean()
    return clean


class Batches:
    """Takes the secrets out of batches that follow one another. A secret whose pieces come in several of them goes from
    where it can be known on."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._ends: Ends = {}
        self._turns: dict[tuple[str, str], int] = {}

    def redacted(self, batch: Dict) -> Dict:
        """A copy of a `messages.Batch`."""
        redactor = self._redactor
        clean = {
            **batch,
            "events": [_event(event, redactor) for event in batch["events"]],
            "chunks": self._chunks(batch["chunks"]),
            "patches": self._patches(batch["patches"]),
            "graphs": _graphs(batch["graphs"], redactor),
        }
        for event in batch["events"]:
            if event["kind"] in _LAST:
                self._ends.pop(event["run"], None)
        return clean

    def _chunks(self, columns: list[Dict]) -> list[Dict]:
        pieces = Pieces(self._redactor, self._ends)
        result: list[Dict] = []
        order: list[tuple[int, str, str, list[Any], int]] = []
        for column in columns:
            copy = _cleaned({**column, "texts": list(column["texts"])}, "like", self._redactor)
            if "values" in column:
                copy["values"] = list(column["values"])
            result.append(copy)
            for index, seq in enumerate(accumulate(cast("list[int]", column["seqs"]))):
                is_text = column["texts"][index] is not None
                # A text alone is the content of a message, or goes on where one ended.
                stream = "/content" if is_text else ""
                order.append((seq, column["run"], stream, copy["texts" if is_text else "values"], index))
        for _, run, stream, holder, index in sorted(order, key=itemgetter(0)):
            pieces.take(run, stream, holder, index)
        pieces.clean()
        return result

    def _patches(self, patches: list[Dict]) -> list[Dict]:
        pieces = Pieces(self._redactor, self._ends)
        turns = self._turns
        result: list[Dict] = []
        for patch in patches:
            ops: list[Dict] = []
            for op in patch["ops"]:
                path = op["path"]
                place = patch["root"], path
                if op["op"] == "replace":  # the text there begins anew
                    turns[place] = turns.get(place, 0) + 1
                name = path.rpartition("/")[2]
                value = self._redactor.named(name, op.get("value"))
                clean = {**op, "path": self._redactor.text(path), "value": value}
                pieces.take(patch["root"], f" {path} {turns.get(place, 0)}", clean, "value")
                ops.append(clean)
            result.append({**patch, "ops": ops})
        pieces.clean()
        return result


def _cleaned(entry: Dict, key: str, redactor: Redactor) -> Dict:
    return {**entry, key: redactor.value(entry[key])} if key in entry else entry


def redacted_graph(graph: Dict, redactor: Redactor) -> Dict:
    """A copy of a `messages.Graph`."""
    clean: Dict = redactor.value(graph)
    # Mermaid's ids are names with `_` for what is no letter, so a secret in a name has another form there.
    ids = Redactor(re.sub(r"\W", "_", secret) for name in _names(graph["root"]) for secret in redactor.found(name))
    return {**clean, "exports": ids.value(clean["exports"])}


def _graphs(entries: list[Dict], redactor: Redactor) -> list[Dict]:
    return [
        {**entry, "graph": redacted_graph(entry["graph"], redactor)} if "graph" in entry else entry for entry in entries
    ]


def _names(node: Dict) -> Iterator[str]:
    yield node["name"]
    yield node["slot"] or ""
    for child in node["children"]:
        yield from _names(child)


def _event(event: Dict, redactor: Redactor) -> Dict:
    texts = {key: redactor.text(event[key]) for key in _TEXTS if key in event}
    return {**event, **texts, **{key: redactor.value(event[key]) for key in _VALUES if key in event}}
