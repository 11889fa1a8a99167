"""Callback handlers are called with the same things, in the same order within a run, as by the reference."""

from __future__ import annotations

import asyncio
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from .cores import OURS, REFERENCE, plain
from .observe import Program
from .programs import PROGRAMS

METHODS = [
    f"on_{family}_{what}" for family in ("llm", "chain", "tool", "retriever") for what in ("start", "end", "error")
]
METHODS += ["on_chat_model_start", "on_llm_new_token", "on_custom_event"]
BY_NAME = {program.name: program for program in PROGRAMS}
SEEN = [
    "lambda",
    "sequence",
    "parallel_of_one",
    "parallel_same_names",
    "assign",
    "branch_second",
    "each",
    "tags_inherited",
    "with_name",
    "error",
    "error_in_sequence",
    "nested_calls",
    "lambda_returns_runnable",
    "retriever",
    "retriever_in_sequence",
    "tool",
    "model",
    "model_to_parser",
    "prompt_model_parser",
    "text_model",
    "custom_events",
    "retry",
]


def recorder(core: SimpleNamespace, calls: dict[Any, list[Any]], base: str = "BaseCallbackHandler") -> Any:
    """A handler of this core that notes every call under its run."""

    def note(method: str) -> Any:
        def called(self: Any, *args: Any, run_id: Any, parent_run_id: Any = None, **kwargs: Any) -> None:
            first = () if method.endswith("_start") else args[:1]  # `serialized` differs: it is for tracing servers
            data = [plain(arg) for arg in (args[1:] if method.endswith("_start") else first)]
            data += [kwargs["token"]] if "token" in kwargs else []
            if method == "on_custom_event":
                data = [plain(arg) for arg in args]
            # Of models and tools the reference tells no name.
            shown = {key: plain(kwargs.get(key)) for key in ("name", "run_type") if method == "on_chain_start"}
            if method != "on_custom_event":
                shown["tags"] = kwargs.get("tags")
            calls.setdefault(run_id, []).append((method, data, shown, parent_run_id is None))

        async def acalled(self: Any, *args: Any, **kwargs: Any) -> None:
            called(self, *args, **kwargs)

        return acalled if base == "AsyncCallbackHandler" else called

    return type("Recorder", (getattr(core, base),), {method: note(method) for method in METHODS})()


def calls_of(core: SimpleNamespace, program: Program, verb: str, base: str = "BaseCallbackHandler") -> Any:
    calls: dict[Any, list[Any]] = {}
    chain = program.build(core)
    config = {**program.config(), "callbacks": [recorder(core, calls, base)]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if verb == "invoke":
                chain.invoke(program.input, config)
            elif verb == "stream":
                list(chain.stream(program.input, config))
            else:
                asyncio.run(chain.ainvoke(program.input, config))
        except Exception as error:
            calls["error"] = [plain(error)]
    return sorted(calls.values(), key=repr)


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("verb", ["invoke", "ainvoke"])
def test_calls(name: str, verb: str) -> None:
    assert calls_of(OURS, BY_NAME[name], verb) == calls_of(REFERENCE, BY_NAME[name], verb)


@pytest.mark.parametrize("name", ["lambda", "sequence", "model_to_parser", "nested_calls", "prompt_model_parser"])
def test_calls_of_a_stream(name: str) -> None:
    ours, reference = (calls_of(core, BY_NAME[name], "stream") for core in (OURS, REFERENCE))
    assert _without_start_inputs(ours) == _without_start_inputs(reference)


def _without_start_inputs(runs: Any) -> Any:
    """The reference does not know the input of a streamed run at its start; we know the root's."""
    hidden = [[(call[0], [], *call[2:]) if call[0] == "on_chain_start" else call for call in run] for run in runs]
    return sorted(hidden, key=repr)


@pytest.mark.parametrize("name", ["sequence", "model_to_parser", "error_in_sequence"])
def test_calls_of_a_coroutine_handler(name: str) -> None:
    ours = calls_of(OURS, BY_NAME[name], "ainvoke", "AsyncCallbackHandler")
    assert ours == calls_of(REFERENCE, BY_NAME[name], "ainvoke", "AsyncCallbackHandler")
