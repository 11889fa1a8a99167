from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from chainviz.errors import ChainvizError, InvalidInputError, OutputParserError
from chainviz.language_models import (
    LLM,
    BaseChatModel,
    FakeListChatModel,
    FakeListLLM,
    FakeMessagesListChatModel,
    FakeStreamingListLLM,
    GenericFakeChatModel,
    ParrotFakeChatModel,
)
from chainviz.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult, GenerationChunk


class Teller(BaseChatModel):
    """A chat model as a user writes one: its own `_generate` and `_stream`, with and without tokens reported."""

    reports: bool = False

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if self.reports:
            run_manager.on_llm_new_token("a")
        return ChatResult(generations=[ChatGeneration(message=AIMessage("ab"))], llm_output={"model": "m"})

    @property
    def _llm_type(self) -> str:
        return "teller"


class Streamer(Teller):
    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        for token in "ab":
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token))
            if run_manager:
                run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk


class AsyncStreamer(Teller):
    async def _astream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for token in "ab":
            yield ChatGenerationChunk(message=AIMessageChunk(content=token))


async def tokens(model: Any, input: Any = "hi", **kwargs: Any) -> list[Any]:
    """What the model reports while somebody watches its stream: the text of each token."""
    events = [event async for event in model.astream_events(input, version="v2", **kwargs)]
    return [event["data"]["chunk"] for event in events if event["event"].endswith("_stream")]


async def test_a_model_without_a_stream_answers_in_one_piece() -> None:
    model = Teller()
    (chunk,) = model.stream("hi")
    assert [chunk.content] == [chunk.content async for chunk in model.astream("hi")] == ["ab"]
    assert model.invoke("hi").response_metadata == {"model": "m"}


@pytest.mark.parametrize("model", [Streamer(), Streamer(reports=True)])
async def test_each_token_is_reported_once_and_the_end_is_marked(model: Streamer) -> None:
    chunks = await tokens(model)
    assert [chunk.content for chunk in chunks] == ["a", "b", ""]
    assert [chunk.chunk_position for chunk in chunks] == [None, None, "last"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert [chunk.content for chunk in model.stream("hi")] == ["a", "b", ""]
    assert [chunk.content async for chunk in model.astream("hi")] == ["a", "b", ""]


async def test_invoked_under_a_watcher_of_tokens_it_streams() -> None:
    from chainviz.runnables import RunnableLambda

    model = Streamer()
    step: Any = RunnableLambda(lambda text: model.invoke(text))
    events = [event async for event in step.astream_events("hi", version="v2")]
    reported = [event["data"]["chunk"].content for event in events if event["event"] == "on_chat_model_stream"]
    assert reported == ["a", "b", ""]
    (end,) = [event for event in events if event["event"] == "on_chat_model_end"]
    assert type(end["data"]["output"]) is AIMessage
    assert end["data"]["output"].content == "ab"


@pytest.mark.parametrize("how", [{"disable_streaming": True}, {"disable_streaming": "tool_calling"}])
async def test_streaming_switched_off(how: dict[str, Any]) -> None:
    model = Streamer(**how)
    kwargs = {"tools": [1]} if how["disable_streaming"] == "tool_calling" else {}
    assert [chunk.content for chunk in model.stream("hi", **kwargs)] == ["ab"]


async def test_an_async_stream_alone() -> None:
    model = AsyncStreamer()
    assert [chunk.content async for chunk in model.astream("hi")] == ["a", "b", ""]
    assert [chunk.content for chunk in model.stream("hi")] == ["ab"]


@pytest.mark.parametrize("input", ["hi", ["hi"], [("human", "hi")], [{"role": "user", "content": "hi"}]])
def test_input_forms(input: Any) -> None:
    assert ParrotFakeChatModel().invoke(input).content == "hi"


def test_wrong_input() -> None:
    with pytest.raises(InvalidInputError, match="ParrotFakeChatModel: expected a prompt value, a str or a list"):
        ParrotFakeChatModel().invoke(3)


def test_a_parrot_leaves_its_input_alone() -> None:
    message = HumanMessage("hi")
    assert ParrotFakeChatModel().invoke([message]).id
    assert message.id is None


async def test_every_answer_has_an_id_of_its_own() -> None:
    model = FakeListChatModel(responses=["a"])
    answers = [model.invoke("hi"), model.invoke("hi"), await model.ainvoke("hi"), *model.stream("hi")]
    assert len({message.id for message in answers}) == 4


async def test_fake_lists() -> None:
    model = FakeListChatModel(responses=["one", "two"])
    assert [message.content for message in model.batch(["a", "b", "c"])] == ["one", "two", "one"]
    assert [message.content for message in await model.abatch(["a"])] == ["two"]
    assert [chunk.content for chunk in model.stream("a")] == ["o", "n", "e"]
    messages = FakeMessagesListChatModel(responses=[AIMessage("x"), AIMessage("y")])
    assert [messages.invoke("a").content, (await messages.ainvoke("a")).content] == ["x", "y"]


async def test_a_fake_that_fails_on_the_way() -> None:
    model = FakeListChatModel(responses=["abc"], error_on_chunk_number=1)
    with pytest.raises(ChainvizError, match="chunk number 1"):
        list(model.stream("hi"))


async def test_generic_fake_streams_words_and_keywords() -> None:
    call = {"function_call": {"name": "f", "arguments": "1,2"}}

    def model() -> GenericFakeChatModel:
        return GenericFakeChatModel(messages=iter([AIMessage("hello world", additional_kwargs=call)]))

    chunks = list(model().stream("hi"))
    assert [chunk.content for chunk in chunks] == ["hello", " ", "world", "", "", "", "", ""]
    total = chunks[0] + chunks[1:]
    assert (total.content, total.additional_kwargs) == ("hello world", call)
    assert [chunk.content async for chunk in model().astream("hi")] == [chunk.content for chunk in chunks]


def test_a_stream_without_chunks() -> None:
    with pytest.raises(InvalidInputError, match="expected at least one chunk from `_stream`, got none"):
        list(FakeListChatModel(responses=[""]).stream("hi"))


class Writer(LLM):
    """A text model as a user writes one; its stream reports its tokens itself, or leaves that to us."""

    reports: bool = True

    def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
        return prompt + "!"

    def _stream(
        self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[GenerationChunk]:
        for token in (prompt, "!"):
            chunk = GenerationChunk(text=token)
            if run_manager and self.reports:
                run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk

    @property
    def _llm_type(self) -> str:
        return "writer"


@pytest.mark.parametrize("reports", [True, False])
async def test_a_text_model(reports: bool) -> None:
    model = Writer(reports=reports)
    assert [model.invoke("hi"), await model.ainvoke([("human", "hi")])] == ["hi!", "Human: hi!"]
    assert list(model.stream("hi")) == [chunk async for chunk in model.astream("hi")] == ["hi", "!"]
    events = [event async for event in model.astream_events("hi", version="v1")]
    assert [event["event"] for event in events] == ["on_llm_start", "on_llm_stream", "on_llm_stream", "on_llm_end"]


async def test_fake_text_models() -> None:
    model = FakeListLLM(responses=["ab", "c"])
    assert [model.invoke("hi"), await model.ainvoke("hi"), *model.stream("hi")] == ["ab", "c", "ab"]
    streaming = FakeStreamingListLLM(responses=["ab"])
    assert list(streaming.stream("hi")) == [chunk async for chunk in streaming.astream("hi")] == ["a", "b"]


def test_a_closed_stream_closes_the_model() -> None:
    closed: list[bool] = []

    class Endless(Teller):
        def _stream(self, messages: Any, stop: Any = None, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
            try:
                while True:
                    yield ChatGenerationChunk(message=AIMessageChunk("x"))
            finally:
                closed.append(True)

    stream: Any = Endless().stream("hi")
    next(stream)
    stream.close()
    assert closed == [True]


class Joke(BaseModel):
    setup: str
    funny: bool


class Caller(Teller):
    args: dict[str, Any]

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        assert kwargs["tool_choice"] == "any"
        calls = [{"name": "Joke", "args": self.args, "id": "1"}]
        return ChatResult([ChatGeneration(AIMessage("", tool_calls=calls))])

    def bind_tools(self, tools: Any, *, tool_choice: str | None = None, **kwargs: Any) -> Any:
        return self.bind(tools=tools, tool_choice=tool_choice, **kwargs)


def test_structured_output() -> None:
    model = Caller(args={"setup": "why?", "funny": True})
    assert model.with_structured_output(Joke).invoke("hi") == Joke(setup="why?", funny=True)
    assert model.with_structured_output({"title": "Joke"}).invoke("hi") == {"setup": "why?", "funny": True}
    broken = Caller(args={"setup": "why?"})
    with pytest.raises(OutputParserError, match="Joke: funny: Field required"):
        broken.with_structured_output(Joke).invoke("hi")
    whole = broken.with_structured_output(Joke, include_raw=True).invoke("hi")
    assert isinstance(whole["raw"], AIMessage)
    assert whole["parsed"] is None
    assert isinstance(whole["parsing_error"], OutputParserError)


def test_a_model_without_tools() -> None:
    with pytest.raises(NotImplementedError, match="Teller takes no tools"):
        Teller().with_structured_output(Joke)


def test_run_metadata() -> None:
    class ChatThing(Teller):
        model_name: str = "thing-1"
        temperature: float = 0.5

    assert ChatThing(metadata={"mine": 1})._run_metadata() == {
        "ls_provider": "thing",
        "ls_model_type": "chat",
        "ls_model_name": "thing-1",
        "ls_temperature": 0.5,
        "mine": 1,
    }
