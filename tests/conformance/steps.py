"""The functions and chains that several programs are made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

from .cores import Core

DATA = {"a": "one", "b": "two"}


def upper(x: Any) -> Any:
    return x.upper() if isinstance(x, str) else x


def twice(x: Any) -> Any:
    return x * 2


def fail(x: Any) -> Any:
    raise ValueError(f"no {x}")


async def afail(x: Any) -> Any:
    raise ValueError(f"no {x}")


async def later(x: Any) -> Any:
    await asyncio.sleep(0)
    return f"{x} later"


def letters(x: Any) -> Iterator[str]:
    yield from "abc"


async def aletters(x: Any) -> AsyncIterator[str]:
    for letter in "abc":
        yield letter


def shout(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk.upper()


async def ashout(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk.upper()


def break_off(chunks: Iterator[str]) -> Iterator[str]:
    for number, chunk in enumerate(chunks):
        if number == 2:
            raise KeyError("in the middle")
        yield chunk


async def abreak_off(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    number = 0
    async for chunk in chunks:
        number += 1
        if number == 3:
            raise KeyError("in the middle")
        yield chunk


def spelling(core: Core) -> Any:
    """A step that streams letters."""
    return core.RunnableLambda(letters, aletters)


def shouting(core: Core) -> Any:
    """A step that turns each chunk into capitals."""
    return core.RunnableGenerator(shout, ashout)


def model(core: Core, text: str = "Hello there, friend", **options: Any) -> Any:
    return core.GenericFakeChatModel(messages=iter([core.AIMessage(text)] * 99), **options)


def flaky(core: Core, failures: int = 1) -> Any:
    left = [failures]

    def work(x: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise ValueError("not yet")
        return f"{x} at last"

    return core.RunnableLambda(work)


def two_models(core: Core) -> Any:
    def writer(kind: str, text: str) -> Any:
        prompt = core.ChatPromptTemplate.from_template(f"A {kind} about {{topic}}").with_config(run_name=f"ask {kind}")
        return prompt.pipe(model(core, text, name=f"write {kind}"), name=kind)

    return core.RunnableParallel(joke=writer("joke", "ha ha"), poem=writer("poem", "oh rose"))


@cache
def _kensho(core: Core) -> Any:
    class Model(core.GenericFakeChatModel):
        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            for token in ["", "H", "arrison", " worked", " at", " Kens", "ho", ".", ""]:
                chunk = core.ChatGenerationChunk(message=core.AIMessageChunk(content=token, id="x"))
                if run_manager:
                    run_manager.on_llm_new_token(token, chunk=chunk)
                yield chunk

    return Model


def page_chain(core: Core) -> Any:
    """Retrieval, a prompt, a model, a parser."""
    store = core.InMemoryVectorStore.from_texts(
        ["harrison worked at kensho"], embedding=core.DeterministicFakeEmbedding(size=8)
    )
    prompt = core.ChatPromptTemplate.from_template("Answer by {context}. Question: {question}")
    docs = store.as_retriever().with_config(run_name="Docs") | (lambda docs: docs[0].page_content)
    asked = core.RunnablePassthrough()
    answer = _kensho(core)(messages=iter([core.AIMessage("x")] * 9)).with_config(run_name="my_llm")
    return {"context": docs, "question": asked} | prompt | answer | core.StrOutputParser()


@cache
def _shelf(core: Core) -> Any:
    class Shelf(core.BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            if not query:
                raise LookupError("nothing to look for")
            return [core.Document(page_content=f"about {query}"), core.Document(page_content="more")]

    return Shelf


def retriever(core: Core, **fields: Any) -> Any:
    return _shelf(core)(**fields)


@cache
def _speller(core: Core) -> Any:
    class Speller(core.LLM):
        def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            return "yes"

        def _stream(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            for letter in "yes":
                chunk = core.GenerationChunk(text=letter)
                if run_manager:
                    run_manager.on_llm_new_token(letter, chunk=chunk)
                yield chunk

        @property
        def _llm_type(self) -> str:
            return "speller"

    return Speller


def text_model(core: Core) -> Any:
    """A model of texts that streams letters."""
    return _speller(core)()


@cache
def search(core: Core) -> Any:
    """A tool of two arguments."""

    @core.tool
    def search(x: str, y: int = 1) -> dict[str, Any]:
        """Search for x."""
        return {"x": x, "y": y}

    return search
