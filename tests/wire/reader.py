"""The page's part of the wire, in Python: takes batches in any order of arrival and rebuilds what the page shows."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from itertools import accumulate
from operator import itemgetter
from typing import Any
from zlib import decompress


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
        self.shapes: dict[int, Any] = {}
        self.roots: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.paths: dict[str, str] = {}

    def take(self, batch: dict[str, Any]) -> None:
        if batch["from_seq"] > self.have:
            self.needs = True
            return
        new = [event for event in batch["events"] if event["seq"] >= self.have]
        self.events += new
        for event in new:
            if event["kind"] == "start":
                self.roots[event["run"]] = self.roots.get(event["parent"], event["run"])
                self.types[event["run"]] = event["type"]
        patches = {patch["seq"]: patch for patch in batch["patches"]}
        chunks = [(seq, text, value, column) for column in batch["chunks"] for seq, text, value in chunks_of(column)]
        for seq, text, value, column in sorted(chunks, key=itemgetter(0)):  # a run may have several columns
            if seq >= self.have:
                self.chunks.setdefault(column["run"], []).append(value if text is None else text)
                if text is not None and seq not in patches:
                    patches[seq] = {"root": self.roots[column["run"]], "chunk": (column, text)}
        for seq in sorted(patches):
            if seq >= self.have:
                self.patch(patches[seq])
        for drawn in batch["graphs"]:
            if "graph" in drawn:
                self.shapes[drawn["shape"]] = drawn["graph"]
            self.graphs[drawn["root"]] = self.shapes[drawn["shape"]]
        self.have = max(self.have, batch["to_seq"])
        self.closed = self.closed or (batch["closed"] and batch["to_seq"] == self.have)

    def patch(self, patch: dict[str, Any]) -> None:
        root = patch["root"]
        ops = patch["ops"] if "ops" in patch else self.usual(root, *patch["chunk"])
        for op in ops:
            self.states[root] = applied(self.states.get(root), op)
            if op["path"].startswith("/logs/") and op["path"].count("/") == 2:
                self.paths[op["value"]["id"]] = op["path"]

    def usual(self, root: str, column: dict[str, Any], text: str) -> list[dict[str, Any]]:
        run, like = column["run"], column.get("like")
        value = {**like, "content": text} if like else text
        if run != root:
            path = self.paths[run]
            add = {"op": "add", "path": f"{path}/streamed_output/-", "value": value}
            texts = {"op": "add", "path": f"{path}/streamed_output_str/-", "value": text}
            return [texts, add] if self.types[run] in ("llm", "chat_model") else [add]
        add = {"op": "add", "path": "/streamed_output/-", "value": value}
        grows = {"op": "append", "path": "/final_output/content" if like else "/final_output", "value": text}
        return [add, grows] if text else [add]

    def seen(self) -> dict[str, Any]:
        """All of it, for comparison."""
        return {name: value for name, value in vars(self).items() if name != "needs"}


def chunks_of(column: dict[str, Any]) -> list[tuple[int, str | None, Any]]:
    """The seq, the text and the value of each chunk."""
    values = column.get("values") or [None] * len(column["seqs"])
    return list(zip(accumulate(column["seqs"]), column["texts"], values, strict=True))


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


def data_of(page: str) -> Any:
    """The snapshot in a saved page."""
    (text,) = re.findall(r'<script type="text/plain" id="snapshot">(.*?)</script>', page, re.DOTALL)
    return json.loads(decompress(b64decode(text)))
