"""Events of a step's own."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz import RunnableLambda, adispatch_custom_event, dispatch_custom_event
from chainviz.errors import NoRunError

from .watching import Watcher


def test_within_a_run() -> None:
    def work(x: Any) -> Any:
        dispatch_custom_event("progress", {"done": 1})
        return x

    watcher = Watcher()
    RunnableLambda(work).invoke(1, watcher.config)
    assert watcher.story() == ["start work", "custom work", "end work"]
    assert (watcher.events[1].name, watcher.events[1].data) == ("progress", {"done": 1})  # type: ignore[union-attr]


async def test_within_a_coroutine_and_by_config() -> None:
    async def work(x: Any, config: Any) -> Any:
        await adispatch_custom_event("a", 1)
        await adispatch_custom_event("b", 2, config=config)

    events = [event async for event in RunnableLambda(work).astream_events(1)]
    assert [event["name"] for event in events if event["event"] == "on_custom_event"] == ["a", "b"]


def test_without_anybody_watching() -> None:
    step = RunnableLambda(lambda x: dispatch_custom_event("progress", x))
    step.invoke(1, {"tags": ["t"]})
    step.invoke(1)


def test_outside_of_a_run() -> None:
    with pytest.raises(NoRunError, match=r"dispatch_custom_event\('progress'\): expected to be called within a run"):
        dispatch_custom_event("progress", 1, config=Watcher().config)
