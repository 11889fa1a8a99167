"""The places of a chain in which a fault may stand: each makes a chain around what a step does there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from chainviz import (
    AIMessage,
    AIMessageChunk,
    BaseChatModel,
    BaseLLM,
    BaseOutputParser,
    BasePromptTemplate,
    BaseRetriever,
    Document,
    Runnable,
    RunnableBranch,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
    StrOutputParser,
    StructuredTool,
)
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult, Generation, LLMResult
from chainviz.prompts import StringPromptValue


class Act(NamedTuple):
    """What a step does: in the sync verbs, and in the async ones; without the latter these use a thread."""

    work: Callable[[Any], Any]
    awork: Callable[[Any], Awaitable[Any]] | None = None


async def _same(x: Any) -> Any:
    return x


SAME = RunnableLambda(lambda x: x, _same, name="same")


def step(act: Act) -> Any:
    return RunnableLambda(act.work, act.awork, name="faulty")


def generator(act: Act) -> Any:
    """A step that gives a chunk before it acts, and one after."""

    def work(chunks: Iterator[Any]) -> Iterator[Any]:
        for chunk in chunks:
            yield chunk
            yield act.work(chunk)

    async def awork(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for chunk in chunks:
            yield chunk
            yield await act.awork(chunk)  # type: ignore[misc]

    return RunnableGenerator(work, awork if act.awork else None, name="faulty")


class Model(BaseChatModel):
    """Acts between its first token and its second."""

    act: Any

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        self.act.work(messages[-1].content)
        return ChatResult([ChatGeneration(AIMessage("ab"))])

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
        yield ChatGenerationChunk(AIMessageChunk("a"))
        self.act.work(messages[-1].content)
        yield ChatGenerationChunk(AIMessageChunk("b"))


class Tokens(Model):
    """Its tokens are what the generator function `act` gives; the async verbs, too, read them on a thread."""

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
        for text in self.act(iter([messages[-1].content])):
            yield ChatGenerationChunk(AIMessageChunk(text))


class AModel(Model):
    async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        await self.act.awork(messages[-1].content)
        return ChatResult([ChatGeneration(AIMessage("ab"))])

    async def _astream(
        self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        yield ChatGenerationChunk(AIMessageChunk("a"))
        await self.act.awork(messages[-1].content)
        yield ChatGenerationChunk(AIMessageChunk("b"))


class Texts(BaseLLM):
    """Is given all texts of a batch at once."""

    act: Any

    def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> LLMResult:
        return LLMResult([[Generation(str(self.act.work(prompt)))] for prompt in prompts])


class ATexts(Texts):
    async def _agenerate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> LLMResult:
        return LLMResult([[Generation(str(await self.act.awork(prompt)))] for prompt in prompts])


class Retriever(BaseRetriever):
    act: Any

    def _get_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        return [Document(str(self.act.work(query)))]


class ARetriever(Retriever):
    async def _aget_relevant_documents(self, query: str, *, run_manager: Any, **kwargs: Any) -> list[Document]:
        return [Document(str(await self.act.awork(query)))]


class Prompt(BasePromptTemplate):
    act: Any
    input_variables: list[str] = ["x"]  # noqa: RUF012

    def format_prompt(self, **kwargs: Any) -> Any:
        return StringPromptValue(str(self.act.work(kwargs["x"])))


class APrompt(Prompt):
    async def aformat_prompt(self, **kwargs: Any) -> Any:
        return StringPromptValue(str(await self.act.awork(kwargs["x"])))


class Parser(BaseOutputParser[Any]):
    act: Any

    def parse(self, text: str) -> Any:
        return self.act.work(text)


class AParser(Parser):
    async def aparse_result(self, result: Any, *, partial: bool = False) -> Any:
        return await self.act.awork(result[0].text)


class Own(Runnable[Any, Any]):
    """A class of the user's own, with `invoke` only."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        return self.inside.invoke(input, config)


def _tool(act: Act) -> Any:
    def work(text: str) -> Any:
        return act.work(text)

    async def awork(text: str) -> Any:
        return await act.awork(text)  # type: ignore[misc]

    made = StructuredTool.from_function(work, awork if act.awork else None, name="faulty", description="a tool")
    return RunnableLambda(lambda x: {"text": x}) | made


def _called(act: Act) -> Any:
    inside = step(act)

    async def awaits(x: Any) -> Any:
        return await inside.ainvoke(x)

    return RunnableLambda(lambda x: inside.invoke(x), awaits if act.awork else None, name="outer")


PLACES: dict[str, Callable[[Act], Any]] = {
    "first": lambda act: step(act) | SAME,
    "middle": lambda act: SAME | step(act) | SAME,
    "last": lambda act: SAME | step(act),
    "alone": step,
    "parallel": lambda act: SAME | {"a": step(act), "b": SAME},
    "map": lambda act: RunnableLambda(lambda x: [x, x]) | step(act).map(),
    "branch": lambda act: RunnableBranch((lambda x: True, step(act)), SAME),
    "condition": lambda act: RunnableBranch((step(act), SAME), SAME),
    "fallbacks": lambda act: step(act).with_fallbacks([SAME], exceptions_to_handle=(StopAsyncIteration,)),
    "fallback": lambda act: (
        RunnableLambda(_gives_up, _agives_up).with_fallbacks([step(act)], exceptions_to_handle=(GivesUp,)) | SAME
    ),
    "retry": lambda act: step(act).with_retry(stop_after_attempt=2, wait_exponential_jitter=False),
    "assign": lambda act: RunnableLambda(lambda x: {"x": x}) | RunnablePassthrough.assign(y=step(act)),
    "binding": lambda act: step(act).with_config(tags=["t"], run_name="faulty") | SAME,
    "returned": lambda act: RunnableLambda(lambda x: step(act)) | SAME,
    "called": _called,
    "own class": lambda act: Own(step(act)) | SAME,
    "generator": lambda act: generator(act) | RunnablePassthrough(),
    "tool": _tool,
    "model": lambda act: (AModel if act.awork else Model)(act=act) | StrOutputParser(),
    "text model": lambda act: SAME | (ATexts if act.awork else Texts)(act=act) | SAME,
    "retriever": lambda act: (ARetriever if act.awork else Retriever)(act=act) | SAME,
    "prompt": lambda act: (APrompt if act.awork else Prompt)(act=act) | SAME,
    "parser": lambda act: SAME | (AParser if act.awork else Parser)(act=act),
}
"""By name: what makes a chain that takes and passes on a text, with the act in that place."""


class GivesUp(Exception):
    pass


def _gives_up(x: Any) -> Any:
    raise GivesUp


async def _agives_up(x: Any) -> Any:
    raise GivesUp
