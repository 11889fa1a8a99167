"""A text model that is given several prompts at once: what the modes of a batch come to."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chainviz import BaseCallbackHandler, BaseLLM, PromptTemplate, RunnableLambda
from chainviz.errors import InvalidInputError, StepTimeoutError
from chainviz.outputs import Generation, LLMResult

from ..tracing.watching import Watcher


class Texts(BaseLLM):
    asked: list[list[str]] = []  # noqa: RUF012

    def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> LLMResult:
        self.asked.append(prompts)
        if "slow" in prompts:
            time.sleep(0.3)
        return LLMResult([[Generation(prompt.upper())] for prompt in prompts if prompt != "lost"])


@pytest.fixture
def model() -> Texts:
    return Texts(asked=[])


def test_nobody_has_to_watch(model: Texts) -> None:
    assert model.batch(["a", "b"]) == asyncio.run(model.abatch(["a", "b"])) == ["A", "B"]
    assert model.batch([]) == asyncio.run(model.abatch([])) == []
    assert model.asked == [["a", "b"], ["a", "b"]]


def test_a_limit_holds_within_a_run(model: Texts) -> None:
    chain = RunnableLambda(lambda x: [*x]) | model.map()
    assert chain.invoke("abc", {"max_concurrency": 2}) == ["A", "B", "C"]
    assert asyncio.run(chain.ainvoke("abc", {"max_concurrency": 2})) == ["A", "B", "C"]
    assert model.asked == [["a", "b"], ["c"]] * 2


def test_a_map_streams_what_came_together(model: Texts) -> None:
    assert list(model.map().stream(["a", "b"])) == [["A"], ["B"]]
    assert model.asked == [["a", "b"]]


@pytest.mark.parametrize("verb", ["batch", "abatch"])
def test_in_time_or_not_at_all(model: Texts, verb: str) -> None:
    watcher = Watcher()
    chain: Any = PromptTemplate.from_template("{x}") | model

    def run(config: Any) -> Any:
        result = getattr(chain, verb)([{"x": "a"}, {"x": "slow"}], {**config, **watcher.config})
        return asyncio.run(result) if verb == "abatch" else result

    assert run({"timeout": 60}) == ["A", "SLOW"]
    with pytest.raises(StepTimeoutError, match=r"within 0\.05 s"):
        run({"timeout": 0.05})
    assert watcher.violations() == []
    assert watcher.story().count("cancel Texts") == watcher.story().count("cancel RunnableSequence") == 2


def test_an_executor_is_given_one_at_a_time(model: Texts) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert model.batch(["a", "b"], {"executor": executor}) == ["A", "B"]
    assert sorted(model.asked) == [["a"], ["b"]]


class Heard(BaseCallbackHandler):
    def __init__(self) -> None:
        self.story: list[str] = []

    def on_llm_start(self, serialized: Any, prompts: Any, **kwargs: Any) -> None:
        self.story += prompts

    def on_llm_end(self, response: Any, **kwargs: Any) -> None:
        self.story.append(response.generations[0][0].text)


@pytest.mark.parametrize("verb", ["batch", "generate"])
def test_a_handler_of_its_own_hears_each_run(verb: str) -> None:
    heard = Heard()
    getattr(Texts(asked=[], callbacks=[heard]), verb)(["a", "b"])
    assert heard.story == ["a", "b", "A", "B"]
    (RunnableLambda(str) | Texts(asked=[], callbacks=[heard])).batch(["c", "d"])
    assert heard.story[4:] == ["c", "d", "C", "D"]


def test_a_text_is_missing(model: Texts) -> None:
    watcher = Watcher()
    with pytest.raises(InvalidInputError, match="for each of 2 prompts, got 1"):
        model.batch(["a", "lost"], watcher.config)
    assert watcher.story() == ["start Texts", "start Texts", "error Texts", "error Texts"]
