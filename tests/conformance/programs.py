"""The programs that both cores run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

from .observe import Program

Core = SimpleNamespace


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


def generators(core: Core) -> tuple[Any, Any]:
    return core.RunnableLambda(letters, aletters), core.RunnableGenerator(shout, ashout)


def model(core: Core, text: str = "Hello there, friend", **options: Any) -> Any:
    return core.GenericFakeChatModel(messages=iter([core.AIMessage(text)] * 9), **options)


def page_chain(core: Core) -> Any:
    class Model(core.GenericFakeChatModel):
        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            for token in ["", "H", "arrison", " worked", " at", " Kens", "ho", ".", ""]:
                chunk = core.ChatGenerationChunk(message=core.AIMessageChunk(content=token, id="x"))
                if run_manager:
                    run_manager.on_llm_new_token(token, chunk=chunk)
                yield chunk

    store = core.InMemoryVectorStore.from_texts(
        ["harrison worked at kensho"], embedding=core.DeterministicFakeEmbedding(size=8)
    )
    prompt = core.ChatPromptTemplate.from_template("Answer by {context}. Question: {question}")
    docs = store.as_retriever().with_config(run_name="Docs") | (lambda docs: docs[0].page_content)
    asked = core.RunnablePassthrough()
    answer = Model(messages=iter([core.AIMessage("x")] * 9)).with_config(run_name="my_llm")
    return {"context": docs, "question": asked} | prompt | answer | core.StrOutputParser()


def returns_runnable(core: Core) -> Any:
    inner = core.RunnableLambda(upper) | twice
    return core.RunnableLambda(lambda x: inner, name="chooser") | core.RunnablePassthrough()


def nested_calls(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner", tags=["deep"])

    @core.chain
    def outer(x: Any) -> Any:
        return inner.invoke(x) + inner.invoke("y")

    return outer


def nested_async_calls(core: Core) -> Any:
    inner = core.RunnableLambda(later).with_config(run_name="inner")

    async def outer(x: Any) -> Any:
        return await inner.ainvoke(x) + await inner.ainvoke("y")

    return core.RunnableLambda(outer)


def custom_events(core: Core) -> Any:
    def work(x: Any) -> Any:
        core.dispatch_custom_event("progress", {"done": 1})
        core.dispatch_custom_event("progress", {"done": 2})
        return x

    return core.RunnableLambda(work) | twice


def async_custom_events(core: Core) -> Any:
    async def work(x: Any) -> Any:
        await core.adispatch_custom_event("progress", {"done": 1})
        return x

    return core.RunnableLambda(work)


def takes_config(core: Core) -> Any:
    inner = core.RunnableLambda(upper).with_config(run_name="inner")

    def work(x: Any, config: Any) -> Any:
        return inner.invoke(x, config) + ",".join(sorted(config["tags"])) + str(config["recursion_limit"])

    return core.RunnableLambda(work)


def retriever(core: Core) -> Any:
    class Shelf(core.BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return [core.Document(page_content=f"about {query}"), core.Document(page_content="more")]

    return Shelf()


def text_model(core: Core) -> Any:
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

    return Speller()


def some_tool(core: Core) -> Any:
    @core.tool
    def search(x: str, y: int = 1) -> dict[str, Any]:
        """Search for x."""
        return {"x": x, "y": y}

    return search


def user_runnable(core: Core) -> Any:
    class Own(core.Runnable):
        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            return f"own {input}"

    return core.RunnableLambda(upper) | Own() | core.RunnableLambda(twice)


def flaky(core: Core, failures: int = 1) -> Any:
    left = [failures]

    def work(x: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise ValueError("not yet")
        return f"{x} at last"

    return core.RunnableLambda(work)


def retried(core: Core, failures: int = 1) -> Any:
    return flaky(core, failures).with_retry(wait_exponential_jitter=False, stop_after_attempt=3)


def branch(core: Core) -> Any:
    return core.RunnableBranch(
        (lambda x: x == "a", core.RunnableLambda(upper)),
        (lambda x: x == "x", core.RunnableLambda(twice)),
        core.RunnableLambda(later),
    )


def two_models(core: Core) -> Any:
    def writer(kind: str, text: str) -> Any:
        prompt = core.ChatPromptTemplate.from_template(f"A {kind} about {{topic}}").with_config(run_name=f"ask {kind}")
        return prompt.pipe(model(core, text, name=f"write {kind}"), name=kind)

    return core.RunnableParallel(joke=writer("joke", "ha ha"), poem=writer("poem", "oh rose"))


PLAIN = ("invoke", "ainvoke", "stream", "astream", "batch", "abatch")
CALLS = ("invoke", "ainvoke", "batch", "abatch")
SEEN = ("v1", "v2", "log", "state")
DATA = {"a": "one", "b": "two"}

PROGRAMS = [
    Program("page_chain", page_chain, "where did harrison work?", unordered=True),
    # --- functions
    Program("lambda", lambda c: c.RunnableLambda(upper)),
    Program("lambda_named", lambda c: c.RunnableLambda(upper, name="loud")),
    Program("lambda_anonymous", lambda c: c.RunnableLambda(lambda x: x + "!")),
    Program("lambda_async", lambda c: c.RunnableLambda(twice, later)),
    Program("lambda_async_only", lambda c: c.RunnableLambda(later), modes=("ainvoke", "astream", "abatch", *SEEN)),
    Program("lambda_generator", lambda c: c.RunnableLambda(letters), modes=(*CALLS, "stream")),
    Program("lambda_async_generator", lambda c: c.RunnableLambda(letters, aletters)),
    Program("lambda_returns_runnable", returns_runnable),
    Program("lambda_takes_config", takes_config, config=lambda: {"tags": ["t"]}),
    Program(
        "lambda_none",
        lambda c: c.RunnableLambda(lambda x: None) | c.RunnableLambda(lambda x: x),
        modes=(*PLAIN, "log", "state"),
    ),
    Program("nested_calls", nested_calls),
    Program("nested_async_calls", nested_async_calls, modes=("ainvoke", "astream", "abatch", *SEEN)),
    Program("generator", lambda c: c.RunnableGenerator(shout), modes=("invoke", "stream", "batch")),
    Program("generator_async", lambda c: c.RunnableGenerator(shout, ashout)),
    Program("streamed_sequence", lambda c: generators(c)[0] | generators(c)[1]),
    Program("streamed_sequence_to_lambda", lambda c: generators(c)[0] | generators(c)[1] | twice),
    Program("user_runnable", user_runnable),
    # --- sequences and parallels
    Program("sequence", lambda c: c.RunnableLambda(upper) | twice | c.RunnablePassthrough()),
    Program("sequence_named", lambda c: c.RunnableSequence(upper, twice, name="two steps")),
    Program("sequence_piped", lambda c: c.RunnableLambda(upper).pipe(twice, upper, name="piped")),
    Program("sequence_in_sequence", lambda c: c.RunnableLambda(upper) | (c.RunnableLambda(twice) | upper)),
    Program("same_step_thrice", lambda c: c.RunnableLambda(upper) | upper | upper),
    Program("parallel", lambda c: c.RunnableParallel(a=upper, b=twice), unordered=True),
    Program("parallel_of_one", lambda c: c.RunnableParallel(a=upper), unordered=True),
    Program("parallel_dict", lambda c: {"a": c.RunnableLambda(upper), "b": twice} | c.RunnableLambda(str), modes=CALLS),
    Program("parallel_nested", lambda c: c.RunnableParallel(a={"b": c.RunnableLambda(upper)}, c=twice), unordered=True),
    Program(
        "parallel_same_names",
        lambda c: c.RunnableParallel(a=c.RunnableLambda(upper), b=c.RunnableLambda(upper)),
        unordered=True,
    ),
    Program(
        "parallel_streams",
        lambda c: generators(c)[0] | c.RunnableParallel(loud=generators(c)[1], same=c.RunnablePassthrough()),
        unordered=True,
    ),
    Program("parallel_of_models", two_models, {"topic": "bears"}, unordered=True),
    # --- passing on
    Program("passthrough", lambda c: c.RunnablePassthrough()),
    Program("passthrough_func", lambda c: c.RunnablePassthrough(lambda x: None)),
    Program("assign", lambda c: c.RunnablePassthrough.assign(c=lambda d: d["a"] + "!"), DATA, unordered=True),
    Program("assign_overrides", lambda c: c.RunnablePassthrough.assign(a=lambda d: d["a"] + "!"), DATA, unordered=True),
    Program(
        "assign_after_step",
        lambda c: c.RunnableLambda(dict).assign(n=lambda d: len(d), m=lambda d: 1),
        DATA,
        unordered=True,
    ),
    Program("pick_one", lambda c: c.RunnableLambda(dict).pick("a"), DATA),
    Program("pick_several", lambda c: c.RunnableLambda(dict).pick(["a", "b"]), DATA),
    Program("pick_absent", lambda c: c.RunnableLambda(dict).pick(["a", "z"]), DATA),
    # --- choosing
    Program("branch_second", branch),
    Program("branch_first", branch, "a"),
    Program("branch_default", branch, "z", modes=("ainvoke", "astream", "abatch", *SEEN)),
    Program("branch_in_sequence", lambda c: c.RunnableLambda(lambda x: x) | branch(c) | upper),
    Program("each", lambda c: c.RunnableLambda(upper).map(), ["a", "b"], modes=CALLS),
    Program("each_of_sequences", lambda c: (c.RunnableLambda(upper) | twice).map(), ["a", "b"], modes=CALLS),
    Program("each_empty", lambda c: c.RunnableLambda(upper).map(), [], modes=CALLS),
    # --- bindings
    Program("bound", lambda c: c.RunnableLambda(lambda x, suffix: x + suffix).bind(suffix="?")),
    Program("with_name", lambda c: c.RunnableLambda(upper).with_config(run_name="mine")),
    Program("with_tags", lambda c: c.RunnableLambda(upper).with_config(tags=["b", "a"], metadata={"k": 1}) | twice),
    Program(
        "with_config_twice",
        lambda c: c.RunnableLambda(upper).with_config(tags=["b"]).with_config(tags=["a"], run_name="n"),
    ),
    Program(
        "tags_inherited",
        lambda c: (c.RunnableLambda(upper) | twice).with_config(tags=["outer"], metadata={"k": 1}) | upper,
        config=lambda: {"tags": ["call"], "metadata": {"m": 2}, "run_name": "root"},
    ),
    Program(
        "tags_repeated",
        lambda c: (c.RunnableLambda(upper).with_config(tags=["t", "u"]) | twice).with_config(tags=["t"]),
        config=lambda: {"tags": ["t", "s"]},
    ),
    Program("with_types", lambda c: c.RunnableLambda(upper).with_types(input_type=str, output_type=str)),
    # --- failing
    Program("error", lambda c: c.RunnableLambda(fail), modes=PLAIN),
    Program("error_in_sequence", lambda c: c.RunnableLambda(upper) | fail | twice, modes=PLAIN),
    Program("error_async", lambda c: c.RunnableLambda(twice, afail), modes=("ainvoke", "astream", "abatch")),
    Program("error_in_parallel", lambda c: c.RunnableParallel(a=fail, b=c.RunnablePassthrough()), modes=CALLS),
    Program("error_in_stream", lambda c: generators(c)[0] | c.RunnableGenerator(break_off, abreak_off), modes=PLAIN),
    Program("retry", retried, modes=CALLS),
    Program("retry_unneeded", lambda c: retried(c, 0), modes=PLAIN),
    Program("retry_in_sequence", lambda c: c.RunnableLambda(upper) | retried(c, 2) | twice, modes=CALLS),
    Program("retry_in_vain", lambda c: retried(c, 9), modes=PLAIN),
    Program("fallbacks_unused", lambda c: c.RunnableLambda(upper).with_fallbacks([c.RunnableLambda(twice)])),
    Program("fallbacks", lambda c: c.RunnableLambda(fail).with_fallbacks([c.RunnableLambda(twice)]), modes=PLAIN),
    Program(
        "fallbacks_in_vain",
        lambda c: c.RunnableLambda(fail).with_fallbacks([c.RunnableLambda(lambda x: [][0])]),
        modes=("invoke", "ainvoke", "stream", "astream"),
    ),
    Program(
        "fallbacks_exception_key",
        lambda c: c.RunnableLambda(lambda d: fail(d["a"])).with_fallbacks(
            [c.RunnableLambda(lambda d: str(d["error"]))], exception_key="error"
        ),
        DATA,
        modes=PLAIN,
    ),
    # --- components
    Program("prompt", lambda c: c.ChatPromptTemplate.from_messages([("system", "be {a}"), ("human", "{b}")]), DATA),
    Program("prompt_text", lambda c: c.PromptTemplate.from_template("say {a}"), DATA),
    Program("retriever", retriever),
    Program("retriever_in_sequence", lambda c: retriever(c) | (lambda docs: len(docs))),
    Program("tool", some_tool, {"x": "q", "y": 2}),
    Program("model", model),
    Program("model_of_list", lambda c: c.FakeListChatModel(responses=["yes", "no"])),
    Program("model_to_parser", lambda c: model(c) | c.StrOutputParser()),
    Program(
        "prompt_model_parser",
        lambda c: c.ChatPromptTemplate.from_template("say {a}") | model(c) | c.StrOutputParser(),
        DATA,
    ),
    Program("text_model", lambda c: c.FakeListLLM(responses=["yes", "no"])),
    Program("text_model_streams", text_model),
    Program("text_model_to_parser", lambda c: text_model(c) | c.StrOutputParser()),
    Program("json_parser", lambda c: model(c, '{"a": [1, 2], "b": "x y"}') | c.JsonOutputParser()),
    Program("list_parser", lambda c: model(c, "a, b, c") | c.CommaSeparatedListOutputParser()),
    Program("model_in_lambda", lambda c: c.RunnableLambda(lambda x: model(c).invoke(x).content)),
    # --- custom events
    Program("custom_events", custom_events, modes=(*PLAIN, "v1", "log", "state")),
    Program("custom_events_async", async_custom_events, modes=("ainvoke", "astream", "abatch", *SEEN)),
    # --- filters
    *(
        Program(f"filter_{name}", chain, given, unordered=True, options=options, modes=SEEN)
        for name, chain, given, options in [
            ("include_names", two_models, {"topic": "x"}, {"include_names": ["joke", "ask poem"]}),
            ("include_types", two_models, {"topic": "x"}, {"include_types": ["prompt"]}),
            ("include_tags", two_models, {"topic": "x"}, {"include_tags": ["seq:step:2", "map:key:joke"]}),
            (
                "include_union",
                two_models,
                {"topic": "x"},
                {"include_types": ["prompt"], "include_tags": ["map:key:joke"]},
            ),
            ("exclude_names", two_models, {"topic": "x"}, {"exclude_names": ["joke", "ask poem"]}),
            ("exclude_types", two_models, {"topic": "x"}, {"exclude_types": ["llm"]}),
            ("exclude_tags", two_models, {"topic": "x"}, {"exclude_tags": ["map:key:joke"]}),
            ("both", two_models, {"topic": "x"}, {"include_types": ["prompt"], "exclude_tags": ["map:key:joke"]}),
            ("nothing_matches", two_models, {"topic": "x"}, {"include_names": ["nobody"]}),
            (
                "duplicates",
                lambda c: c.RunnableLambda(upper) | upper | twice | upper,
                "x",
                {"include_names": ["upper"]},
            ),
        ]
    ),
]
