"""No task survives the call that began it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core


def begun_and_ended(core: Core, config: Any) -> tuple[int, int, str, str]:
    """How many of four awaited items began and how many came to their end, where the first fails; what a handler heard
    until the call came back, and what it heard after that."""
    begun: list[int] = []
    ended: list[int] = []
    heard: list[str] = []

    async def work(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise ValueError("zero")
        await asyncio.sleep(0.01)
        ended.append(item)

    class Handler(core.BaseCallbackHandler):
        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            heard.append("start")

        def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            heard.append("end")

        def on_chain_error(self, *args: Any, **kwargs: Any) -> None:
            heard.append("error")

    async def call() -> int:
        with pytest.raises(ValueError, match="zero"):
            await core.RunnableLambda(work).abatch([0, 1, 2, 3], {**config, "callbacks": [Handler()]})
        until = len(heard)
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
        return until

    until = asyncio.run(call())
    return len(begun), len(ended), " ".join(heard[:until]), " ".join(heard[until:])


def test_an_awaited_batch_that_fails_leaves_nothing_at_work() -> None:
    """In the reference the other items go on after the call has come back, and nobody hears what they raise."""
    begun, ended, told, after = begun_and_ended(REFERENCE, {"max_concurrency": 1})
    assert (begun, ended, f"{told} {after}") == (4, 3, "start error start end start end start end")
    assert told.startswith("start error") and after
    assert begun_and_ended(OURS, {"max_concurrency": 1}) == (1, 0, "start error", "")
    begun, ended, told, after = begun_and_ended(OURS, {})
    assert (ended, told.count("start"), told.count("error"), after) == (0, begun, begun, "")
