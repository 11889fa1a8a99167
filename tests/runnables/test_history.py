"""Chains that remember what was said."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

from chainviz import (
    AIMessage,
    AIMessageChunk,
    BaseChatMessageHistory,
    BaseMessage,
    ChatPromptTemplate,
    ConfigurableFieldSpec,
    FakeListChatModel,
    HumanMessage,
    InMemoryChatMessageHistory,
    MessagesPlaceholder,
    ParrotFakeChatModel,
    RunnableConfig,
    RunnableLambda,
    RunnableWithMessageHistory,
    message_to_dict,
    messages_from_dict,
)
from chainviz.errors import InvalidConfigError, InvalidInputError
from chainviz.runnables.history import RunnableWithMessageHistory as AlsoHere
from tests.tracing.watching import Watcher

SESSION: RunnableConfig = {"configurable": {"session_id": "s"}}


class Store:
    """Histories by the names of their sessions."""

    def __init__(self, make: Callable[[], Any] = InMemoryChatMessageHistory) -> None:
        self.make = make
        self.histories: dict[Any, Any] = {}

    def __call__(self, session_id: str) -> Any:
        return self.histories.setdefault(session_id, self.make())

    def said(self, session_id: str = "s") -> list[tuple[str, Any]]:
        return [(message.type, message.content) for message in self(session_id).messages]


class InMemoryHistory(BaseChatMessageHistory, BaseModel):
    """A history of one's own that is a pydantic model."""

    messages: list[BaseMessage] = Field(default_factory=list)

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        self.messages.extend(messages)

    def clear(self) -> None:
        self.messages = []


class FileHistory(BaseChatMessageHistory):
    """A history of one's own whose messages are a property."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    @property
    def messages(self) -> list[BaseMessage]:
        return messages_from_dict(json.loads(self.path.read_text())) if self.path.exists() else []

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        kept = [*self.messages, *messages]
        self.path.write_text(json.dumps([message_to_dict(message) for message in kept]))

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


def assistant(store: Any, **options: Any) -> RunnableWithMessageHistory:
    prompt = ChatPromptTemplate.from_messages(
        [("system", "You're good at {ability}"), MessagesPlaceholder("history"), ("human", "{question}")]
    )
    return RunnableWithMessageHistory(
        prompt | FakeListChatModel(responses=["one", "two"]),
        store,
        input_messages_key="question",
        history_messages_key="history",
        **options,
    )


QUESTION = {"ability": "math", "question": "What?"}
TALK = [("human", "What?"), ("ai", "one"), ("human", "What?"), ("ai", "two")]


@pytest.mark.parametrize("make", [InMemoryChatMessageHistory, InMemoryHistory], ids=lambda make: make.__name__)
@pytest.mark.parametrize("verb", ["invoke", "ainvoke", "stream", "astream", "batch", "abatch", "transform"])
def test_every_verb_remembers(verb: str, make: Any) -> None:
    store = Store(make)
    chain = assistant(store)

    async def drained(stream: Any) -> None:
        async for _ in stream:
            pass

    for _ in range(2):
        given = [QUESTION] if verb in ("batch", "abatch") else iter([QUESTION]) if verb == "transform" else QUESTION
        result = getattr(chain, verb)(given, SESSION)
        if verb in ("ainvoke", "abatch"):
            asyncio.run(result)
        elif verb == "astream":
            asyncio.run(drained(result))
        elif verb in ("stream", "transform"):
            assert len(store.said()) in (0, 2)
            list(result)
    assert [(kind.removesuffix("MessageChunk").lower(), text) for kind, text in store.said()] == TALK
    streamed = verb in ("stream", "astream", "transform")
    assert {type(message) for message in store("s").messages} == {
        HumanMessage,
        AIMessageChunk if streamed else AIMessage,
    }


def test_the_model_is_told_what_was_said() -> None:
    seen: list[list[str]] = []

    def answer(messages: list[BaseMessage]) -> str:
        seen.append([str(message.content) for message in messages])
        return f"answer {len(seen)}"

    chain = RunnableWithMessageHistory(RunnableLambda(answer), Store())
    chain.invoke("first", SESSION)
    chain.invoke([HumanMessage("second")], SESSION)
    chain.invoke(HumanMessage("other"), {"configurable": {"session_id": "t"}})
    assert seen == [["first"], ["first", "answer 1", "second"], ["other"]]


def test_a_file_remembers(tmp_path: Path) -> None:
    history = FileHistory(tmp_path / "talk.json")
    chain = RunnableWithMessageHistory(ParrotFakeChatModel(), lambda: history)
    chain.invoke("hello")
    chain.invoke([("human", "again")])
    assert [message.content for message in history.messages] == ["hello", "hello", "again", "again"]
    assert str(history).splitlines()[:2] == ["Human: hello", "Human: hello"]


def test_two_keys_name_a_session() -> None:
    store: dict[Any, Any] = {}

    def history(user_id: str, conversation_id: str) -> BaseChatMessageHistory:
        return store.setdefault((user_id, conversation_id), InMemoryChatMessageHistory())

    specs = [
        ConfigurableFieldSpec(id=id, annotation=str, name=id, description="", default="", is_shared=True)
        for id in ("user_id", "conversation_id")
    ]
    chain = assistant(history, history_factory_config=specs)
    chain.invoke(QUESTION, {"configurable": {"user_id": "123", "conversation_id": "1"}})
    assert list(store) == [("123", "1")]
    with pytest.raises(InvalidConfigError, match="'user_id' is missing; pass config="):
        chain.invoke(QUESTION, {"configurable": {"conversation_id": "1"}})
    wrong = assistant(lambda user: None, history_factory_config=specs)
    with pytest.raises(InvalidConfigError, match="to take 'user_id', 'conversation_id', but it takes 'user'"):
        wrong.invoke(QUESTION, {"configurable": {"user_id": "1", "conversation_id": "1"}})


def test_a_session_by_with_config() -> None:
    store = Store()
    chain = assistant(store).with_config(configurable={"session_id": "s"})
    chain.invoke(QUESTION)
    assert store.said() == TALK[:2]


def test_a_session_is_inherited() -> None:
    store = Store()
    inner = assistant(store)
    RunnableLambda[Any, Any](lambda given: inner.invoke(given)).invoke(QUESTION, SESSION)
    assert store.said() == TALK[:2]


@pytest.mark.parametrize(
    ("chain", "given", "config", "error", "message"),
    [
        (assistant(Store()), QUESTION, None, InvalidConfigError, "to have 'session_id', but 'session_id' is missing"),
        (assistant(Store()), QUESTION, {"configurable": {}}, InvalidConfigError, "'session_id' is missing"),
        (assistant(lambda session_id: 7), QUESTION, SESSION, InvalidConfigError, "to give a chat history, got 7"),
        (
            RunnableWithMessageHistory(RunnableLambda(str), Store()),
            7,
            SESSION,
            InvalidInputError,
            "expected its input to be a text or messages, got 7",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(chain: Any, given: Any, config: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message) as raised:
        chain.invoke(given, config)
    assert "\n" not in str(raised.value)


class Full(InMemoryChatMessageHistory):
    """A store that takes no more."""

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        raise OSError("no space left")


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        (
            RunnableWithMessageHistory(RunnableLambda(len), Store()),
            "InvalidInputError: RunnableWithMessageHistory: expected its output to be a text or messages, got 1",
        ),
        (
            RunnableWithMessageHistory(RunnableLambda(lambda x: {"a": "b"}), Store(), output_messages_key="c"),
            "InvalidInputError: .*expected messages under 'c' of its output, got a dict with 'a'",
        ),
        (RunnableWithMessageHistory(RunnableLambda(lambda x: "yes"), lambda: Full()), "OSError: no space left"),
    ],
)
@pytest.mark.parametrize("verb", ["invoke", "ainvoke", "stream", "astream"])
async def test_what_can_not_be_added_is_logged_and_the_answer_is_there(
    chain: Any, message: str, verb: str, caplog: pytest.LogCaptureFixture
) -> None:
    output = getattr(chain, verb)("x", SESSION)
    if verb == "ainvoke":
        output = await output
    elif verb != "invoke":
        output = [chunk async for chunk in output] if verb == "astream" else list(output)
    assert output in (1, [1], {"a": "b"}, [{"a": "b"}], "yes", ["yes"])
    [record] = caplog.records
    assert re.search("what was said is not in its history: " + message, record.getMessage())


def test_no_function() -> None:
    with pytest.raises(InvalidConfigError, match="expected a function `get_session_history`, got"):
        RunnableWithMessageHistory(RunnableLambda(str), {})


async def test_what_fails_or_is_broken_off_is_not_remembered() -> None:
    store = Store()
    chain = assistant(store)
    for _ in chain.stream(QUESTION, SESSION):
        break
    async for _ in chain.astream(QUESTION, SESSION):
        break
    assert store.said() == []

    def fail(messages: Any) -> Any:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        RunnableWithMessageHistory(RunnableLambda(fail), store).invoke("x", SESSION)
    assert store.said() == []


async def test_calls_at_the_same_time_lose_nothing() -> None:
    store = Store()

    async def answer(messages: list[BaseMessage]) -> str:
        await asyncio.sleep(0.01)
        return "answer"

    chain = RunnableWithMessageHistory(RunnableLambda(answer), store)
    await chain.abatch([str(number) for number in range(5)], SESSION)
    assert sorted(text for kind, text in store.said() if kind == "human") == list("01234")
    assert len(store.said()) == 10


async def test_async_verbs_use_the_async_methods() -> None:
    used: list[str] = []

    class Remote(InMemoryHistory):
        async def aget_messages(self) -> list[BaseMessage]:
            used.append("get")
            return self.messages

        async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
            used.append("add")
            self.messages.extend(messages)

    store = Store(Remote)
    await assistant(store).ainvoke(QUESTION, SESSION)
    assert used == ["get", "add"]
    assert store.said() == TALK[:2]


def test_its_graph_and_the_places_of_its_runs() -> None:
    chain = assistant(Store())
    ids = {node.id: node for node in chain.get_graph().root.walk()}
    assert ids["seq:2/history/seq:2"].class_name == "FakeListChatModel"
    watcher = Watcher()
    chain.invoke(QUESTION, {**watcher.config, **SESSION})
    assert {event.run.path for event in watcher.events} == set(ids)
    assert [type(prompt).__name__ for prompt in chain.get_prompts()] == ["ChatPromptTemplate"]


def test_the_inner_steps_see_the_history() -> None:
    seen: list[Any] = []

    def look(messages: Any, config: RunnableConfig) -> str:
        seen.append(config["configurable"])
        return "x"

    store = Store()
    RunnableWithMessageHistory(RunnableLambda(look), store).invoke("x", SESSION)
    assert seen == [{"session_id": "s", "message_history": store("s")}]


async def test_histories() -> None:
    history = InMemoryChatMessageHistory(messages=[HumanMessage("a")])
    history.add_user_message("b")
    history.add_ai_message(AIMessage("c"))
    await history.aadd_messages([HumanMessage("d")])
    assert [message.content for message in await history.aget_messages()] == list("abcd")
    await history.aclear()
    assert history.messages == []
    own = InMemoryHistory()
    own.add_message(AIMessage("hello"))
    await own.aadd_messages([HumanMessage("hi")])
    assert str(own) == "AI: hello\nHuman: hi"
    assert await own.aget_messages() == own.messages
    await own.aclear()
    assert own.messages == []

    class Mute(BaseChatMessageHistory):
        def clear(self) -> None: ...

    with pytest.raises(NotImplementedError, match="Mute: expected `add_messages` or `add_message`, got neither"):
        Mute().add_user_message("x")
    assert AlsoHere is RunnableWithMessageHistory
