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
    "custom_events",
    "custom_events_async",
    "tool",
    "retry",
]


def whole_results(core: Core, verb: str) -> Any:
    """What `on_llm_end` is told of models that say more than their answer is."""
    told: list[Any] = []

    class Chat(core.BaseChatModel):
        _llm_type = "chat"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            one = core.ChatGeneration(message=core.AIMessage("a"), generation_info={"reason": "stop"})
            return core.ChatResult(
                generations=[one, core.ChatGeneration(message=core.AIMessage("b"))], llm_output={"n": 2}
            )

    class Streaming(Chat):
        def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            for text, info in (("a", {"reason": "st"}), ("b", None), ("c", {"reason": "op", "n": 1})):
                yield core.ChatGenerationChunk(message=core.AIMessageChunk(text), generation_info=info)

    class Text(core.BaseLLM):
        _llm_type = "text"

        def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            several = [core.Generation(text="a", generation_info={"reason": "stop"}), core.Generation(text="b")]
            return core.LLMResult(generations=[several], llm_output={"n": 2})

    class StreamingText(Text):
        def _stream(self, prompt: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            yield core.GenerationChunk(text="a", generation_info={"reason": "st"})
            yield core.GenerationChunk(text="b", generation_info={"reason": "op"})

    class Handler(core.BaseCallbackHandler):
        def on_llm_end(self, response: Any, **kwargs: Any) -> None:
            generations = response.generations[0]
            infos = [(type(one).__name__, one.text, one.generation_info, one.type) for one in generations]
            told.append((infos, response.llm_output))

    async def used(step: Any) -> None:
        if verb.endswith("invoke"):
            await step.ainvoke("x", config) if verb == "ainvoke" else step.invoke("x", config)
        elif verb.endswith("stream"):
            [c async for c in step.astream("x", config)] if verb == "astream" else list(step.stream("x", config))
        else:
            async for event in step.astream_events("x", config, version=verb):
                if event["event"].endswith("model_end") and verb == "v1" and isinstance(event["data"]["output"], dict):
                    output = event["data"]["output"]
                    told.append((output["llm_output"], [one["generation_info"] for one in output["generations"][0]]))

    config: Any = {"callbacks": [Handler()]}
    models = [Chat(), Streaming(), Text(), StreamingText()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in models:
            asyncio.run(used(model))
            asyncio.run(used(core.RunnableLambda(lambda x: x) | model))
    return told


@pytest.mark.parametrize("verb", ["invoke", "ainvoke", "stream", "astream", "v1", "v2"])
def test_whole_results_of_models(verb: str) -> None:
    told = whole_results(OURS, verb)
    assert len(told) >= 8
    assert told == whole_results(REFERENCE, verb)


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


@pytest.mark.parametrize("kind", ["chat", "text"])
def test_how_many_are_asked(kind: str) -> None:
    def sizes(core: Core) -> list[int]:
        told: list[int] = []

        class Handler(core.BaseCallbackHandler):
            def on_chat_model_start(self, serialized: Any, messages: Any, *, batch_size: int, **kwargs: Any) -> None:
                told.append(batch_size)

            def on_llm_start(self, serialized: Any, prompts: Any, *, batch_size: int, **kwargs: Any) -> None:
                told.append(batch_size)

        handlers: Any = [Handler()]
        if kind == "chat":
            model, asked = core.FakeListChatModel(responses=["a"]), [[core.HumanMessage("x")]] * 3
        else:
            model, asked = core.FakeListLLM(responses=["a"]), ["x"] * 3
        model.generate(asked, callbacks=handlers)
        model.invoke("x", {"callbacks": handlers})
        list(model.stream("x", {"callbacks": handlers}))
        return told

    assert sizes(OURS) == sizes(REFERENCE) == [3, 3, 3, 1, 1]
