"""LangChain beside chainviz: what it runs is captured, its steps are steps of ours, and ours of its own."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import weakref
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from langchain_core import messages as theirs
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.callbacks.manager import dispatch_custom_event
from langchain_core.documents import Document as TheirDocument
from langchain_core.language_models import FakeListChatModel as TheirModel
from langchain_core.language_models import GenericFakeChatModel as Generic
from langchain_core.output_parsers import StrOutputParser as TheirParser
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.prompts import ChatPromptTemplate as TheirPrompt
from langchain_core.runnables import RunnableGenerator as TheirGenerator
from langchain_core.runnables import RunnableLambda as Theirs
from pydantic import SecretStr

import chainviz
from chainviz import (
    AIMessage,
    ChatPromptTemplate,
    Document,
    FakeListChatModel,
    HumanMessage,
    RunnableLambda,
    StrOutputParser,
    Trace,
    to_langchain,
)
from chainviz.integrations.langchain.values import as_ours, as_theirs
from chainviz.tracing.events import RunCancel, RunChunk, RunEnd, RunStart
from chainviz.tracing.redact import secrets_of


def same(x: Any) -> Any:
    return x


def paths(t: Trace) -> list[str]:
    return [event.run.path for event in t.recorder.events if isinstance(event, RunStart)]


def names(t: Trace) -> list[str]:
    return [event.run.name for event in t.recorder.events if isinstance(event, RunStart)]


# --- capturing -----------------------------------------------------------------------------------------------------


def test_tokens_of_a_model_that_is_invoked_are_captured() -> None:
    with chainviz.trace() as t:
        (TheirPrompt.from_template("{x}") | TheirModel(responses=["hey"]) | TheirParser()).invoke({"x": 1})
    assert [event["data"]["chunk"].content for event in t.events() if event["event"] == "on_chat_model_stream"] == [
        *"hey"
    ]


def test_the_parts_of_an_answer_are_captured_as_they_are() -> None:
    call = {"name": "look", "args": "{}", "id": "1", "index": 0, "type": "tool_call_chunk"}
    more: list[dict[str, Any]] = [{}, {"id": "a"}, {"tool_call_chunks": [call]}, {"response_metadata": {"x": 1}}]
    more += [{"note": "mine"}, {"chunk_position": "last"}, {"content": "", "name": "me"}, {"content": [{"text": "x"}]}]

    class Told(TheirModel):
        def _stream(self, *_: Any, **__: Any) -> Iterator[Any]:
            for fields in more:
                yield ChatGenerationChunk(message=theirs.AIMessageChunk(**{"content": "x", **fields}))

    with chainviz.trace() as t:
        given = [*Told(responses=[]).stream("hi")]
    captured = [event.chunk for event in t.recorder.events if isinstance(event, RunChunk)]
    assert captured == given
    assert len(captured) > len(more)  # it says itself which is the last


@pytest.mark.parametrize("around", [lambda model: model, lambda model: Theirs(same) | model], ids=["root", "inside"])
@pytest.mark.parametrize("said", ["", "Let me look."])
def test_a_fake_model_whose_stream_drops_tool_calls_answers_as_ever(around: Any, said: str) -> None:
    call = {"name": "look", "args": {}, "id": "1", "type": "tool_call"}
    chain = around(Generic(messages=iter([theirs.AIMessage(said, tool_calls=[call])] * 2)))
    with chainviz.trace() as t:
        assert chain.invoke("hi").tool_calls == [call]
        assert asyncio.run(chain.ainvoke("hi")).tool_calls == [call]
    assert len(t.roots) == 2 and len(t.tree[0].children) == len(t.tree[1].children)
    words = around(Generic(messages=iter(["a b"])))
    assert [part.content for part in words.stream("hi") if part.content] == ["a", " ", "b"]


def test_a_thread_of_the_users_own_is_detached_and_not_lost() -> None:
    with chainviz.trace() as t, ThreadPoolExecutor() as pool:
        assert sorted(pool.map(Theirs(same).invoke, range(3))) == [0, 1, 2]
    assert [root.tags for root in t.roots] == [["detached"]] * 3


def test_outside_of_a_trace_nothing_is_captured() -> None:
    with chainviz.trace() as t:
        pass
    Theirs(same).invoke(1)
    assert t.roots == []


@pytest.mark.parametrize("around", [lambda step: step, lambda step: Theirs(same) | step], ids=["root", "inside"])
def test_fallbacks_stand_below_their_run(around: Any) -> None:
    def fail(x: Any) -> Any:
        raise ValueError(x)

    chain = around(Theirs(fail).with_fallbacks([Theirs(same)]))
    with chainviz.trace() as t:
        chain.invoke(1)
    assert len(t.roots) == 1
    assert [path.split("/")[-1] for path in paths(t)[-2:]] == ["fallback:0", "fallback:1"]


def test_a_stream_that_is_left_leaves_nothing_open() -> None:
    def letters(_: Any) -> Iterator[str]:
        yield from "abc"

    def broken(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)
        raise ValueError("broken")

    with chainviz.trace() as t:
        next(iter((Theirs(same) | TheirGenerator(letters)).stream(1)))
        with pytest.raises(ValueError, match="broken"):
            list((TheirGenerator(letters) | TheirGenerator(broken)).stream(1))
    assert t.closed
    assert {event.reason for event in t.recorder.events if isinstance(event, RunCancel)} == {
        "its caller ended without it"
    }


def test_what_has_ended_is_not_held() -> None:
    with chainviz.trace() as t:
        (Theirs(same) | Theirs(same)).invoke(1)
        list((Theirs(same) | Theirs(same)).stream(1))
    gone = weakref.ref(t)
    del t
    gc.collect()
    assert gone() is None


def test_custom_events_are_captured() -> None:
    def work(x: int) -> int:
        dispatch_custom_event("half", {"done": x})
        return x

    with chainviz.trace() as t:
        Theirs(work).with_config(tags=["mine"]).invoke(1)
    [event] = [event for event in t.events() if event["event"] == "on_custom_event"]
    assert (event["name"], event["data"], event["tags"]) == ("half", {"done": 1}, ["mine"])


def test_the_graph_of_what_was_captured_is_the_chains() -> None:
    chain = TheirPrompt.from_template("{x}") | {"a": Theirs(same), "b": Theirs(str)}
    with chainviz.trace() as t:
        chain.invoke({"x": 1})
    known = {node.id for node in t.roots[0].step.get_graph().root.walk()}
    assert set(paths(t)) == known


@pytest.mark.filterwarnings("ignore:.*RunnableWithMessageHistory", "ignore:.*InMemoryChatMessageHistory")
def test_what_a_history_is_put_around_is_drawn_and_runs_there() -> None:
    from langchain_core.chat_history import InMemoryChatMessageHistory
    from langchain_core.runnables.history import RunnableWithMessageHistory

    kept: Any = InMemoryChatMessageHistory()
    inner = TheirPrompt.from_template("{q}") | TheirModel(responses=["hey"])
    chain = RunnableWithMessageHistory(inner, lambda _: kept, input_messages_key="q")
    with chainviz.trace() as t:
        chain.invoke({"q": "hi"}, {"configurable": {"session_id": "1"}})
    known = {node.id for node in t.roots[0].step.get_graph().root.walk()}
    assert {"seq:2/call:RunnableSequence/seq:1", "seq:2/call:RunnableSequence/seq:2"} <= known
    assert set(paths(t)) <= known


def test_a_saved_page_masks_the_secrets_of_their_steps(tmp_path: Any) -> None:
    class Keyed(TheirModel):
        key: SecretStr = SecretStr("hush-hush-hush")

    chain = TheirPrompt.from_template("{x}") | Keyed(responses=["the key is hush-hush-hush"])
    with chainviz.trace() as t:
        chain.invoke({"x": 1})
    page = tmp_path / "page.html"
    t.to_html(page)
    assert "hush-hush" not in page.read_text()


def test_a_step_of_ours_with_a_thing_of_its_own_keeps_its_secrets() -> None:
    class Keyed(chainviz.RunnableSerializable[Any, Any]):
        thing: str = "mine"
        key: SecretStr = SecretStr("hush-hush-hush")

    assert [*secrets_of(Keyed())] == ["hush-hush-hush"]


@pytest.mark.parametrize(
    "program",
    [
        "import chainviz, langchain_core.runnables",
        "import langchain_core.runnables, chainviz",
        "import langchain_core.runnables as r, langchain_core.callbacks.manager\nr.RunnableLambda(len).invoke('a')\n"
        "import chainviz",
        "import chainviz",
    ],
)
def test_the_order_of_imports_does_not_matter(program: str) -> None:
    program += """
with chainviz.trace() as t:
    from langchain_core.runnables import RunnableLambda
    RunnableLambda(len).invoke("abc")
    (chainviz.RunnableLambda(str) | RunnableLambda(len)).invoke(12)
print([[child.run.name for child in root.children] for root in t.tree])
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "[[], ['str', 'len']]", run.stderr


def test_without_it_nothing_of_it_is_imported() -> None:
    program = "import sys, chainviz\nwith chainviz.trace(): chainviz.RunnableLambda(len).invoke('a')\n"
    program += "print([name for name in sys.modules if 'langchain' in name or 'langsmith' in name])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"


def test_without_it_installed_all_else_works_and_nothing_is_in_its_way() -> None:
    program = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, *more):
        there = name.split(".")[0] not in ("langchain_core", "langgraph", "langsmith")
        return self.finder.find_spec(name, *more) if there else None

sys.meta_path[:] = map(Without, sys.meta_path)
import chainviz
from chainviz.errors import MissingPackageError
from chainviz.runnables.coerce import ADOPTERS
from chainviz.tracing.active import SURROUNDINGS

chain = chainviz.ChatPromptTemplate.from_template("{x}") | chainviz.FakeListChatModel(responses=["hey"])
with chainviz.trace() as t:
    chain.invoke({"x": 1})
assert len(t.tree[0].children) == 2 and chain.get_graph().draw_mermaid()
assert SURROUNDINGS == ADOPTERS == []
try:
    chainviz.to_langchain(chain)
except MissingPackageError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "chainviz[langchain]" in run.stdout, run.stderr


# --- harmless ------------------------------------------------------------------------------------------------------


class Noting(BaseCallbackHandler):
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **told: Any) -> None:
        self.calls.append(("start", told["name"], told["tags"], bool(told["parent_run_id"])))

    def on_chain_end(self, outputs: Any, **told: Any) -> None:
        self.calls.append(("end", outputs, told["tags"]))

    def on_chat_model_start(self, serialized: Any, messages: Any, **told: Any) -> None:
        self.calls.append(("model", told["name"], [[type(one) for one in several] for several in messages]))

    def on_llm_new_token(self, token: str, **told: Any) -> None:
        self.calls.append(("token", token))


def test_a_fault_of_ours_does_not_reach_the_users_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from chainviz.integrations.langchain import captured

    def fault(*_: Any) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(captured, "open_run", fault)
    with caplog.at_level(logging.CRITICAL), chainviz.trace():
        assert (Theirs(same) | Theirs(same)).invoke(1) == 1
        assert list((Theirs(same) | Theirs(same)).stream(1)) == [1]
        assert asyncio.run((Theirs(same) | Theirs(same)).ainvoke(1)) == 1


def test_other_handlers_hear_the_same_with_and_without_us() -> None:
    chain = TheirPrompt.from_template("{x}") | Theirs(same)
    alone, beside = Noting(), Noting()
    chain.invoke({"x": 1}, {"callbacks": [alone]})
    with chainviz.trace():
        chain.invoke({"x": 1}, {"callbacks": [beside]})
    assert alone.calls == beside.calls


# --- theirs in ours ------------------------------------------------------------------------------------------------


def test_a_model_of_theirs_is_a_step_of_ours() -> None:
    chain = ChatPromptTemplate.from_template("say {x}") | TheirModel(responses=["hey"]) | StrOutputParser()
    assert chain.invoke({"x": 1}) == "hey"
    assert list(chain.stream({"x": 1})) == [*"hey"]
    assert asyncio.run(chain.ainvoke({"x": 1})) == "hey"
    assert chain.batch([{"x": 1}, {"x": 2}]) == ["hey", "hey"]
    with chainviz.trace() as t:
        list(chain.stream({"x": 1}))
    assert len(t.roots) == 1
    assert [(event.run.type, event.run.path) for event in t.recorder.events if isinstance(event, RunStart)] == [
        ("chain", ""),
        ("prompt", "seq:1"),
        ("chat_model", "seq:2"),
        ("parser", "seq:3"),
    ]
    assert chain.get_graph().find("seq:2").kind == "chat_model"


def test_config_reaches_theirs() -> None:
    seen: list[Any] = []

    def note(x: Any, config: Any) -> Any:
        seen.append((config["tags"], config["metadata"], config["configurable"]))
        return x

    chain = RunnableLambda(same) | Theirs(note)
    chain.invoke(1, {"tags": ["mine"], "metadata": {"m": 1}, "configurable": {"c": 2}})
    assert seen == [(["mine"], {"m": 1}, {"c": 2})]


def test_what_theirs_raises_is_the_same_object() -> None:
    error = ValueError("theirs")

    def fail(_: Any) -> Any:
        raise error

    with chainviz.trace() as t, pytest.raises(ValueError, match="theirs") as caught:
        (RunnableLambda(same) | Theirs(fail)).invoke(1)
    assert caught.value is error
    assert [found.error for found in t.errors] == [error, error]


def test_leaving_our_stream_ends_theirs() -> None:
    ended: list[str] = []

    def letters(_: Any) -> Iterator[str]:
        try:
            yield from "abc"
        finally:
            ended.append("sync")

    async def aletters(_: Any) -> AsyncIterator[str]:
        try:
            for letter in "abc":
                yield letter
        finally:
            ended.append("async")

    stream: Any = (RunnableLambda(same) | TheirGenerator(letters)).stream(1)
    assert next(stream) == "a"
    stream.close()

    async def leave() -> None:
        stream: Any = (RunnableLambda(same) | TheirGenerator(aletters)).astream(1)
        assert await anext(stream) == "a"
        await stream.aclose()

    asyncio.run(leave())
    assert ended == ["sync", "async"]


async def test_leaving_their_stream_of_ours_ends_ours() -> None:
    ended: list[str] = []

    async def letters(chunks: AsyncIterator[Any]) -> AsyncIterator[str]:
        async for chunk in chunks:
            try:
                yield "a"
                yield "b"
            finally:
                ended.append(chunk)

    async def given() -> AsyncIterator[str]:
        yield "transformed"

    step = chainviz.to_langchain(chainviz.RunnableGenerator(letters))
    streams: list[Any] = [step.astream("streamed"), step.atransform(given())]
    for stream in streams:
        assert await anext(stream) == "a"
        await stream.aclose()
    assert ended == ["streamed", "transformed"]


def test_cancelling_ours_cancels_theirs() -> None:
    async def wait(_: Any) -> None:
        await asyncio.sleep(60)

    async def run() -> Trace:
        with chainviz.trace() as t:
            task = asyncio.create_task((RunnableLambda(same) | Theirs(wait)).ainvoke(1))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return t

    t = asyncio.run(run())
    assert [node.status for node in t.tree[0].children] == ["done", "cancelled"]


# --- ours in theirs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [to_langchain, lambda step: step], ids=["by name", "as it is"])
def test_a_chain_of_ours_is_a_step_of_theirs(wrap: Any) -> None:
    ours = RunnableLambda(same) | FakeListChatModel(responses=["hey"])
    chain = TheirPrompt.from_template("{x}") | wrap(ours) | TheirParser()
    assert chain.invoke({"x": 1}) == "hey"
    assert list(chain.stream({"x": 1})) == [*"hey"]
    assert asyncio.run(chain.ainvoke({"x": 1})) == "hey"
    with chainviz.trace() as t:
        chain.invoke({"x": 1})
    assert len(t.roots) == 1
    assert names(t)[-3:] == ["RunnableLambda", "FakeListChatModel", "StrOutputParser"] or names(t)[-3:] == [
        "same",
        "FakeListChatModel",
        "StrOutputParser",
    ]


def test_ours_is_drawn_with_its_steps_wherever_it_stands_in_theirs() -> None:
    ours = RunnableLambda(same) | FakeListChatModel(responses=["hey"])
    for there in (ours, to_langchain(ours), {"in a dict": ours, "beside": same}):
        chain = Theirs(same) | there
        with chainviz.trace() as t:
            chain.invoke("x")
        known = {node.id: node.kind for node in t.roots[0].step.get_graph().root.walk()}
        assert {*paths(t)} <= {*known} and "chat_model" in known.values()


def test_a_batch_has_the_object_that_runs() -> None:
    chain = Theirs(same) | Theirs(same)
    with chainviz.trace() as t:
        asyncio.run(chain.abatch([1, 2]))
        chain.batch([3])
    assert [root.step.thing for root in t.roots] == [chain, chain, chain]


def test_their_handlers_hear_of_ours() -> None:
    handler = Noting()
    ours = RunnableLambda(same) | FakeListChatModel(responses=["hey"])
    chain = TheirPrompt.from_template("{x}") | to_langchain(ours)
    chain.invoke({"x": 1}, {"callbacks": [handler]})
    assert ("start", "RunnableSequence", ["seq:step:2"], True) in handler.calls
    assert ("model", "FakeListChatModel", [[theirs.HumanMessage]]) in handler.calls
    ends = [outputs for what, outputs, *_ in handler.calls if what == "end"]
    assert [type(output).__module__.split(".")[0] for output in ends[-2:]] == ["langchain_core"] * 2


def test_their_events_have_ours_with_tokens() -> None:
    chain = Theirs(same) | to_langchain(FakeListChatModel(responses=["hey"]))

    async def events() -> list[Any]:
        return [event async for event in chain.astream_events("x", version="v2")]

    seen = asyncio.run(events())
    tokens = [event["data"]["chunk"] for event in seen if event["event"] == "on_chat_model_stream"]
    assert [(type(token), token.content) for token in tokens] == [(theirs.AIMessageChunk, letter) for letter in "hey"]
    assert {len(event["parent_ids"]) for event in seen if event["name"] == "FakeListChatModel"} == {1}


def test_ours_called_by_their_code_nests() -> None:
    ours = RunnableLambda(same) | Theirs(same).with_config(run_name="inner") | RunnableLambda(same)

    def call(x: Any) -> Any:
        return ours.invoke(x)

    with chainviz.trace() as t:
        (Theirs(call) | Theirs(same)).invoke(1)
    assert len(t.roots) == 1
    assert paths(t) == [
        *("", "seq:1", "seq:1/call:RunnableSequence", "seq:1/call:RunnableSequence/seq:1"),
        *("seq:1/call:RunnableSequence/seq:2", "seq:1/call:RunnableSequence/seq:3", "seq:2"),
    ]


# --- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        (HumanMessage("x", name="me"), theirs.HumanMessage("x", name="me")),
        (AIMessage("x", id="1"), theirs.AIMessage("x", id="1")),
        (
            AIMessage("", tool_calls=[{"name": "f", "args": {"a": 1}, "id": "1"}]),
            theirs.AIMessage("", tool_calls=[{"name": "f", "args": {"a": 1}, "id": "1"}]),
        ),
        (chainviz.ToolMessage("x", tool_call_id="1"), theirs.ToolMessage("x", tool_call_id="1")),
        (Document("x", metadata={"a": 1}), TheirDocument("x", metadata={"a": 1})),
        ({"a": [HumanMessage("x"), 1]}, {"a": [theirs.HumanMessage("x"), 1]}),
        ((Document("x"),), (TheirDocument("x"),)),
    ],
)
def test_values_of_both_sides(ours: Any, other: Any) -> None:
    assert as_theirs(ours) == other
    assert as_ours(other) == ours


@pytest.mark.parametrize("value", [1, "x", None, [1, 2], {"a": (1, {"b": 2})}, object()])
def test_everything_else_is_the_same_object(value: Any) -> None:
    assert as_ours(value) is value
    assert as_theirs(value) is value


def test_a_run_has_what_it_gave() -> None:
    with chainviz.trace() as t:
        Theirs(lambda _: theirs.AIMessage("x")).invoke(1)
    [end] = [event for event in t.recorder.events if isinstance(event, RunEnd)]
    assert isinstance(end.output, theirs.AIMessage)
