"""An integration of LangChain's that asks a real server, as a step of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import openai
import pytest
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI as TheirChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

import chainviz
from chainviz import AIMessage, ChatPromptTemplate, StrOutputParser
from chainviz.tracing.events import RunCancel, RunEnd, RunError, RunStart
from tests.integrations.server import Server, chunks, completion, failure, hang, reply, stream, tool_chunks


@pytest.fixture
def model(server: Server) -> Callable[[], TheirChatOpenAI]:
    def made() -> TheirChatOpenAI:
        # Those of the same timeout share a client, and so an event loop.
        told: Any = {"api_key": "sk-secret", "base_url": server.url, "model": "test", "timeout": next(timeouts)}
        return TheirChatOpenAI(**told, max_retries=0)

    return made


timeouts = count(60)


def chain(model: Any) -> Any:
    return ChatPromptTemplate.from_template("Tell me of {topic}.") | model | StrOutputParser()


def test_streams_as_a_step_of_ours(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    server.expect(stream(chunks("two", " birds")), stream(chunks("one", " bird")))
    steps = chain(model())
    with chainviz.trace() as t:
        assert [text for text in steps.stream({"topic": "birds"}) if text] == ["two", " birds"]

        async def read() -> list[str]:
            return [text async for text in steps.astream({"topic": "a bird"}) if text]

        assert asyncio.run(read()) == ["one", " bird"]
    assert server.body["messages"] == [{"role": "user", "content": "Tell me of a bird."}]
    starts = [event.run for event in t.recorder.events if isinstance(event, RunStart)]
    assert [(run.path, run.type) for run in starts[:4]] == [
        ("", "chain"),
        ("seq:1", "prompt"),
        ("seq:2", "chat_model"),
        ("seq:3", "parser"),
    ]
    tokens = [event["data"]["chunk"].content for event in t.events() if event["event"] == "on_chat_model_stream"]
    assert [token for token in tokens if token] == ["two", " birds", "one", " bird"]
    frame = t.to_dataframe()
    assert frame[frame["type"] == "chat_model"]["output_tokens"].tolist() == [3, 3]


def test_is_watched_while_it_is_invoked(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    server.expect(reply(completion("unwatched")), stream(chunks("watch", "ed")))
    steps = chain(model())
    assert steps.invoke({"topic": "birds"}) == "unwatched"
    assert chainviz.watch(steps, {"topic": "birds"}).result(10) == "watched"
    assert [bool(request.body.get("stream")) for request in server.requests] == [False, True]


def test_an_error_passes_through(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    server.expect(failure(400, "no birds"))
    with chainviz.trace() as t, pytest.raises(openai.BadRequestError, match="no birds") as caught:
        chain(model()).invoke({"topic": "birds"})
    assert [(error.run.path, error.error) for error in t.errors] == [("seq:2", caught.value), ("", caught.value)]


def test_a_cancel_passes_through(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    server.expect(hang)
    steps = chain(model())

    async def leave() -> None:
        task = asyncio.create_task(steps.ainvoke({"topic": "birds"}))
        while not server.requests:
            await asyncio.sleep(0.01)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError):
            await task

    with chainviz.trace() as t:
        asyncio.run(leave())
    assert server.left.wait(5) and t.closed
    ends = {event.run.path: event for event in t.recorder.events if isinstance(event, RunCancel | RunError)}
    assert [*ends] == ["seq:2", ""] and all(isinstance(event, RunCancel) for event in ends.values())


def test_an_agent_calls_tools_in_a_loop(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    @tool
    def number(kind: str) -> int:
        """How many there are of a kind."""
        return len(kind)

    bound = model().bind_tools([number])
    graph: Any = StateGraph(MessagesState)
    graph.add_node("agent", lambda state: {"messages": [bound.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([number]))
    graph.add_edge(START, "agent").add_edge("tools", "agent").add_conditional_edges("agent", tools_condition)
    server.expect(
        stream(tool_chunks(("call-1", "number", ['{"kind": ', '"owls"}']))),
        stream(chunks("four", " owls")),
    )
    with chainviz.trace() as t:
        state = graph.compile().invoke({"messages": [("user", "How many owls?")]})
    assert state["messages"][-1].content == "four owls"
    assert json.loads(server.body["messages"][-1]["content"]) == 4
    runs = {event.run: event for event in t.recorder.events if isinstance(event, RunEnd)}
    told = [(run.path, run.type) for run in runs if run.type in ("chat_model", "tool")]
    assert told == [
        ("node:agent/seq:1", "chat_model"),
        ("node:tools/seq:1", "tool"),
        ("node:agent/seq:1", "chat_model"),
    ]
    first = next(event.output for run, event in runs.items() if run.type == "chat_model")
    assert [call["args"] for call in first.tool_calls] == [{"kind": "owls"}]


def test_its_messages_are_ours_on_our_side(server: Server, model: Callable[[], TheirChatOpenAI]) -> None:
    server.expect(reply(completion("hello")))
    [answer] = (ChatPromptTemplate.from_template("{x}") | model()).batch([{"x": "hi"}])
    assert type(answer) is AIMessage and answer.content == "hello" and answer.usage_metadata["input_tokens"] == 7
