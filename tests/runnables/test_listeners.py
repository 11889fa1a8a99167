"""`with_listeners` and `with_alisteners`: functions that are told of a step's runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chainviz import FakeListChatModel, RunnableGenerator, RunnableLambda, RunnableParallel

from ..tracing.watching import Watcher
from .test_timeout import VERBS, call


class Ears:
    """Listeners that note what they are told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def start(self, run: Any) -> None:
        self.heard.append(("start", run))

    def end(self, run: Any) -> None:
        self.heard.append(("end", run))

    def error(self, run: Any) -> None:
        self.heard.append(("error", run))

    async def astart(self, run: Any) -> None:
        await asyncio.sleep(0.005)
        self.heard.append(("start", run))

    async def aend(self, run: Any) -> None:
        await asyncio.sleep(0)
        self.heard.append(("end", run))

    @property
    def all(self) -> dict[str, Any]:
        return {"on_start": self.start, "on_end": self.end, "on_error": self.error}

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.heard]


def upper(x: Any) -> Any:
    return x.upper()


def boom(x: Any) -> Any:
    raise ValueError(f"no {x}")


@pytest.mark.parametrize("verb", VERBS)
def test_listeners_are_told_of_every_verb(verb: str) -> None:
    ears = Ears()
    before = datetime.now(UTC)
    chain = RunnableLambda(upper).with_listeners(**ears.all)
    call(chain, verb, config={"tags": ["mine"], "metadata": {"a": 1}, "run_name": "loud"})
    assert ears.words == ["start", "end"]
    run = ears.heard[1][1]
    assert run is ears.heard[0][1]
    assert isinstance(run.id, UUID) and run.trace_id == run.id and run.parent_run_id is None
    assert (run.name, run.run_type, run.tags, run.metadata) == ("loud", "chain", ["mine"], {"a": 1})
    assert (run.inputs, run.outputs, run.error, run.child_runs) == ({"input": "x"}, {"output": "X"}, None, [])
    assert run.start_time <= run.end_time and abs((run.start_time - before).total_seconds()) < 5


@pytest.mark.parametrize("verb", VERBS)
def test_listeners_are_told_of_errors(verb: str) -> None:
    ears = Ears()
    with pytest.raises(ValueError, match="no x"):
        call(RunnableLambda(boom).with_listeners(**ears.all), verb)
    assert ears.words == ["start", "error"]
    assert "ValueError('no x')" in ears.heard[1][1].error and "Traceback" in ears.heard[1][1].error


def test_a_run_that_is_left_is_an_error() -> None:
    ears = Ears()

    def letters(chunks: Iterator[Any]) -> Iterator[str]:
        yield from "abc"

    stream: Any = RunnableGenerator(letters).with_listeners(**ears.all).stream("x")
    next(stream)
    stream.close()
    assert ears.words == ["start", "error"]
    assert "the consumer stopped reading" in ears.heard[1][1].error


def test_a_run_has_the_runs_inside_it() -> None:
    ears = Ears()
    chain = RunnableParallel(a=upper, b=RunnableLambda(upper) | upper).with_listeners(**ears.all)
    chain.invoke("x")
    run = ears.heard[1][1]
    assert sorted(child.name for child in run.child_runs) == ["RunnableSequence", "upper"]
    assert all(child.parent_run is run and child.parent_run_id == run.id for child in run.child_runs)
    nested = next(child for child in run.child_runs if child.name == "RunnableSequence")
    assert [child.outputs for child in nested.child_runs] == [{"output": "X"}, {"output": "X"}]
    assert run.outputs == {"a": "X", "b": "X"}


def test_only_the_step_itself_is_listened_to() -> None:
    ears = Ears()
    watcher = Watcher()
    chain = RunnableLambda(upper) | RunnableLambda(upper).with_listeners(**ears.all) | upper
    chain.invoke("x", watcher.config)
    assert ears.words == ["start", "end"]
    assert ears.heard[0][1].tags == ["seq:step:2"]
    assert watcher.story() == [
        "start RunnableSequence",
        *["start upper", "end upper"] * 3,
        "end RunnableSequence",
    ]


def test_the_config_is_given_to_who_asks() -> None:
    seen: list[Any] = []
    chain = RunnableLambda(upper).with_listeners(
        on_start=lambda run, config: seen.append(config["tags"]), on_end=lambda run: seen.append(run.outputs)
    )
    chain.with_config(tags=["b"]).invoke("x", {"tags": ["a"]})
    assert seen == [["a", "b"], {"output": "X"}]


def test_listeners_stay_when_more_is_bound() -> None:
    ears, more = Ears(), Ears()
    step = RunnableLambda(lambda x, plus=0: x + plus).with_listeners(**ears.all)
    assert (
        step.bind(plus=1).with_config(run_name="add").with_listeners(**more.all).with_types(input_type=int).invoke(1)
        == 2
    )
    assert ears.words == more.words == ["start", "end"]
    assert ears.heard[0][1].name == "add"


@pytest.mark.parametrize("verb", ["batch", "abatch", "batch_as_completed"])
def test_each_item_is_told_of(verb: str) -> None:
    ears = Ears()
    step = RunnableLambda(upper).with_listeners(**ears.all)
    if verb == "batch":
        step.batch(["a", "b"])
    elif verb == "abatch":
        asyncio.run(step.abatch(["a", "b"]))
    else:
        list(step.batch_as_completed(["a", "b"]))
    assert sorted(ears.words) == ["end", "end", "start", "start"]
    assert sorted(run.inputs["input"] for word, run in ears.heard if word == "end") == ["a", "b"]


def test_a_map_tells_of_each_item() -> None:
    ears = Ears()
    assert RunnableLambda(upper).map().with_listeners(**ears.all).invoke(["a", "b"]) == ["A", "B"]
    assert sorted(ears.words) == ["end", "end", "start", "start"]


@pytest.mark.parametrize("verb", ["ainvoke", "astream", "abatch"])
@pytest.mark.parametrize("inside", [False, True])
def test_coroutines_have_ended_when_the_call_has(verb: str, inside: bool) -> None:
    ears = Ears()
    step = RunnableLambda(upper).with_alisteners(on_start=ears.astart, on_end=ears.aend)
    call(RunnableLambda(upper) | step | upper if inside else step, verb)
    assert ears.words == ["start", "end"]


@pytest.mark.parametrize("verb", ["invoke", "stream"])
def test_coroutines_listen_to_sync_calls_too(verb: str) -> None:
    ears = Ears()
    call(RunnableLambda(upper).with_alisteners(on_start=ears.astart, on_end=ears.aend), verb)
    assert ears.words == ["start", "end"]


@pytest.mark.parametrize("verb", ["invoke", "stream"])
async def test_coroutines_listen_to_sync_calls_in_a_running_loop(verb: str) -> None:
    ears = Ears()
    call(RunnableLambda(upper).with_alisteners(on_start=ears.astart, on_end=ears.aend), verb)
    assert ears.words == ["start", "end"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_listener_that_raises_does_no_harm(verb: str, asynchronous: bool, caplog: Any) -> None:
    async def awrong(run: Any) -> None:
        raise RuntimeError("listener")

    def wrong(run: Any) -> None:
        raise RuntimeError("listener")

    told = awrong if asynchronous else wrong
    with caplog.at_level(logging.WARNING, "chainviz"):
        output = call(RunnableLambda(upper).with_listeners(on_start=told), verb)
    assert "".join(output) == "X"
    [message] = [record.getMessage() for record in caplog.records]
    assert message.startswith("a listener to upper raised RuntimeError: listener; the run goes on")


def test_models_are_told_of_as_the_log_tells() -> None:
    ears = Ears()
    FakeListChatModel(responses=["hi"]).with_listeners(**ears.all).invoke("hello")
    run = ears.heard[1][1]
    assert run.run_type == "chat_model"
    assert run.inputs["messages"][0][0].content == "hello"
    assert run.outputs["generations"][0][0]["text"] == "hi"
