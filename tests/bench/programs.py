"""The work that is measured, written once for our core and for the reference, and by hand where a limit is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

from .kits import Kit

Call = Callable[[], Any]


class Work(NamedTuple):
    """`build(kit, size)` gives what is timed, `by_hand(size)` the same without a core.

    `size` is the number of tokens or items, 1 where there is none. `reference_size` is smaller where the reference
    takes too long; `sizes` are those over which the growth is measured.
    """

    name: str
    build: Callable[[Kit, int], Call]
    size: int = 1
    by_hand: Callable[[int], Call] | None = None
    at_least: float | None = None
    """How many times faster than the reference it has to be."""
    at_most: float | None = None
    """How many times what it costs by hand it may cost."""
    sizes: tuple[int, ...] = ()


# --- chains ----------------------------------------------------------------------------------------------------------


def same(x: Any) -> Any:
    return x


async def asame(x: Any) -> Any:
    return x


def three(kit: Kit) -> Any:
    return kit.RunnableLambda(same) | same | same


def athree(kit: Kit) -> Any:
    return kit.RunnableLambda(asame) | asame | asame


def model(kit: Kit, tokens: int) -> Any:
    """A chat model that answers at once, in that many tokens."""

    class Model(kit.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "bench"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            return kit.ChatResult(generations=[kit.ChatGeneration(message=kit.AIMessage(content="hello"))])

        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
            for _ in range(tokens):
                yield kit.ChatGenerationChunk(message=kit.AIMessageChunk(content="token "))

        async def _astream(
            self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
        ) -> AsyncIterator[Any]:
            for _ in range(tokens):
                yield kit.ChatGenerationChunk(message=kit.AIMessageChunk(content="token "))

    return Model()


def answering(kit: Kit, tokens: int) -> Any:
    return kit.ChatPromptTemplate.from_template("Tell me of {topic}.") | model(kit, tokens) | kit.StrOutputParser()


def retrieval(kit: Kit) -> Any:
    documents = [kit.Document(page_content="Harrison worked at Kensho.")]

    class Docs(kit.BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> Any:
            return documents

    given = {"context": Docs(), "question": kit.RunnablePassthrough()}
    prompt = kit.ChatPromptTemplate.from_template("Answer from {context}: {question}")
    return kit.RunnableParallel(given) | prompt | model(kit, 1) | kit.StrOutputParser()


# --- what is timed ---------------------------------------------------------------------------------------------------


def drained(make: Callable[[], Iterator[Any]]) -> Call:
    def drain() -> None:
        for _ in make():
            pass

    return drain


def adrained(make: Callable[[], AsyncIterator[Any]]) -> Call:
    async def drain() -> None:
        async for _ in make():
            pass

    return lambda: asyncio.run(drain())


def invoke_three(kit: Kit, _: int) -> Call:
    chain = three(kit)
    return lambda: chain.invoke(1)


def invoke_answering(kit: Kit, _: int) -> Call:
    chain = answering(kit, 1)
    return lambda: chain.invoke({"topic": "birds"})


def invoke_retrieval(kit: Kit, _: int) -> Call:
    chain = retrieval(kit)
    return lambda: chain.invoke("Where?")


def invoke_parallel(kit: Kit, _: int) -> Call:
    chain = kit.RunnableParallel({str(number): same for number in range(5)})
    return lambda: chain.invoke(1)


def batch(kit: Kit, size: int) -> Call:
    chain, inputs = three(kit), list(range(size))
    return lambda: chain.batch(inputs)


def ainvoke_three(kit: Kit, _: int) -> Call:
    return repeated(athree(kit).ainvoke)


def abatch(kit: Kit, size: int) -> Call:
    chain, inputs = athree(kit), list(range(size))
    return lambda: asyncio.run(chain.abatch(inputs))


def stream(kit: Kit, size: int) -> Call:
    chain = answering(kit, size)
    return drained(lambda: chain.stream({"topic": "birds"}))


def astream(kit: Kit, size: int) -> Call:
    chain = answering(kit, size)
    return adrained(lambda: chain.astream({"topic": "birds"}))


def events(version: str) -> Callable[[Kit, int], Call]:
    def build(kit: Kit, size: int) -> Call:
        chain = answering(kit, size)
        return adrained(lambda: chain.astream_events({"topic": "birds"}, version=version))

    return build


def log(kit: Kit, size: int) -> Call:
    chain = answering(kit, size)
    return adrained(lambda: chain.astream_log({"topic": "birds"}))


def states(kit: Kit, size: int) -> Call:
    """The states one after another, and once more the patches added up; the last state is read."""
    chain = answering(kit, size)

    async def fold() -> None:
        last: Any = None
        async for state in chain.astream_log({"topic": "birds"}, diff=False):
            last = state
        total: Any = None
        async for patch in chain.astream_log({"topic": "birds"}):
            total = patch if total is None else total + patch
        assert total.state["final_output"] == last.state["final_output"] == "token " * size

    return lambda: asyncio.run(fold())


def handled(kit: Kit, _: int) -> Call:
    class Handler(kit.BaseCallbackHandler):
        def on_chain_start(self, *args: Any, **kwargs: Any) -> None: ...

        def on_chain_end(self, *args: Any, **kwargs: Any) -> None: ...

    chain, config = three(kit), {"callbacks": [Handler()]}
    return lambda: chain.invoke(1, config)


REPEATED = 1_000


def repeated(verb: Callable[[int], Any]) -> Call:
    async def repeat() -> None:
        for number in range(REPEATED):
            await verb(number)

    return lambda: asyncio.run(repeat())


# --- by hand ---------------------------------------------------------------------------------------------------------


async def athree_by_hand(x: int) -> int:
    return await asame(await asame(await asame(x)))


def batch_by_hand(size: int) -> Call:
    inputs = list(range(size))
    return lambda: [same(same(same(x))) for x in inputs]


def abatch_by_hand(size: int) -> Call:
    async def gathered() -> list[int]:
        return await asyncio.gather(*(athree_by_hand(x) for x in range(size)))

    return lambda: asyncio.run(gathered())


WORK = [
    Work("invoke, 3 no-op steps", invoke_three, 1, lambda _: lambda: same(same(same(1))), at_least=300, at_most=5),
    Work("invoke, prompt, chat model, parser", invoke_answering),
    Work("invoke, retrieval chain", invoke_retrieval, at_least=150),
    Work("invoke, parallel of 5", invoke_parallel),
    Work("batch of 1,000, 3 steps", batch, 1_000, batch_by_hand, at_least=300, at_most=6),
    Work("ainvoke, 3 async steps, 1,000 times", ainvoke_three, REPEATED, lambda _: repeated(athree_by_hand), 200, 5),
    Work("abatch of 1,000, 3 async steps", abatch, 1_000, abatch_by_hand, at_most=1.5),
    Work("stream, 10,000 tokens", stream, 10_000, at_least=25),
    Work("astream, 10,000 tokens", astream, 10_000, at_least=80),
    Work("astream_events v2, 10,000 tokens", events("v2"), 10_000, at_least=40, sizes=(2_500, 5_000, 10_000)),
    Work("astream_events v1, 4,000 tokens", events("v1"), 4_000, at_least=500, sizes=(2_000, 4_000, 8_000)),
    Work("astream_log, 8,000 tokens", log, 8_000, at_least=80, sizes=(2_000, 4_000, 8_000)),
    Work("folding the log, 500 tokens", states, 500, at_least=700, sizes=(2_000, 4_000, 8_000)),
    Work("invoke, 3 steps with a callback handler", handled, at_least=25),
]
