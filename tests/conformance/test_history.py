"""Chains with a message history do on our core what they do on the reference, and remember the same."""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core, plain
from .observe import MODES, Program, see
from .steps import letters
from .test_configurable import model


@pytest.fixture(autouse=True)
def quiet() -> Any:
    """The reference calls its histories deprecated, and logs what goes wrong in them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        yield
        logging.disable(logging.NOTSET)


class Sessions(dict[Any, Any]):
    """The histories of a core, by what names them."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def __call__(self, *names: str, **more: str) -> Any:
        history = self.core.InMemoryChatMessageHistory()
        if not names and not more:
            return self.setdefault("only", history)
        return self.setdefault((*names, *more.values()), history)


def remembering(core: Core, runnable: Any, sessions: Any = None, **options: Any) -> Any:
    sessions = Sessions(core) if sessions is None else sessions
    chain = core.RunnableWithMessageHistory(runnable, lambda session_id: sessions(session_id), **options)
    object.__setattr__(chain, "sessions", sessions)
    return chain


def prompted(core: Core) -> Any:
    return core.ChatPromptTemplate.from_messages(
        [("system", "be {how}"), core.MessagesPlaceholder("history"), ("human", "{question}")]
    ) | model(core)


def of_questions(core: Core, runnable: Any = None, **options: Any) -> Any:
    return remembering(
        core, runnable or prompted(core), input_messages_key="question", history_messages_key="history", **options
    )


def of_messages(core: Core) -> Any:
    return remembering(core, model(core))


def of_one_key(core: Core) -> Any:
    return remembering(
        core, core.RunnableLambda(lambda d: d["talk"]) | model(core) | core.StrOutputParser(), input_messages_key="talk"
    )


def of_dicts(core: Core) -> Any:
    def answer(values: dict[str, Any]) -> dict[str, Any]:
        return {"said": core.AIMessage(f"{len(values['history'])} before"), "more": 1}

    return of_questions(core, core.RunnableLambda(answer), output_messages_key="said")


def of_lists(core: Core) -> Any:
    def answer(messages: list[Any]) -> list[Any]:
        return [core.AIMessage("one"), core.AIMessage(str(len(messages)))]

    return remembering(core, core.RunnableLambda(answer))


def of_one_output_key(core: Core) -> Any:
    return remembering(core, core.RunnableLambda(lambda messages: {"x": f"{len(messages)}"}))


def streaming(core: Core) -> Any:
    return remembering(core, core.RunnableLambda(letters))


def failing(core: Core) -> Any:
    def fail(messages: list[Any]) -> Any:
        raise ValueError("no answer")

    return remembering(core, core.RunnableLambda(fail))


def of_users(core: Core) -> Any:
    sessions = Sessions(core)
    spec = core.ConfigurableFieldSpec
    chain = core.RunnableWithMessageHistory(
        prompted(core),
        lambda user_id, conversation_id: sessions(user_id, conversation_id),
        input_messages_key="question",
        history_messages_key="history",
        history_factory_config=[
            spec(id="user_id", annotation=str, name="User ID", description="Of the user", default="", is_shared=True),
            spec(id="conversation_id", annotation=str, name="Conversation ID", default="", is_shared=True),
        ],
    )
    object.__setattr__(chain, "sessions", sessions)
    return chain


def of_one_history(core: Core) -> Any:
    sessions = Sessions(core)
    chain = core.RunnableWithMessageHistory(model(core), lambda: sessions())
    object.__setattr__(chain, "sessions", sessions)
    return chain


def configured(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages([core.MessagesPlaceholder("history"), ("human", "{question}")])
    mood = core.ConfigurableField(id="mood")
    return of_questions(core, prompt | model(core).configurable_fields(mood=mood))


def configurable(core: Core) -> Any:
    return remembering(core, model(core).configurable_fields(mood=core.ConfigurableField(id="mood")))


def in_session(**values: str) -> Any:
    return lambda: {"configurable": {"session_id": "s", **values}}


QUESTION = {"question": "why?", "how": "kind"}
PROGRAMS = [
    Program("questions", of_questions, QUESTION, config=in_session(), unordered=True),
    Program("messages", of_messages, "hello", config=in_session()),
    Program(
        "text_model", lambda c: remembering(c, c.FakeListLLM(responses=["yes", "no"])), "hello", config=in_session()
    ),
    Program("bound_model", lambda c: remembering(c, model(c).bind(stop=["x"])), "hello", config=in_session()),
    Program("model_with_config", lambda c: remembering(c, model(c).with_config(tags=["t"])), "hi", config=in_session()),
    Program("configurable_model", configurable, "hello", config=in_session(mood="glad")),
    Program("one_key", of_one_key, {"talk": "hello"}, config=in_session(), unordered=True),
    Program("dicts", of_dicts, {"question": "why?"}, config=in_session(), unordered=True),
    Program("lists", of_lists, "hello", config=in_session()),
    Program("one_output_key", of_one_output_key, "hello", config=in_session()),
    Program("streaming", streaming, "hello", config=in_session(), modes=("invoke", "stream")),
    Program(
        "users",
        of_users,
        QUESTION,
        config=lambda: {"configurable": {"user_id": "u", "conversation_id": "c"}},
        unordered=True,
    ),
    Program("one_history", of_one_history, "hello"),
    Program("bound", lambda c: of_questions(c).with_config(configurable={"session_id": "s"}), QUESTION, unordered=True),
    Program(
        "bound_tags", lambda c: of_questions(c).with_config(tags=["t"]), QUESTION, config=in_session(), unordered=True
    ),
    Program("configurable_inside", configured, {"question": "x"}, config=in_session(mood="glad"), unordered=True),
    Program("in_sequence", lambda c: c.RunnableLambda(str.upper) | of_messages(c), "hi", config=in_session()),
    Program("failing", failing, "hello", config=in_session(), modes=("invoke", "ainvoke")),
    Program(
        "run_name",
        of_questions,
        QUESTION,
        unordered=True,
        config=lambda: {**in_session()(), "run_name": "talk", "metadata": {"k": 1}, "tags": ["t"]},
    ),
]


def remembered(chain: Any) -> Any:
    """What the histories hold."""
    while not hasattr(chain, "sessions"):
        chain = chain.last if hasattr(chain, "last") else chain.bound
    return {names: plain(history.messages) for names, history in chain.sessions.items()}


# In a batch of one session the cores differ: see below.
CASES = [(program, mode) for program in PROGRAMS for mode in (program.modes or MODES) if "batch" not in mode]


@pytest.mark.parametrize(("program", "mode"), CASES, ids=[f"{program.name}-{mode}" for program, mode in CASES])
def test_same_as_the_reference(program: Program, mode: str) -> None:
    made: list[Any] = []

    def build(core: Core) -> Any:
        made.append(program.build(core))
        return made[-1]

    ours, theirs = (see(core, program._replace(build=build), mode) for core in (OURS, REFERENCE))
    assert ours == theirs
    assert remembered(made[0]) == remembered(made[1])


@pytest.mark.parametrize("build", [of_questions, of_messages, of_users, configured], ids=lambda build: build.__name__)
def test_the_same_schemas(build: Any) -> None:
    ours, theirs = build(OURS), build(REFERENCE)
    assert ours.get_config_jsonschema()["$defs"] == theirs.get_config_jsonschema()["$defs"]
    assert [spec.id for spec in ours.config_specs] == [spec.id for spec in theirs.config_specs]
    assert list(ours.get_input_jsonschema().get("properties", {})) == list(
        theirs.get_input_jsonschema().get("properties", {})
    )


@pytest.mark.parametrize("build", [of_questions, of_messages, of_dicts, of_lists], ids=lambda build: build.__name__)
@pytest.mark.parametrize("verb", ["batch", "abatch"])
def test_a_batch_of_sessions(build: Any, verb: str) -> None:
    def seen(core: Core) -> Any:
        chain = build(core)
        value = {"question": "why?", "how": "kind"} if "question" in str(chain.get_input_jsonschema()) else "hello"
        configs = [{"configurable": {"session_id": name}} for name in "abc"]
        for _ in range(2):
            given = getattr(chain, verb)([value] * 3, configs)
            outputs = asyncio.run(given) if verb == "abatch" else given
        return plain(outputs), remembered(chain)

    assert seen(OURS) == seen(REFERENCE)


def test_a_batch_in_one_session() -> None:
    """Each item of a batch goes through the chain on its own, so one after the other they remember what was said; the
    reference loads every history before it asks anything, and loses the second question."""
    kept: dict[str, Any] = {}
    for core in (OURS, REFERENCE):
        chain = of_lists(core)
        chain.batch(["first", "second"], {**in_session()(), "max_concurrency": 1})
        kept[core.package] = [message.content for message in chain.sessions["s",].messages]
    assert kept == {
        "chainviz": ["first", "one", "1", "second", "one", "4"],
        "langchain_core": ["first", "one", "1", "one", "1"],
    }


def test_a_missing_session() -> None:
    for core in (OURS, REFERENCE):
        with pytest.raises(ValueError, match="session_id"):
            of_messages(core).invoke("hello")
        with pytest.raises(ValueError, match="user_id"):
            of_users(core).invoke(QUESTION, {"configurable": {"conversation_id": "c"}})


@pytest.mark.parametrize("core", [OURS, REFERENCE], ids=lambda core: core.package)
@pytest.mark.parametrize("verb", ["invoke", "ainvoke"])
def test_what_can_not_be_kept_is_no_error(core: Core, verb: str) -> None:
    chain = remembering(core, core.RunnableLambda(lambda messages: 7))
    given = getattr(chain, verb)("hello", in_session()())
    assert (asyncio.run(given) if verb == "ainvoke" else given) == 7
    assert chain.sessions["s",].messages == []


@pytest.mark.parametrize("core", [OURS, REFERENCE], ids=lambda core: core.package)
def test_a_text_model_is_remembered_with_a_parser_after_it(core: Core) -> None:
    alone = remembering(core, core.FakeListLLM(responses=["yes"]))
    assert alone.invoke("hello", in_session()()) == "yes"
    assert alone.sessions["s",].messages == []
    parsed = remembering(core, core.FakeListLLM(responses=["yes"]) | core.StrOutputParser())
    assert parsed.invoke("hello", in_session()()) == "yes"
    assert [message.content for message in parsed.sessions["s",].messages] == ["hello", "yes"]


@pytest.mark.parametrize("suffix", [None, "Input"])
def test_the_same_name(suffix: str | None) -> None:
    ours, reference = (remembering(core, core.RunnableLambda(letters)).get_name(suffix) for core in (OURS, REFERENCE))
    assert ours == reference
