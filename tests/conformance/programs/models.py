"""Models: the fake ones, classes of one's own, tools, usage, what is bound to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any, TypedDict

from pydantic import BaseModel

from ..cores import Core
from ..observe import MODES, OTHER_LOGS, PLAIN, SEEN, Program, value
from ..steps import DATA, model, text_model, two_models

ALL = (*MODES, *OTHER_LOGS)
IN_TURN = tuple(mode for mode in MODES if mode != "abatch")
"""For models whose answers depend on which call comes first."""


@cache
def whole(core: Core) -> Any:
    """A model that only generates."""

    class Whole(core.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "whole"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            text = f"{messages[-1].content} {stop} {sorted(kwargs.items())}"
            message = core.AIMessage(text, usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3})
            return core.ChatResult(
                generations=[core.ChatGeneration(message=message, generation_info={"reason": "stop"})],
                llm_output={"model": "m"},
            )

    return Whole


@cache
def streamer(core: Core) -> Any:
    """A model with every hook, that streams words, usage and metadata."""

    class Streamer(core.BaseChatModel):
        words: tuple[str, ...] = ("one", " two", " three")

        @property
        def _llm_type(self) -> str:
            return "streamer"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            return core.ChatResult(generations=[core.ChatGeneration(message=core.AIMessage("generated"))])

        async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            await asyncio.sleep(0)
            return core.ChatResult(generations=[core.ChatGeneration(message=core.AIMessage("agenerated"))])

        def spoken(self) -> Iterator[Any]:
            for number, word in enumerate(self.words):
                usage = {"input_tokens": int(number == 0), "output_tokens": 1, "total_tokens": 2 - bool(number)}
                message = core.AIMessageChunk(content=word, id="x", usage_metadata=usage)
                yield core.ChatGenerationChunk(message=message)
            last = core.AIMessageChunk(content="", id="x", response_metadata={"finish": "stop"}, chunk_position="last")
            yield core.ChatGenerationChunk(message=last)

        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
            for chunk in self.spoken():
                if run_manager:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

        async def _astream(
            self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any
        ) -> AsyncIterator[Any]:
            for chunk in self.spoken():
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    return Streamer


@cache
def caller(core: Core) -> Any:
    """A model that streams a tool call in pieces."""

    class Caller(core.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "caller"

        def pieces(self) -> Iterator[Any]:
            pieces = [("search", "1", ""), (None, None, '{"x": '), (None, None, '"q"'), (None, None, "}")]
            for name, id, args in pieces:
                call = {"name": name, "args": args, "id": id, "index": 0, "type": "tool_call_chunk"}
                yield core.ChatGenerationChunk(message=core.AIMessageChunk(content="", id="x", tool_call_chunks=[call]))

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            calls = [{"name": "search", "args": {"x": "q"}, "id": "1"}]
            message = core.AIMessage("", tool_calls=calls)
            return core.ChatResult(generations=[core.ChatGeneration(message=message)])

        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Iterator[Any]:
            for chunk in self.pieces():
                if run_manager:
                    run_manager.on_llm_new_token("", chunk=chunk)
                yield chunk

    return Caller


@cache
def simple(core: Core) -> Any:
    class Simple(core.SimpleChatModel):
        @property
        def _llm_type(self) -> str:
            return "simple"

        def _call(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            return f"{len(messages)} messages"

    return Simple


@cache
def texts(core: Core) -> Any:
    """A text model that only generates, several prompts at once."""

    class Texts(core.BaseLLM):
        @property
        def _llm_type(self) -> str:
            return "texts"

        def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            return core.LLMResult(generations=[[core.Generation(text=f"<{prompt}>")] for prompt in prompts])

    return Texts


def called(core: Core) -> Any:
    return caller(core)() | (lambda message: [[call["name"], call["args"]] for call in message.tool_calls])


@value
def inputs_of_a_model(core: Core) -> Any:
    parrot = core.ParrotFakeChatModel()
    inputs = [
        "text",
        [("system", "a"), ("human", "b")],
        [core.HumanMessage("c")],
        core.ChatPromptTemplate.from_template("{a}").invoke(DATA),
        core.PromptTemplate.from_template("{a}").invoke(DATA),
        [{"role": "user", "content": "d"}],
    ]
    return [parrot.invoke(given) for given in inputs]


@value
def inputs_of_a_text_model(core: Core) -> Any:
    one = texts(core)()
    prompt = core.ChatPromptTemplate.from_messages([("system", "a"), ("human", "{b}")]).invoke(DATA)
    return [one.invoke("x"), one.invoke([("human", "a"), ("ai", "b")]), one.invoke(prompt)]


@value
def cycles(core: Core) -> Any:
    chat, text = core.FakeListChatModel(responses=["a", "b"]), core.FakeListLLM(responses=["a", "b"])
    listed = core.FakeMessagesListChatModel(responses=[core.AIMessage("a"), core.AIMessage("b", id="1")])
    return [[one.invoke("x") for _ in range(3)] for one in (chat, text, listed)]


@value
def verbs_of_fake_models(core: Core) -> Any:
    call = {"function_call": {"name": "f", "arguments": "1,2"}, "other": 1}

    def fresh() -> list[Any]:
        return [
            core.FakeListChatModel(responses=["ab", "c"]),
            core.GenericFakeChatModel(messages=iter([core.AIMessage("hi there", additional_kwargs=call), "yes"])),
            core.FakeListLLM(responses=["ab", "c"]),
            core.FakeStreamingListLLM(responses=["ab", "c"]),
        ]

    async def chunks(one: Any) -> Any:
        return [chunk async for chunk in one.astream("x")]

    return [
        [one.invoke("x"), asyncio.run(one.ainvoke([("human", "x")])), list(two.stream("x")), asyncio.run(chunks(three))]
        for one, two, three in zip(fresh(), fresh(), fresh(), strict=True)
    ]


class search(BaseModel):
    """Search."""

    x: str


SCHEMAS: dict[str, Any] = {
    "pydantic": search,
    "json": {"title": "search", "description": "d", "type": "object", "properties": {"x": {"type": "string"}}},
    "typed_dict": TypedDict("search", {"x": str}),
}


@cache
def bound_caller(core: Core) -> Any:
    """A model that calls tools gives structured answers by calling one."""

    class Bound(caller(core)):
        def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
            return self.bind(tools=len(tools))

    return Bound


def answering(core: Core, *calls: Any) -> Any:
    """A model that answers with these calls."""

    class Answering(core.FakeMessagesListChatModel):
        def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
            return self.bind(tools=len(tools))

    return Answering(responses=[core.AIMessage("", tool_calls=list(calls))])


ANSWERS: dict[str, list[Any]] = {
    "none": [],
    "misfit": [{"name": "search", "args": {"x": 1}, "id": "1"}],
    "another": [{"name": "other", "args": {"x": "a"}, "id": "1"}],
    "two": [{"name": "search", "args": {"x": name}, "id": name} for name in "ab"],
}


@value
def tools_that_can_not_be_bound(core: Core) -> Any:
    try:
        whole(core)().bind_tools([])
    except NotImplementedError:
        return "not implemented"


@value
def no_streaming_asked(core: Core) -> Any:
    """`disable_streaming` and a call in a watched chain."""
    return [
        [chunk.content for chunk in streamer(core)(disable_streaming=True).stream("x")],
        [chunk.content for chunk in streamer(core)(disable_streaming="tool_calling").stream("x")],
        [chunk.content for chunk in streamer(core)(disable_streaming="tool_calling").stream("x", tools=[1])],
    ]


PROGRAMS = [
    Program("model", model, modes=ALL),
    Program("model_of_list", lambda c: c.FakeListChatModel(responses=["yes", "no"]), modes=IN_TURN),
    Program("model_of_messages", lambda c: c.FakeMessagesListChatModel(responses=[c.AIMessage("a", id="1")] * 9)),
    Program("model_parrot", lambda c: c.ParrotFakeChatModel(), [("human", "hello")]),
    Program("model_whole", lambda c: whole(c)(), modes=(*PLAIN, *SEEN)),
    Program("model_whole_bound", lambda c: whole(c)().bind(stop=["."], size=1), modes=(*PLAIN, *SEEN)),
    Program("model_streamer", lambda c: streamer(c)(), modes=ALL),
    Program("model_streamer_in_sequence", lambda c: streamer(c)() | c.StrOutputParser()),
    Program("model_streamer_named", lambda c: streamer(c)(name="mine", tags=["own"], metadata={"k": 1})),
    Program("model_calls_a_tool", lambda c: caller(c)(), modes=ALL),
    Program("model_calls_in_sequence", called),
    Program("model_simple", lambda c: simple(c)(), [("human", "a"), ("ai", "b")]),
    Program("model_to_parser", lambda c: model(c) | c.StrOutputParser()),
    Program(
        "prompt_model_parser",
        lambda c: c.ChatPromptTemplate.from_template("say {a}") | model(c) | c.StrOutputParser(),
        DATA,
        modes=ALL,
    ),
    Program("model_in_lambda", lambda c: c.RunnableLambda(lambda x: model(c).invoke(x).content)),
    Program("model_in_async_lambda", lambda c: async_lambda(c)),
    Program("model_streams_in_lambda", lambda c: streams_inside(c), modes=("invoke", "stream", "v1", "v2", "log")),
    Program("models_side_by_side", two_models, {"topic": "x"}, unordered=True),
    Program("text_model", lambda c: c.FakeListLLM(responses=["yes", "no"]), modes=IN_TURN),
    Program("text_model_streams", text_model, modes=ALL),
    Program(
        "text_model_fake_streams",
        lambda c: c.FakeStreamingListLLM(responses=["yes", "yes"]),
        modes=(*PLAIN, "v1", "log"),
    ),
    Program("text_model_in_lambda", lambda c: c.RunnableLambda(lambda x: text_model(c).invoke(x))),
    Program("text_model_in_async_lambda", lambda c: async_text_lambda(c)),
    Program("text_model_generates", lambda c: texts(c)(), modes=(*PLAIN, "v1", "v2", "log")),
    Program("text_model_to_parser", lambda c: text_model(c) | c.StrOutputParser()),
    Program("text_model_after_prompt", lambda c: c.PromptTemplate.from_template("say {a}") | text_model(c), DATA),
    inputs_of_a_model,
    inputs_of_a_text_model,
    cycles,
    verbs_of_fake_models,
    *(
        Program(
            f"structured_{name}{suffix}",
            lambda c, s=schema, raw=raw: bound_caller(c)().with_structured_output(s, include_raw=raw),
            unordered=raw,
            # With handlers, the reference's fallbacks lose their parent.
            modes=(*PLAIN, "v2") if raw else (*PLAIN, "handlers", "v2", "log"),
        )
        for name, schema in SCHEMAS.items()
        for suffix, raw in {"": False, "_with_raw": True}.items()
    ),
    *(
        Program(
            f"structured_answer_{name}{suffix}",
            lambda c, a=answer, raw=raw: answering(c, *a).with_structured_output(search, include_raw=raw),
            modes=("invoke", "ainvoke", "batch"),
        )
        for name, answer in ANSWERS.items()
        for suffix, raw in {"": False, "_with_raw": True}.items()
    ),
    tools_that_can_not_be_bound,
    no_streaming_asked,
]


def async_lambda(core: Core) -> Any:
    async def ask(x: Any) -> Any:
        return (await model(core).ainvoke(x)).content

    return core.RunnableLambda(ask)


def async_text_lambda(core: Core) -> Any:
    async def ask(x: Any) -> Any:
        return await text_model(core).ainvoke(x)

    return core.RunnableLambda(ask)


def streams_inside(core: Core) -> Any:
    return core.RunnableLambda(lambda x: [chunk.content for chunk in model(core).stream(x)])
