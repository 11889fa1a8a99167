"""A class that wraps a verb of its base is called by that verb, wherever the step stands and whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .steps import twice, upper

CHAINS: dict[str, Callable[[Core, Any], Any]] = {
    "alone": lambda core, step: step,
    "sequence": lambda core, step: core.RunnableLambda(twice) | step,
    "parallel": lambda core, step: core.RunnableParallel(a=step, b=step),
    "each": lambda core, step: core.RunnableLambda(list) | step.map(),
}
VERBS: dict[str, Callable[[Any, Any], Any]] = {
    "invoke": lambda chain, config: chain.invoke("x", config),
    "ainvoke": lambda chain, config: asyncio.run(chain.ainvoke("x", config)),
    "batch": lambda chain, config: chain.batch(["x", "y"], config),
    "abatch": lambda chain, config: asyncio.run(chain.abatch(["x", "y"], config)),
}


def wrapped(core: Core, name: str, verb: str, config: Any) -> Any:
    calls: list[str] = []

    class Loud(core.RunnableLambda):
        def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            calls.append("invoke")
            return super().invoke(input, config, **kwargs)

        async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
            calls.append("ainvoke")
            return await super().ainvoke(input, config, **kwargs)

    return VERBS[verb](CHAINS[name](core, Loud(upper)), config), calls


def batched(core: Core, name: str, verb: str, watched: bool) -> Any:
    calls: list[Any] = []

    class Loud(core.RunnableLambda):
        def batch(self, inputs: Any, config: Any = None, **kwargs: Any) -> Any:
            calls.append(("batch", list(inputs)))
            return super().batch(inputs, config, **kwargs)

        async def abatch(self, inputs: Any, config: Any = None, **kwargs: Any) -> Any:
            calls.append(("abatch", list(inputs)))
            return await super().abatch(inputs, config, **kwargs)

    config = {"callbacks": [core.BaseCallbackHandler()]} if watched else None
    return VERBS[verb](CHAINS[name](core, Loud(upper)), config), calls


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("verb", ["batch", "abatch"])
@pytest.mark.parametrize("name", ["alone", "sequence"])
def test_a_batch_of_a_class_is_called_with_all_inputs(name: str, verb: str, watched: bool) -> None:
    ours, reference = (batched(core, name, verb, watched) for core in (OURS, REFERENCE))
    assert len(ours[1]) == 1
    assert ours == reference


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", CHAINS)
def test_a_verb_that_a_class_wraps_is_called(name: str, verb: str, watched: bool) -> None:
    ours, reference = (
        wrapped(core, name, verb, {"callbacks": [core.BaseCallbackHandler()]} if watched else None)
        for core in (OURS, REFERENCE)
    )
    assert ours[1]
    assert ours == reference
