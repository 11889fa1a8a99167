"""The page's part of the wire, in Python: takes batches in any order of arrival and rebuilds what the page shows."""

from __future__ import annotations

from typing import Any


class Reader:
    """Applies batches; `needs` tells that one is missing."""

    def __init__(self) -> None:
        self.have = 0
        self.closed = False
        self.needs = False
        self.events: list[dict[str, Any]] = []
        self.chunks: dict[str, list[Any]] = {}
        self.states: dict[str, Any] = {}
        self.graphs: dict[str, Any] = {}

    def take(self, batch: dict[str, Any]) -> None:
        if batch["from_seq"] > self.have:
            self.needs = True
            return
        new = [event for event in batch["events"] if event["seq"] >= self.have]
        self.events += new
        for column in batch["chunks"]:
            values = column.get("values") or [None] * len(column["seqs"])
            parts = zip(column["seqs"], column["texts"], values, strict=True)
            self.chunks.setdefault(column["run"], []).extend(
                value if text is None else text for seq, text, value in parts if seq >= self.have
            )
        for patch in batch["patches"]:
            if patch["seq"] >= self.have:
                for op in patch["ops"]:
                    self.states[patch["root"]] = applied(self.states.get(patch["root"]), op)
        self.graphs |= {graph["root"]: graph["graph"] for graph in batch["graphs"]}
        self.have = max(self.have, batch["to_seq"])
        self.closed = self.closed or (batch["closed"] and batch["to_seq"] == self.have)

    def seen(self) -> dict[str, Any]:
        """All of it, for comparison."""
        return {name: value for name, value in vars(self).items() if name != "needs"}


def applied(state: Any, op: dict[str, Any]) -> Any:
    """The state after one wire operation; changes it in place."""
    if op["path"] == "":
        return op["value"]
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in op["path"].split("/")[1:]]
    node = state
    for key in way:
        node = node[key]
    if last == "-":
        assert op["op"] == "add"
        node.append(op["value"])
    elif op["op"] == "append":
        node[last] += op["value"]
    else:
        assert op["op"] == "add" or last in node
        node[last] = op["value"]
    return state
