"""What is no list, and a limit that is no number, are named in one sentence by every verb that takes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InputTypeError, InvalidConfigError

STEP: Any = RunnableLambda(str, name="step")
BATCHES: dict[str, Callable[[Any, Any], Any]] = {
    "batch": lambda inputs, config: STEP.batch(inputs, config),
    "abatch": lambda inputs, config: asyncio.run(STEP.abatch(inputs, config)),
    "batch_as_completed": lambda inputs, config: list(STEP.batch_as_completed(inputs, config)),
    "abatch_as_completed": lambda inputs, config: asyncio.run(read(STEP.abatch_as_completed(inputs, config))),
}
MAPS: dict[str, Callable[[Any, Any], Any]] = {
    "invoke": lambda input, config: STEP.map().invoke(input, config),
    "ainvoke": lambda input, config: asyncio.run(STEP.map().ainvoke(input, config)),
    "stream": lambda input, config: list(STEP.map().stream(input, config)),
    "astream": lambda input, config: asyncio.run(read(STEP.map().astream(input, config))),
}
CONFIGS = pytest.mark.parametrize("config", [None, {"tags": ["a"]}], ids=["plain", "watched"])


async def read(stream: Any) -> list[Any]:
    return [item async for item in stream]


@CONFIGS
@pytest.mark.parametrize("verb", BATCHES)
def test_a_batch_of_no_list(verb: str, config: Any) -> None:
    with pytest.raises(InputTypeError, match=r"^step: expected a list of inputs for a batch, got 3$"):
        BATCHES[verb](3, config)


@pytest.mark.parametrize("verb", BATCHES)
@pytest.mark.parametrize("step", [STEP.bind(), STEP.with_config(tags=["a"]), STEP.with_listeners(on_start=print)])
def test_a_batch_of_no_list_for_what_stands_around_a_step(
    step: Any, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "STEP", step)
    with pytest.raises(InputTypeError, match=r"expected a list of inputs for a batch, got 3$"):
        BATCHES[verb](3, None)


@CONFIGS
@pytest.mark.parametrize("verb", MAPS)
def test_a_map_over_no_list(verb: str, config: Any) -> None:
    with pytest.raises(InputTypeError, match=r"^RunnableEach<step>: expected a list to map over, got 3$"):
        MAPS[verb](3, config)


@pytest.mark.parametrize("limit", [-1, "2", 1.5])
@pytest.mark.parametrize("verb", BATCHES)
def test_a_limit_that_is_none(verb: str, limit: Any) -> None:
    with pytest.raises(InvalidConfigError, match=r"^config\['max_concurrency'\]: expected a whole number, got "):
        BATCHES[verb]([1, 2], {"max_concurrency": limit})
    with pytest.raises(InvalidConfigError, match=r"^config\['max_concurrency'\]"):
        STEP.invoke(1, {"max_concurrency": limit})
