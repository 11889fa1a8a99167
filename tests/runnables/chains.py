"""Random chains of everything that a chain is made of, whose steps fail, dawdle and stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from hypothesis import strategies as st

from chainviz import (
    AIMessage,
    AIMessageChunk,
    BaseChatModel,
    BaseLLM,
    BaseRetriever,
    Document,
    Runnable,
    RunnableBranch,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnablePick,
    StrOutputParser,
    StructuredTool,
    adispatch_custom_event,
    dispatch_custom_event,
)
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult, Generation, LLMResult

PAUSE = 0.0005
"""Seconds that a slow step takes."""


class Trouble(Exception):
    """What the steps raise."""


class Halt(BaseException):
    """What they raise in some chains: no `except Exception` stops it."""


class Stage:
    """Makes the steps of one example, whose trouble is of one class, and counts those that are still at work:
    `blocking` those that no cancel reaches when they run in a thread, `busy` the others."""

    def __init__(self, error: type[BaseException] = Trouble) -> None:
        self._error = error
        self.raised: list[BaseException] = []
        self.busy = 0
        self.blocking = 0

    def act(self, fails: bool, slow: bool) -> None:
        self.blocking += 1
        try:
            if slow:
                time.sleep(PAUSE)
            self._fail(fails)
        finally:
            self.blocking -= 1

    async def aact(self, fails: bool, slow: bool) -> None:
        self.busy += 1
        try:
            await asyncio.sleep(PAUSE if slow else 0)
            self._fail(fails)
        finally:
            self.busy -= 1

    def _fail(self, fails: bool) -> None:
        if fails:
            error = self._error(str(len(self.raised)))
            self.raised.append(error)
            raise error

    # --- leaves ------------------------------------------------------------------------------------------------

    def function(self, fails: bool, slow: bool) -> Any:
        def work(x: Any) -> Any:
            self.act(fails, slow)
            return short(x)

        return RunnableLambda(work)

    def coroutine(self, fails: bool, slow: bool) -> Any:
        async def awork(x: Any) -> Any:
            await self.aact(fails, slow)
            return short(x)

        return RunnableLambda(self.function(fails, slow).func, awork)

    def generator(self, fails: bool, slow: bool) -> Any:
        """Chunk by chunk, in threads and in tasks."""

        def work(chunks: Iterator[Any]) -> Iterator[Any]:
            self.blocking += 1
            try:
                for chunk in chunks:
                    yield short(chunk)
                    self.act(fails, slow)
                    yield "!"
            finally:
                self.blocking -= 1

        async def awork(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
            self.busy += 1
            try:
                async for chunk in chunks:
                    yield short(chunk)
                    await self.aact(fails, slow)
                    yield "!"
            finally:
                self.busy -= 1

        return RunnableGenerator(work, awork)

    def generating(self, fails: bool, slow: bool) -> Any:
        """A function that is a generator."""

        def work(x: Any) -> Iterator[Any]:
            yield short(x)
            self.act(fails, slow)
            yield "?"

        async def awork(x: Any) -> AsyncIterator[Any]:
            yield short(x)
            await self.aact(fails, slow)
            yield "?"

        return RunnableLambda(work, awork)

    def impatient(self, fails: bool, slow: bool) -> Any:
        """Reads one chunk and is content."""

        def work(chunks: Iterator[Any]) -> Iterator[Any]:
            for chunk in chunks:
                self.act(fails, slow)
                yield short(chunk)
                return

        async def awork(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
            async for chunk in chunks:
                await self.aact(fails, slow)
                yield short(chunk)
                return

        return RunnableGenerator(work, awork)

    def model(self, fails: bool, slow: bool) -> Any:
        return RunnableLambda(short) | Model(stage=self, fails=fails, slow=slow) | StrOutputParser()

    def texts(self, fails: bool, slow: bool) -> Any:
        """A model that is given all texts of a batch at once."""
        return RunnableLambda(short) | Texts(stage=self, fails=fails, slow=slow)

    def retriever(self, fails: bool, slow: bool) -> Any:
        return RunnableLambda(short) | Retriever(stage=self, fails=fails, slow=slow)

    def tool(self, fails: bool, slow: bool) -> Any:
        def work(text: str) -> str:
            self.act(fails, slow)
            return text

        async def awork(text: str) -> str:
            await self.aact(fails, slow)
            return text

        made = StructuredTool.from_function(work, None if slow else awork, name="tool", description="a tool")
        return RunnableLambda(lambda x: {"text": short(x)}) | made

    def telling(self, fails: bool, slow: bool) -> Any:
        """Sends events of its own."""

        def work(x: Any) -> Any:
            dispatch_custom_event("began", x)
            self.act(fails, slow)
            dispatch_custom_event("done", x)
            return short(x)

        async def awork(x: Any) -> Any:
            await adispatch_custom_event("began", x)
            await self.aact(fails, slow)
            await adispatch_custom_event("done", x)
            return short(x)

        return RunnableLambda(work) if slow else RunnableLambda(work, awork)

    def early(self, fails: bool, slow: bool) -> Any:
        """A class of the user's own whose trouble comes as a stream is asked for, not as it is read."""
        return Early(self.function(fails, slow).func)

    def passthrough(self, fails: bool, slow: bool) -> Any:
        return RunnablePassthrough()

    # --- what is made of others ----------------------------------------------------------------------------------

    def build(self, plan: Any) -> Any:
        """The chain of a plan."""
        kind, *rest = plan
        if kind in _LEAVES:
            return getattr(self, kind)(*rest)
        steps = [self.build(part) for part in rest[0]]
        if kind == "sequence":
            chain = steps[0]
            for step in steps[1:]:
                chain = chain | step
            return chain
        first, last = steps[0], steps[-1]
        parallel = {str(number): step for number, step in enumerate(steps)}
        match kind:
            case "parallel":
                return RunnableParallel(parallel)
            case "branch":
                return RunnableBranch((lambda x: len(str(x)) % 2, first), last)
            case "fallbacks":
                return first.with_fallbacks(steps[1:])
            case "assign":
                return RunnableLambda(lambda x: {"x": x}) | RunnablePassthrough.assign(**parallel)
            case "pick":
                return RunnableParallel(parallel) | RunnablePick("0")
            case "map":
                return RunnableLambda(lambda x: [x, x, x]) | first.map()
            case "retry":
                return first.with_retry(wait_exponential_jitter=False, stop_after_attempt=2)
            case "bound":
                return first.with_config(tags=["t"], metadata={"m": 1}, run_name="named", max_concurrency=2)
            case "own class":
                return Own(first)
            case "returned":
                return RunnableLambda(lambda x: first)
            case "called":
                return RunnableLambda(lambda x: first.invoke(x))
            case "awaited":
                return RunnableLambda(lambda x: first.invoke(x), first.ainvoke)
            case "batched":
                return RunnableLambda(lambda x: first.batch([x, x]))
            case _:
                return RunnableLambda(lambda x: list(first.stream(x)))


def short(x: Any) -> str:
    return f"{str(x)[:20]}."


class Own(Runnable[Any, Any]):
    """A class of the user's own, with `invoke` only."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        return self.inside.invoke(input, config)


class Early(Runnable[Any, Any]):
    """Does its work before it returns, whether that is a value or a stream."""

    def __init__(self, work: Any) -> None:
        self.work = work

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        return self.work(input)

    def stream(self, input: Any, config: Any = None, **kwargs: Any) -> Iterator[Any]:
        return _one(self.work(input))

    def transform(self, input: Iterator[Any], config: Any = None, **kwargs: Any) -> Iterator[Any]:
        return _one(self.work("".join(map(short, input))))

    def astream(self, input: Any, config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        return _aone(self.work(input))

    def atransform(self, input: AsyncIterator[Any], config: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        return _aone(self.work("early"))


def _one(chunk: Any) -> Iterator[Any]:
    yield chunk


async def _aone(chunk: Any) -> AsyncIterator[Any]:
    yield chunk


class Model(BaseChatModel):
    """Answers with what it was asked, in three chunks, which the async verbs, too, can read on a thread only; its
    trouble comes after the first."""

    stage: Any
    fails: bool
    slow: bool

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        self.stage.act(self.fails, self.slow)
        return ChatResult([ChatGeneration(AIMessage(f"{messages[-1].content},;"))])

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
        for number, text in enumerate((messages[-1].content, ",", ";")):
            if number == 1:
                self.stage.act(self.fails, self.slow)
            yield ChatGenerationChunk(AIMessageChunk(text))


class Texts(BaseLLM):
    stage: Any
    fails: bool
    slow: bool

    def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> LLMResult:
        self.stage.act(self.fails, self.slow)
        return LLMResult([[Generation(f"{prompt},;")] for prompt in prompts])


class Retriever(BaseRetriever):
    stage: Any
    fails: bool
    slow: bool

    def _get_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        self.stage.act(self.fails, self.slow)
        return [Document(query)]


_LEAVES = [
    "function",
    "function",
    "coroutine",
    "coroutine",
    "generator",
    "generator",
    "generating",
    "impatient",
    "model",
    "model",
    "texts",
    "retriever",
    "tool",
    "telling",
    "early",
    "passthrough",
]
_fails = st.sampled_from([False, False, False, True])
_leaves = st.tuples(st.sampled_from(_LEAVES), _fails, st.booleans())


def _groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(parts, min_size=2, max_size=3)
    single = st.lists(parts, min_size=1, max_size=1)
    one = ["map", "retry", "bound", "own class", "returned", "called", "awaited", "batched", "streamed"]
    return st.one_of(
        st.tuples(st.just("sequence"), several),
        st.tuples(st.just("sequence"), several),
        st.tuples(st.sampled_from(["parallel", "parallel", "branch", "fallbacks", "assign", "pick"]), several),
        st.tuples(st.sampled_from(one), single),
    )


errors = st.sampled_from([Trouble, Trouble, Trouble, Halt])
plans = st.recursive(_leaves, _groups, max_leaves=8)
