"""Callback handlers are told of a stream, and coroutines among them of everything, as the reference tells them."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core, plain
from .observe import Program
from .programs import PROGRAMS
from .recorder import Calls, by_run, recorder

BY_NAME = {program.name: program for program in PROGRAMS}
STREAMED = [
    "lambda",
    "sequence",
    "streamed_sequence",
    "nested_calls",
    "branch_streams",
    "assign",
    "tags_inherited",
    "model_to_parser",
    "prompt_model_parser",
    "json_of_a_model",
    "retriever",
    "tool",
]
AWAITED = [
    "sequence",
    "model_to_parser",
    "error_in_sequence",
    "parallel_of_one",
    "custom_events_async",
    "tool",
    "retry",
]


def calls_of(core: Core, program: Program, verb: str, base: str = "BaseCallbackHandler") -> Any:
    calls: Calls = {}
    chain = program.build(core)
    config = {**program.config(), "callbacks": [recorder(core, calls, base)]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if verb == "stream":
                list(chain.stream(program.input, config))
            else:
                asyncio.run(chain.ainvoke(program.input, config))
        except Exception as error:
            calls["error"] = [("error", plain(error), None)]
    return by_run(calls)


@pytest.mark.parametrize("name", STREAMED)
def test_calls_of_a_stream(name: str) -> None:
    ours, reference = (calls_of(core, BY_NAME[name], "stream") for core in (OURS, REFERENCE))
    assert ours == reference


@pytest.mark.parametrize("name", AWAITED)
def test_calls_of_a_coroutine_handler(name: str) -> None:
    ours = calls_of(OURS, BY_NAME[name], "ainvoke", "AsyncCallbackHandler")
    assert ours == calls_of(REFERENCE, BY_NAME[name], "ainvoke", "AsyncCallbackHandler")
