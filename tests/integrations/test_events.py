"""What watchers see of a model behind the protocol: the same as of any other model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chainviz import ChatOpenAI, ChatPromptTemplate, GenericFakeChatModel, StrOutputParser
from tests.integrations.server import Server, chunks, completion, failure, reply, stream

Chat = Callable[..., ChatOpenAI]


async def events_of(step: Any, input: Any, **kwargs: Any) -> list[Any]:
    return [event async for event in step.astream_events(input, version="v2", **kwargs)]


async def test_a_streamed_answer(server: Server, chat: Chat) -> None:
    server.expect(stream(chunks("a", "b")))
    events = await events_of(chat(temperature=0.5), "hi")
    assert [event["event"] for event in events] == [
        "on_chat_model_start",
        *["on_chat_model_stream"] * 4,
        "on_chat_model_end",
    ]
    assert len({event["run_id"] for event in events}) == 1
    assert {event["name"] for event in events} == {"ChatOpenAI"}
    assert events[0]["metadata"] == {
        "ls_provider": "openai",
        "ls_model_type": "chat",
        "ls_model_name": "test",
        "ls_temperature": 0.5,
    }
    assert [event["data"]["chunk"].content for event in events[1:-1]] == ["", "a", "b", ""]
    output = events[-1]["data"]["output"]
    assert output.content == "ab"
    assert output.usage_metadata["total_tokens"] == 10
    assert output.response_metadata["finish_reason"] == "stop"


async def test_in_a_chain_the_events_are_those_of_any_model(server: Server, chat: Chat) -> None:
    def chain(model: Any) -> Any:
        return ChatPromptTemplate.from_template("say {word}") | model.with_config(run_name="Model") | StrOutputParser()

    def kinds(events: list[Any]) -> list[tuple[str, str]]:
        pairs = [(event["event"], event["name"]) for event in events]
        return [pair for place, pair in enumerate(pairs) if pair not in pairs[:place]]

    server.expect(stream(chunks("a", " ", "b")))
    ours = await events_of(chain(chat()), {"word": "ab"})
    theirs = await events_of(chain(GenericFakeChatModel(messages=iter(["a b"]))), {"word": "ab"})
    assert kinds(ours) == kinds(theirs)


async def test_an_answer_in_one_piece(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("ab")))
    events = await events_of(chat(disable_streaming=True), "hi")
    assert [event["event"] for event in events] == ["on_chat_model_start", "on_chat_model_end"]


async def test_an_invoked_model_streams_for_those_who_watch(server: Server, chat: Chat) -> None:
    async def ask(word: str) -> str:
        return (await chat().ainvoke(word)).text

    from chainviz import RunnableLambda

    server.expect(stream(chunks("a", "b")))
    events = await events_of(RunnableLambda(ask), "hi", include_types=["chat_model"])
    assert [event["event"] for event in events].count("on_chat_model_stream") == 4
    assert events[-1]["data"]["output"].content == "ab"


async def test_the_log(server: Server, chat: Chat) -> None:
    server.expect(stream(chunks("a", "b")))
    (*_, last) = [state async for state in chat().astream_log("hi", diff=False)]
    assert last.state["final_output"].content == "ab"
    assert [part.content for part in last.state["streamed_output"]] == ["", "a", "b", ""]


async def test_a_failure(server: Server, chat: Chat) -> None:
    from openai import BadRequestError

    server.expect(failure(400))
    seen: list[Any] = []
    with pytest.raises(BadRequestError):
        async for event in chat().astream_events("hi"):
            seen.append(event)
    assert [event["event"] for event in seen] == ["on_chat_model_start", "on_chat_model_error"]
    assert isinstance(seen[-1]["data"]["error"], BadRequestError)


async def test_a_cancelled_run(server: Server, chat: Chat) -> None:
    import chainviz

    server.expect(stream(chunks("a", "b")[:2], "hang"))
    with chainviz.trace() as trace:
        tokens = chat().astream("hi")
        async with asyncio.timeout(5):
            assert [(await anext(tokens)).content, (await anext(tokens)).content] == ["", "a"]
            await tokens.aclose()
    assert [event["event"] for event in trace.events()][-1] == "on_chat_model_cancel"
    assert await asyncio.to_thread(server.left.wait, 5)
