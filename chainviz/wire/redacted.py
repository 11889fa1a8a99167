"""Messages to the page without their secrets: every text in them, and what streams in pieces as one text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from time import monotonic
from typing import Any

from chainviz.tracing.pieces import Ends, Pieces
from chainviz.tracing.redact import Redactor
from chainviz.wire.lookups import Piece

Dict = dict[str, Any]

_VALUES = ("input", "output", "data", "tags", "metadata", "error")
_TEXTS = ("name", "path", "reason")
_LAST = ("end", "error", "cancel")
_PATIENCE = 1.0
"""Seconds that a batch waits for what tells whether it ends within a secret."""


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


def redacted_values(values: Dict, chunks: list[Piece], redactor: Redactor, *, over: bool) -> Dict:
    """A copy of a `messages.Values`. `chunks` are those of its values that are pieces of what a run says, with what it
    said around them; what ends them and may become a secret is taken for one, unless the runs are `over`."""
    pieces = Pieces(redactor, {})
    clean: Dict = redactor.value(values)
    for run, place, value in chunks:
        holder, key = ([value], 0) if place is None else (clean["values"], place)
        holder[key] = value
        pieces.take("", f"run {id(run)}{'/content' if isinstance(value, str) else ''}", holder, key)
    pieces.clean(() if over else ("",))
    return clean


class Batches:
    """Takes the secrets out of batches that follow one another."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._ends: Ends = {}
        self._turns: dict[tuple[str, str], int] = {}

    def redacted(self, batch: Dict, *, over: bool = False) -> Dict:
        """A copy of a `messages.Batch`. Where it ends within what may become a secret, that is taken for one, unless
        its runs are `over` or end in the batch."""
        chunks, pieces = self._chunks(batch["chunks"])
        return self._with(batch, chunks, pieces, () if over else _open(batch))

    def told(self, batch: Dict) -> Dict | None:
        """The same; None, with nothing taken note of, where it would end within what may become a secret."""
        chunks, pieces = self._chunks(batch["chunks"])
        return None if pieces.has_begun(_open(batch)) else self._with(batch, chunks, pieces, ())

    def _with(self, batch: Dict, chunks: list[Dict], pieces: Pieces, runs: Collection[str]) -> Dict:
        redactor = self._redactor
        pieces.clean(runs)
        clean = {
            **batch,
            "events": [_event(event, redactor) for event in batch["events"]],
            "chunks": chunks,
            "patches": self._patches(batch["patches"], runs),
            "graphs": _graphs(batch["graphs"], redactor),
        }
        for event in batch["events"]:
            if event["kind"] in _LAST:
                self._ends.pop(event["run"], None)
        return clean

    def _chunks(self, columns: list[Dict]) -> tuple[list[Dict], Pieces]:
        """Copies, and their pieces, which are still to be cleaned."""
        pieces = Pieces(self._redactor, self._ends)
        result: list[Dict] = []
        for column in columns:
            copy = _cleaned({**column, "texts": list(column["texts"])}, "like", self._redactor)
            if "values" in column:
                copy["values"] = list(column["values"])
            result.append(copy)
            for index, text in enumerate(column["texts"]):
                # A text alone is the content of a message, or goes on where one ended.
                stream, holder = ("", "values") if text is None else ("/content", "texts")
                pieces.take(column["run"], stream, copy[holder], index)
        return result, pieces

    def _patches(self, patches: list[Dict], runs: Collection[str]) -> list[Dict]:
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
        pieces.clean(runs)
        return result


class Waiting:
    """Tells batches that follow one another live: what may become a secret waits until it is known for one or not."""

    def __init__(self, redactor: Redactor) -> None:
        self._batches = Batches(redactor)
        self._batch: Dict | None = None
        self._since = 0.0

    def redacted(self, batch: Dict) -> Dict | None:
        """What can be told once this batch is there too, if anything: a copy of a `messages.Batch`."""
        if self._batch is None:
            self._since = monotonic()
        else:
            batch = _joined(self._batch, batch)
        clean = self._batches.told(batch)
        if clean is None and monotonic() - self._since > _PATIENCE:
            clean = self._batches.redacted(batch)
        self._batch = batch if clean is None else None
        return clean

    def __bool__(self) -> bool:
        return self._batch is not None


def _open(batch: Dict) -> set[str]:
    """The runs that may go on with what they say in it."""
    ended = {event["run"] for event in batch["events"] if event["kind"] in _LAST}
    return {column["run"] for column in batch["chunks"]} - ended


def _joined(first: Dict, then: Dict) -> Dict:
    """Two batches that follow one another as one."""
    lists = {name: first[name] + then[name] for name in ("events", "chunks", "patches", "graphs")}
    return {**then, **lists, "from_seq": first["from_seq"]}


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
