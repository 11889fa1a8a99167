"""A trace in every form that the wire has, for both sides to read: `python -m tests.wire.golden` writes it."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from uuid import UUID

from chainviz import AIMessageChunk, RunnableLambda
from chainviz.tracing.events import CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.trace import Trace
from chainviz.wire.columns import ColumnReader
from chainviz.wire.frames import snapshot
from chainviz.wire.requests import Answers

GOLDEN = Path(__file__).parents[2] / "js" / "tests" / "golden"


def double(x: int) -> int:
    return 2 * x


STEP = RunnableLambda(double)
GRAPH = {
    "root": {
        "id": "",
        "kind": "lambda",
        "name": "chain",
        "class_name": "RunnableLambda",
        "input_type": "int",
        "output_type": "int",
    }
}
"""Stands for the graph, which has tests of its own."""


def recorded() -> Trace:
    """Two root runs: a model that streams inside a chain, and one that fails; always the same."""
    t = Trace()
    t.id = "0" * 32
    t.recorder.anchor = (0, 1_700_000_000_000_000_000)
    ids = (UUID(int=number) for number in range(1, 100))
    clock = iter(range(0, 10**12, 1_230_000))

    def run(type: Any, name: str, parent: Run | None = None, segment: str | None = None, **rest: Any) -> Run:
        return Run(type, name, parent, segment, id=next(ids), start=0, **rest)

    def chunk(content: str) -> AIMessageChunk:
        return AIMessageChunk(content, id="m1")

    t.begin()
    chain = run("chain", "chain", step=STEP)
    model = run("chat_model", "model", chain, "seq:1", tags=["seq:step:1"], metadata={"ls_provider": "fake"})
    parser = run("parser", "parser", chain, "seq:2", tags=["seq:step:2"])
    t(RunStart(next(clock), chain, {"question": "where?"}))
    t(RunStart(next(clock), model, {"messages": ["where?"]}))
    t(RunStart(next(clock), parser))
    for text in ("Har", "ri", "", "son"):
        t(RunChunk(next(clock), model, chunk(text)))
        t(RunChunk(next(clock), parser, text))
        t(RunChunk(next(clock), chain, text))
    t(RunChunk(next(clock), model, AIMessageChunk("", id="m1", usage_metadata=_usage(7))))
    t(CustomEvent(next(clock), parser, "progress", {"n": 1}))
    t(RunEnd(next(clock), model, AIMessageChunk("Harrison", id="m1", usage_metadata=_usage(7))))
    t(RunEnd(next(clock), parser, "Harrison", "Harrison as it came"))
    t(RunEnd(next(clock), chain, "Harrison"))
    second = run("chain", "chain", step=STEP)
    tool = run("tool", "search", second, "call:search")
    third = run("retriever", "Docs", second, "call:Docs")
    t(RunStart(next(clock), second, 1))
    t(RunStart(next(clock), tool, {"q": 1}))
    t(RunStart(next(clock), third, "q"))
    t(RunCancel(next(clock), third, "its consumer left"))
    t(RunError(next(clock), tool, ValueError("no luck")))
    t(RunError(next(clock), second, ValueError("no luck")))
    t.finish()
    return t


def _usage(tokens: int) -> dict[str, int]:
    return {"input_tokens": 1, "output_tokens": tokens, "total_tokens": tokens + 1}


def forms() -> dict[str, Any]:
    """The trace as a snapshot and as columns, with what a page then asks for."""
    t = recorded()
    columns, buffers = ColumnReader(t).part()
    whole = snapshot(t)
    root = str(t.roots[0].id)
    asked = [
        {"v": 1, "type": "values", "id": "v", "seqs": list(range(t.recorder.count))},
        *({"v": 1, "type": "state", "id": "s", "root": str(root.id), "from_seq": 0} for root in t.roots),
        {"v": 1, "type": "search", "id": "f", "text": "HARRISON", "from_seq": 0},
        {"v": 1, "type": "screen", "id": "w", "selected": root, "filter": "", "cursor": 5, "origin": "p"},
    ]
    answers = [Answers(t).to(request) for request in asked]
    columns["now"] = whole["now"] = 0.0
    for drawn in (*columns["graphs"], *whole["batch"]["graphs"]):
        if "graph" in drawn:
            drawn["graph"] = GRAPH
    return {
        "snapshot": whole,
        "columns": columns,
        "buffers": [b64encode(buffer).decode() for buffer in buffers],
        "requests": asked,
        "replies": [reply for reply, _ in answers],
        "reply_buffers": [b64encode(bits).decode() for _, buffers in answers for bits in buffers],
    }


if __name__ == "__main__":
    text = json.dumps(forms(), indent=1, ensure_ascii=False)
    (GOLDEN / "columns.json").write_text(text + "\n", encoding="utf-8")
