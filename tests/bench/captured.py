"""What it costs a run of LangChain's to be captured by a trace: prints rows of Markdown, in a process of its own."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any, NamedTuple

import chainviz

from .kits import kit
from .programs import Call, invoke_retrieval, invoke_three, stream

ROUNDS = 31
SECONDS = 0.1
AT_MOST = 10
HEAD = """
What a trace around it adds to the processor time of a run of langchain-core or LangGraph; the models of the chains that
are invoked stream there, as somebody watches.

| run | alone | captured | more | goal |
|---|--:|--:|--:|--:|"""


class Row(NamedTuple):
    name: str
    alone: float
    captured: float
    more: float
    """Percent; the median of the rounds."""


def state_graph() -> Call:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(dict)
    graph.add_node("agent", lambda state: {"n": state["n"] + 1}).add_node("tools", lambda state: state)
    graph.add_edge(START, "agent").add_edge("tools", "agent")
    graph.add_conditional_edges("agent", lambda state: "tools" if state["n"] < 3 else END, ["tools", END])
    app = graph.compile()
    return lambda: app.invoke({"n": 0})


def runs() -> dict[str, Call]:
    theirs = kit("langchain_core")
    return {
        "invoke, 3 no-op steps": invoke_three(theirs, 1),
        "invoke, retrieval chain": invoke_retrieval(theirs, 1),
        "stream, 2,000 tokens": stream(theirs, 2_000),
        "LangGraph, a loop of 5 steps": state_graph(),
    }


def spent(call: Call, number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        call()
    return (time.process_time() - started) / number


def measured(name: str, call: Call) -> Row:
    number = max(1, int(SECONDS / spent(call, 3)))
    rounds: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        alone = spent(call, number)
        with chainviz.trace():
            rounds.append((alone, spent(call, number)))
    alone, captured = (statistics.median(times[which] for times in rounds) for which in (0, 1))
    return Row(name, alone, captured, 100 * (statistics.median(after / before for before, after in rounds) - 1))


def main() -> int:
    from .__main__ import shown

    print(HEAD, flush=True)
    missed = 0
    for name, call in runs().items():
        row = measured(name, call)
        missed += row.more > AT_MOST
        more = f"{row.more:.0f} %" if row.more <= AT_MOST else f"**{row.more:.0f} %**"
        print(f"| {name} | {shown(row.alone)} | {shown(row.captured)} | {more} | ≤ {AT_MOST} % |", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
