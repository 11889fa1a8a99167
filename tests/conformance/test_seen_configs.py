"""What a step finds in its config: of the run around it, of what is bound to it, of the call."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .recorder import settled
from .steps import twice

LOOKED_AT = ("tags", "metadata", "configurable", "max_concurrency", "recursion_limit")
AROUND: list[Any] = [
    None,
    {"tags": ["around"], "metadata": {"a": 1}, "configurable": {"a": 1}},
    {"max_concurrency": 3, "recursion_limit": 9, "metadata": {"k": "around"}},
]
BOUND: list[Any] = [
    None,
    {"tags": ["bound"]},
    {"metadata": {"b": 1}},
    {"configurable": {"b": 1}},
    {"tags": ["bound"], "metadata": {"k": "bound"}},
    {"max_concurrency": 5},
    {"recursion_limit": 7},
]
CALLS: list[Any] = [
    None,
    {},
    {"tags": ["own"]},
    {"metadata": {"k": "call"}},
    {"configurable": {"c": 1}},
    {"max_concurrency": 4, "recursion_limit": 25},
    {"recursion_limit": 24},
]
PLACES: dict[str, Callable[[Core, Any], Any]] = {
    "alone": lambda core, step: step,
    "typed": lambda core, step: step.with_types(output_type=str),
    "sequence": lambda core, step: core.RunnableLambda(twice) | step,
    "parallel": lambda core, step: core.RunnableParallel(a=step),
    "returned": lambda core, step: core.RunnableLambda(lambda x: step),
    "bound": lambda core, step: (core.RunnableLambda(twice) | step).with_config(tags=["outer"]),
    "listened": lambda core, step: step.with_listeners(on_start=id),
    "listened_later": lambda core, step: core.RunnableLambda(twice) | step.with_listeners(on_start=id),
}


def seen(core: Core, place: str, around: Any, bound: Any, call: Any) -> Any:
    """What a step sees that a function with the config `around` calls with the config `call`."""
    step = core.RunnableLambda(lambda x, config: {key: config.get(key) for key in LOOKED_AT})
    chain = PLACES[place](core, step.with_config(bound) if bound else step)
    return core.RunnableLambda(lambda x: chain.invoke(x, call)).invoke("x", around)


@pytest.mark.parametrize("place", PLACES)
def test_a_step_finds_the_same_in_its_config(place: str) -> None:
    for case in product(AROUND, BOUND, CALLS):
        ours, reference = settled(seen(OURS, place, *case)), settled(seen(REFERENCE, place, *case))
        assert (case, ours) == (case, reference)
