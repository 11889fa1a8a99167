"""`generate` and its kin, and the parameters that all models have."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from chainviz import (
    BaseCallbackHandler,
    FakeListChatModel,
    FakeListLLM,
    GenericFakeChatModel,
    HumanMessage,
    RunnableLambda,
    trace,
)
from chainviz.language_models import BaseChatModel
from chainviz.messages import AIMessage
from chainviz.outputs import ChatGeneration, ChatResult


class Several(BaseChatModel):
    """Gives two candidates for each question."""

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        text = messages[-1].text
        if text == "no":
            raise ValueError("no")
        candidates = [ChatGeneration(AIMessage(f"{text}{number}{stop or ''}")) for number in range(2)]
        return ChatResult(candidates, llm_output={"asked": text})

    def _combine_llm_outputs(self, llm_outputs: list[dict[str, Any] | None]) -> dict[str, Any]:
        return {"all": [output and output["asked"] for output in llm_outputs]}


class Heard(BaseCallbackHandler):
    def __init__(self) -> None:
        self.names: list[str] = []

    def on_chat_model_start(self, serialized: Any, messages: Any, **more: Any) -> None:
        self.names.append(f"start {serialized['name']}")

    def on_llm_end(self, response: Any, **more: Any) -> None:
        self.names.append(f"end {len(response.generations[0])}")

    def on_llm_error(self, error: BaseException, **more: Any) -> None:
        self.names.append(f"error {error}")


def ask(*texts: str) -> list[list[HumanMessage]]:
    return [[HumanMessage(text)] for text in texts]


def texts_of(result: Any) -> list[list[str]]:
    return [[one.text for one in several] for several in result.generations]


def test_every_candidate_and_what_the_provider_says() -> None:
    result = Several().generate(ask("a", "b"), stop=["."])
    assert texts_of(result) == [["a0['.']", "a1['.']"], ["b0['.']", "b1['.']"]]
    assert result.llm_output == {"all": ["a", "b"]}
    assert result.run is not None and len({run.run_id for run in result.run}) == 2
    again = asyncio.run(Several().agenerate(ask("a", "b"), stop=["."]))
    assert (texts_of(again), again.llm_output) == (texts_of(result), result.llm_output)


def test_a_run_for_each_under_the_given_name() -> None:
    heard, id = Heard(), uuid4()
    result = Several().generate(ask("a", "b"), callbacks=[heard], run_name="asks", run_id=id, tags=["t"])
    assert heard.names == ["start asks", "end 2", "start asks", "end 2"]
    assert result.run is not None and result.run[0].run_id == id != result.run[1].run_id


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_first_failure_is_raised_and_every_run_ends(asynchronous: bool) -> None:
    heard, model = Heard(), Several()
    with pytest.raises(ValueError, match="no"):
        if asynchronous:
            asyncio.run(model.agenerate(ask("no"), callbacks=[heard]))
        else:
            model.generate(ask("a", "no", "b"), callbacks=[heard])
    assert heard.names[-2:] == ["start Several", "error no"]


def test_its_runs_stand_in_a_trace() -> None:
    with trace() as t:
        RunnableLambda(lambda _: Several().generate(ask("a")).llm_output).invoke(None)
    assert [(node.run.name, node.run.type) for node in t.tree[0].children] == [("Several", "chat_model")]
    ends = [event["data"]["output"] for event in t.events() if event["event"] == "on_chat_model_end"]
    assert [message.content for message in ends] == ["a0"]


def test_whoever_wants_tokens_gets_them() -> None:
    model = GenericFakeChatModel(messages=iter(["a b"]))
    with trace() as t:
        result = model.generate(ask("x"))
    assert texts_of(result) == [["a b"]]
    chunks = [event["data"]["chunk"].content for event in t.events() if event["event"] == "on_chat_model_stream"]
    assert [chunk for chunk in chunks if chunk] == ["a", " ", "b"]


def test_own_handlers_hear_the_model_and_nothing_else() -> None:
    heard = Heard()
    model = FakeListChatModel(responses=["ab"], callbacks=[heard])
    assert isinstance(model, FakeListChatModel)
    assert model.get_name() == type(model).__name__ == "FakeListChatModel"
    chain = RunnableLambda(lambda x: x) | model
    chain.invoke("x")
    list(chain.stream("x"))
    FakeListChatModel(responses=["ab"]).invoke("x")
    assert heard.names == ["start FakeListChatModel", "end 1"] * 2


def test_own_handlers_beside_others() -> None:
    own, given = Heard(), Heard()
    model = FakeListChatModel(responses=["ab"], callbacks=[own])
    with trace() as t:
        asyncio.run((RunnableLambda(str) | model).ainvoke("x", {"callbacks": [given]}))
    assert own.names == given.names == ["start FakeListChatModel", "end 1"]
    assert [(node.run.name, node.run.path) for node in t.tree[0].children] == [
        ("str", "seq:1"),
        ("FakeListChatModel", "seq:2"),
    ]


def test_own_handlers_survive_a_copy() -> None:
    heard = Heard()
    FakeListChatModel(responses=["ab"], callbacks=[heard]).model_copy().invoke("x")
    assert heard.names == ["start FakeListChatModel", "end 1"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"cache": True}, "expected cache to be None or False, got True"), ({"callbacks": 3}, "callbacks to be a list")],
)
def test_what_a_model_does_not_take(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FakeListChatModel(responses=["a"], **parameters)


def test_counting_tokens() -> None:
    guess = FakeListLLM(responses=["a"])
    assert guess.get_num_tokens("two words") == 2
    assert guess.get_num_tokens_from_messages([HumanMessage("two words")]) == guess.get_num_tokens("Human: two words")
    with pytest.raises(NotImplementedError, match="custom_get_token_ids"):
        guess.get_token_ids("a")
    exact = FakeListLLM(responses=["a"], custom_get_token_ids=lambda text: [ord(letter) for letter in text])
    assert (exact.get_token_ids("ab"), exact.get_num_tokens("abc")) == ([97, 98], 3)
