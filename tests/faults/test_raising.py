"""A step raises: its run and those around it end with an error event, and the caller gets the same object."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chainviz import BaseChatModel, FakeListChatModel
from chainviz.tracing.events import RunCancel, RunError

from .modes import EVERY_MODE, MODES, Watch
from .places import PLACES, Act


class Mine(Exception):
    """The user's own."""


class Mighty(BaseException):
    """The user's own, and no `except Exception` stops it."""


def raises(error: BaseException) -> Act:
    def work(x: Any) -> Any:
        raise error

    async def awork(x: Any) -> Any:
        raise error

    return Act(work, awork)


def outcome(watch: Watch, mode: str) -> Any:
    """How the call ended: its last event, in a batch the end of the item that failed first. Those that still run then
    may be stopped before they fail."""
    ends = (event for event in watch.watcher.events if isinstance(event, RunError | RunCancel))
    last = next(end for end in ends if end.run.parent is None) if "batch" in mode else watch.watcher.last()
    assert last.run.parent is None
    return last


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("place", PLACES)
def test_a_step_raises(place: str, mode: str) -> None:
    error = Mine("the message")
    watch = Watch(streaming=place == "model")
    with pytest.raises(Mine) as raised:
        watch.run(mode, PLACES[place](raises(error)))
    assert raised.value is error
    assert (error.__cause__, error.args) == (None, ("the message",))
    errors = [event for event in watch.watcher.events if isinstance(event, RunError)]
    own = [event for event in errors if event.error is error]
    assert own == [event for event in errors if event.run.name != "_gives_up"]
    assert outcome(watch, mode) in own


@pytest.mark.parametrize("mode", ["invoke", "batch", "stream", "ainvoke", "abatch", "astream", "events v2", "log"])
@pytest.mark.parametrize("place", ["middle", "parallel", "map", "retry", "fallbacks", "model"])
def test_a_step_raises_what_is_no_exception(place: str, mode: str) -> None:
    error = Mighty("the message")
    watch = Watch()
    with pytest.raises(Mighty) as raised:
        watch.run(mode, PLACES[place](raises(error)))
    assert raised.value is error
    assert outcome(watch, mode).error is error


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("place", ["first", "parallel", "own class", "model"])
def test_a_step_raises_on_a_thread(place: str, mode: str) -> None:
    error = Mine()
    watch = Watch()
    with pytest.raises(Mine) as raised:
        watch.run(mode, PLACES[place](Act(raises(error).work)))
    assert raised.value is error
    assert outcome(watch, mode).error is error


@pytest.mark.parametrize("mode", ["invoke", "ainvoke", "batch", "abatch"])
def test_a_function_that_is_out_of_values(mode: str) -> None:
    """StopIteration must not be taken for the end of a stream, nor be lost on its way out of a thread."""

    def work(x: Any) -> Any:
        return next(iter(()))

    watch = Watch()
    with pytest.raises(StopIteration if mode in MODES else RuntimeError, match=r"StopIteration|^$"):
        watch.run(mode, PLACES["middle"](Act(work)))
    assert "error faulty" in watch.watcher.story()


@pytest.mark.parametrize("mode", ["astream", "atransform", "events v2", "log"])
def test_a_model_that_is_out_of_values_before_it_streams(mode: str) -> None:
    class Empty(FakeListChatModel):
        _astream = BaseChatModel._astream

        def _stream(self, *args: Any, **kwargs: Any) -> Any:
            return next(iter(()))

    watch = Watch()
    with pytest.raises(RuntimeError, match="StopIteration"):
        watch.run(mode, Empty(responses=[]))
    assert "error Empty" in watch.watcher.story()


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_events_tell_of_an_error(version: Any) -> None:
    error = Mine("the message")
    events: list[Any] = []
    with pytest.raises(Mine):
        async for event in PLACES["middle"](raises(error)).astream_events("x", version=version):
            events.append(event)
    told = [(event["event"], event["name"], event["data"]["error"]) for event in events if "error" in event["data"]]
    assert told == [("on_chain_error", "faulty", error), ("on_chain_error", "RunnableSequence", error)]


@pytest.mark.parametrize("place", ["tool", "model", "retriever", "prompt", "parser"])
async def test_events_tell_of_an_error_by_type(place: str) -> None:
    events: list[Any] = []
    with pytest.raises(Mine):
        async for event in PLACES[place](raises(Mine())).astream_events("x"):
            events.append(event)
    kind = "chat_model" if place == "model" else place
    told = [event["event"] for event in events if event["event"].endswith("_error")]
    assert told[0] == f"on_{kind}_error"
    assert told[-1] == "on_chain_error"


async def test_the_log_tells_of_an_error() -> None:
    state: Any = None
    with pytest.raises(Mine):
        async for log in PLACES["middle"](raises(Mine("the message"))).astream_log("x", diff=False):
            state = log.state
    entry = state["logs"]["faulty"]
    assert (entry["error"], entry["final_output"]) == ("Mine: the message", None)
    assert entry["end_time"] is not None


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("place", ["middle", "parallel", "map", "branch", "retry", "model", "tool"])
def test_a_step_raises_and_nobody_watches(place: str, mode: str) -> None:
    error = Mine()
    with pytest.raises(Mine) as raised:
        Watch().run_unwatched(mode, PLACES[place](raises(error)))
    assert raised.value is error
    assert error.__cause__ is None


@pytest.mark.parametrize("mode", ["ainvoke", "abatch", "abatch completed", "astream", "events v2", "log"])
@pytest.mark.parametrize("place", ["middle", "parallel", "map", "model", "tool"])
def test_a_step_raises_a_cancel_of_its_own(place: str, mode: str) -> None:
    """Nobody asked for it, so nobody else would raise it: it must not be taken for an output of None."""
    watch = Watch()
    with pytest.raises(asyncio.CancelledError):
        watch.run(mode, PLACES[place](raises(asyncio.CancelledError("mine"))))
    assert outcome(watch, mode).reason == "mine"
