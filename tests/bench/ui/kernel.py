"""What the bench's cells call in the kernel: chains that stream at a pace, and long traces made without running one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any, TypedDict

import anywidget
from IPython.display import clear_output, display

from chainviz import (
    AIMessageChunk,
    BaseChatModel,
    ChatPromptTemplate,
    FakeListChatModel,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StrOutputParser,
    Trace,
)
from chainviz.outputs import ChatGenerationChunk, ChatResult
from chainviz.tracing.events import Run, RunChunk, RunEnd, RunStart

TOKEN = " token"
"""All of one length, so that the length of the text on the page says how many of them stand there."""
NAME = "model"


class Bare(anywidget.AnyWidget):
    """As little as a widget can be."""

    _esm = "export default { render: ({ el }) => void (el.textContent = 'done') }"


class Paced(BaseChatModel):
    """Answers in so many tokens, so many a second; with `busy`, each takes so many nanoseconds of the processor."""

    tokens: int
    per_second: float
    busy: int = 0

    @property
    def blocks(self) -> bool:
        return True

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
        began = time.perf_counter()
        for number in range(self.tokens):
            done = time.thread_time_ns() + self.busy
            while self.busy and time.thread_time_ns() < done:
                pass
            early = began + number / self.per_second - time.perf_counter()
            if early > 0 and not self.busy:
                time.sleep(max(early, 0.001))  # shorter ones cost more than they take
            yield ChatGenerationChunk(AIMessageChunk(TOKEN))


def chain(tokens: int, per_second: float, busy: int = 0) -> Any:
    model = Paced(tokens=tokens, per_second=per_second, busy=busy).with_config(run_name=NAME)
    return ChatPromptTemplate.from_template("Say {what}") | model | StrOutputParser()


def run(t: Trace, tokens: int, per_second: float, busy: int = 0) -> None:
    with t:
        for _ in chain(tokens, per_second, busy).stream({"what": "it"}):
            pass


def long_chain(steps: int) -> Any:
    """A chain of so many steps, every tenth of which has two of them side by side."""
    asked = ChatPromptTemplate.from_template("Say {a}") | Paced(tokens=1, per_second=1) | StrOutputParser()
    beside = RunnableParallel(a=RunnablePassthrough(), b=RunnableLambda(len))
    chain: Any = RunnablePassthrough()
    for number in range(0, steps, 10):
        chain = chain | beside | (asked if number % 20 else StrOutputParser() | StrOutputParser())
        for _ in range(4):
            chain = chain | StrOutputParser()
    return chain


def states(rows: int, across: int) -> Any:
    """A LangGraph graph of so many rows of nodes, each of which follows two of the row before."""
    from langgraph.graph import START, StateGraph

    graph: Any = StateGraph(TypedDict("State", {"n": int}))
    for row in range(rows):
        for at in range(across):
            graph.add_node(f"{row}.{at}", lambda state: {})
            for after in (at, (at + 3) % across):
                graph.add_edge(f"{row - 1}.{after}" if row else START, f"{row}.{at}")
    return graph.compile()


def made(t: Trace) -> list[float]:
    """When each token was made, in milliseconds since the epoch."""
    monotonic, wall = t.recorder.anchor
    chunks = (event for event in t.recorder.events if isinstance(event, RunChunk) and event.run.name == NAME)
    return [(event.t - monotonic + wall) / 1e6 for event in chunks if event.chunk.content]


def cost_of_watching(rounds: int, tokens: int) -> tuple[float, float]:
    """How many times its processor time and its duration a chain takes with a view of its trace, of that without."""
    _cost(tokens, watched=True)  # what is made once a kernel
    ratios: list[tuple[float, float]] = []
    for number in range(rounds):
        first = number % 2 == 0
        costs = {watched: _cost(tokens, watched=watched) for watched in (first, not first)}
        ratios.append((costs[True][0] / costs[False][0], costs[True][1] / costs[False][1]))
    processor, duration = zip(*ratios, strict=True)
    return statistics.median(processor), statistics.median(duration)


def _cost(tokens: int, *, watched: bool) -> tuple[float, float]:
    t = Trace()
    clear_output()
    if watched:
        display(t)
    time.sleep(1)  # the panel stands before the chain begins
    processor, began = time.process_time(), time.perf_counter()
    run(t, tokens, 1, busy=900_000)
    duration = time.perf_counter() - began
    time.sleep(0.3)  # all is sent
    return time.process_time() - processor, duration


def long(events: int) -> Trace:
    """A closed trace of at least so many events: calls of a prompt, a model and a parser, eight tokens each."""
    called = chain(8, 1)
    t = Trace(max_events=2 * events)
    t.begin()
    now, ms = t.recorder.anchor[0], 1_000_000
    texts = ["The", " answer", " to", " number", " one", " is", " not", " known"]
    tags, metadata = ["long"], {"user": "u"}
    while t.recorder.count < events:
        question = {"what": f"it {t.recorder.count}"}
        root = Run("chain", "RunnableSequence", tags=tags, metadata=metadata, step=called, start=now)
        t(RunStart(now, root, question))
        prompt = Run("prompt", "ChatPromptTemplate", root, "seq:1", [*tags, "seq:step:1"], metadata, start=now)
        t(RunStart(now, prompt, question))
        t(RunEnd(now + ms, prompt, f"Human: Say {question['what']}"))
        model = Run("chat_model", NAME, root, "seq:2", [*tags, "seq:step:2"], metadata, start=now + ms)
        t(RunStart(now + ms, model, f"Human: Say {question['what']}"))
        parser = Run("parser", "StrOutputParser", root, "seq:3", [*tags, "seq:step:3"], metadata, start=now + 2 * ms)
        t(RunStart(now + 2 * ms, parser))
        for number, text in enumerate(texts, 3):
            t(RunChunk(now + number * ms, model, AIMessageChunk(text, id="m")))
            t(RunChunk(now + number * ms, parser, text))
            t(RunChunk(now + number * ms, root, text))
        answer = "".join(texts)
        t(RunEnd(now + 12 * ms, model, AIMessageChunk(answer, id="m")))
        t(RunEnd(now + 12 * ms, parser, answer))
        t(RunEnd(now + 13 * ms, root, answer))
        now += 14 * ms
    t.finish()
    return t


def beyond(events: int) -> Trace:
    """A closed trace of so many events: one chain that gives a text again and again."""
    t = Trace()
    now = t.recorder.anchor[0]
    root = Run("chain", "RunnableGenerator", start=now)
    chunk = RunChunk(now + 1, root, "text")
    t.recorder.take([RunStart(now, root, "in"), *[chunk] * (events - 2), RunEnd(now + 2, root, "out")], 0, 0)
    t.leave()
    return t


def many_runs(runs: int) -> Trace:
    """A closed trace of so many real runs."""
    model = FakeListChatModel(responses=["harrison worked at kensho", "nobody knows"])
    called = RunnableLambda(str.strip) | ChatPromptTemplate.from_template("Answer: {input}") | model | StrOutputParser()
    with Trace() as t:
        for number in range(runs // 5):
            called.invoke(f" where did number {number} work? ")
    return t
