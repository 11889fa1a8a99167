"""What it costs a run of LangChain's to be captured by a trace: prints rows of Markdown, in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import chainviz

from .kits import kit
from .programs import Call, drained, invoke_retrieval, invoke_three, stream

ROUNDS = 31
SECONDS = 0.1
AT_MOST = 10
HEAD = """
What a trace around it adds to the processor time of a run of langchain-core or LangGraph, from opening the trace to its
end; the models of the chains that are invoked stream there, as somebody watches. "Read" is what it takes once more to
make events of what was noted, when somebody looks. The answers over HTTP come from a process of their own.

| run | alone | captured | more | goal | read |
|---|--:|--:|--:|--:|--:|"""


class Row(NamedTuple):
    """Seconds, the medians of the rounds; what is more in percent, the median of the rounds' ratios."""

    name: str
    alone: float
    captured: float
    more: float
    read: float


def state_graph() -> Call:
    from langgraph.graph import END, START, StateGraph

    graph: Any = StateGraph(dict)
    graph.add_node("agent", lambda state: {"n": state["n"] + 1}).add_node("tools", lambda state: state)
    graph.add_edge(START, "agent").add_edge("tools", "agent")
    graph.add_conditional_edges("agent", lambda state: "tools" if state["n"] < 3 else END, ["tools", END])
    app = graph.compile()
    return lambda: app.invoke({"n": 0})


def agent() -> Call:
    """A model that calls two tools, and then one, before it answers."""
    from langchain_core.language_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.tools import tool
    from langgraph.graph import START, MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode, tools_condition

    @tool
    def search(query: str, limit: int = 5) -> str:
        """Find what there is about a query."""
        return f"{limit} results for {query}"

    @tool
    def calculate(left: float, right: float) -> float:
        """Add two numbers."""
        return left + right

    def calling(*calls: tuple[str, dict[str, Any]]) -> AIMessage:
        told = [{"name": name, "args": args, "id": str(number)} for number, (name, args) in enumerate(calls)]
        return AIMessage("", tool_calls=told)

    answers = [
        calling(("search", {"query": "birds"}), ("calculate", {"left": 1, "right": 2})),
        calling(("search", {"query": "owls"})),
        AIMessage("Owls are birds."),
    ]
    model = FakeMessagesListChatModel(responses=answers)
    graph: Any = StateGraph(MessagesState)
    graph.add_node("agent", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([search, calculate]))
    graph.add_edge(START, "agent").add_edge("tools", "agent").add_conditional_edges("agent", tools_condition)
    app = graph.compile()
    return lambda: app.invoke({"messages": [("user", "What are owls?")]})


def over_http(url: str) -> Call:
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_openai import ChatOpenAI

    told: Any = {"api_key": "none", "base_url": url, "model": "bench"}
    chain = ChatPromptTemplate.from_template("Tell me of {topic}.") | ChatOpenAI(**told) | StrOutputParser()
    return drained(lambda: chain.stream({"topic": "birds"}))


@contextmanager
def answering() -> Iterator[str]:
    """A server that streams an answer of 50 tokens to whoever asks: its address."""
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.answering"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def runs(url: str) -> dict[str, Call]:
    theirs = kit("langchain_core")
    return {
        "invoke, 3 no-op steps": invoke_three(theirs, 1),
        "invoke, retrieval chain": invoke_retrieval(theirs, 1),
        "stream, 2,000 tokens": stream(theirs, 2_000),
        "LangGraph, a loop of 5 steps": state_graph(),
        "LangGraph, an agent and its tools": agent(),
        "stream, 50 tokens of ChatOpenAI over HTTP": over_http(url),
    }


def spent(call: Call, number: int) -> float:
    started = time.process_time()
    for _ in range(number):
        call()
    return (time.process_time() - started) / number


def measured(name: str, call: Call) -> Row:
    number = max(1, int(SECONDS / spent(call, 3)))
    rounds: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        alone = spent(call, number)
        started = time.process_time()
        with chainviz.trace() as t:
            spent(call, number)
        captured = (time.process_time() - started) / number
        read = spent(lambda trace=t: trace.recorder.count, 1) / number
        rounds.append((alone, captured, read))
    alone, captured, read = (statistics.median(times[which] for times in rounds) for which in (0, 1, 2))
    return Row(
        name, alone, captured, 100 * (statistics.median(after / before for before, after, _ in rounds) - 1), read
    )


def main() -> int:
    from .__main__ import shown

    print(HEAD, flush=True)
    missed = 0
    with answering() as url:
        for name, call in runs(url).items():
            row = measured(name, call)
            missed += row.more > AT_MOST
            more = f"{row.more:.0f} %" if row.more <= AT_MOST else f"**{row.more:.0f} %**"
            cells = name, shown(row.alone), shown(row.captured), more, f"≤ {AT_MOST} %", shown(row.read)
            print(f"| {' | '.join(cells)} |", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
