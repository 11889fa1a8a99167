"""What handlers are told beside the run: a model's options, what is still to come, what becomes of what they raise."""

from __future__ import annotations

import asyncio
from typing import Any

from ..cores import Core
from ..observe import value
from ..steps import twice, upper


def heard(core: Core, *names: str) -> tuple[Any, list[Any]]:
    """A config with a handler, and what that is told under these names at each start."""
    seen: list[Any] = []

    class Handler(core.BaseCallbackHandler):
        def on_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
            seen.append([kwargs.get(name) for name in names])

        on_chain_start = on_llm_start = on_chat_model_start = on_start

    return {"callbacks": [Handler()]}, seen


class _Text:
    _llm_type = "model"

    def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
        return "a"


@value
async def options_of_models(core: Core) -> Any:
    """A stream's options are told of."""

    def stream(self: Any, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        yield core.GenerationChunk(text="a")

    whole = type("Whole", (_Text, core.LLM), {})()
    parts = type("Parts", (_Text, core.LLM), {"_stream": stream})()
    config, seen = heard(core, "options", "invocation_params")
    for model in (whole, parts, core.FakeListChatModel(responses=["a"])):
        model.invoke("x", config, n=1)
        list(model.stream("x", config, n=1, stop=["b"]))
        await model.ainvoke("x", config, n=1)
        _ = [chunk async for chunk in model.astream("x", config, n=1)]
    return seen


@value
def inputs_that_are_to_come(core: Core) -> Any:
    config, seen = heard(core, "defers_inputs")
    step = core.RunnableLambda(upper)
    (step | twice).invoke("x", config)
    list(step.stream("x", config))
    list((step | twice).stream("x", config))
    list(step.transform(iter("xy"), config))

    def letters(chunks: Any) -> Any:
        yield from chunks

    list((step | letters).stream("x", config))
    core.RunnableGenerator(letters).invoke("x", config)
    return seen


@value
async def coroutines_that_raise(core: Core) -> Any:
    """Nobody waits for them in a sync call."""

    class Handler(core.AsyncCallbackHandler):
        raise_error = True

        async def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
            raise ValueError("of a handler")

    step = core.RunnableLambda(upper)
    called = await asyncio.to_thread(step.invoke, "x", {"callbacks": [Handler()]})
    try:
        await step.ainvoke("x", {"callbacks": [Handler()]})
    except ValueError as error:
        return called, str(error)


PROGRAMS = [options_of_models, inputs_that_are_to_come, coroutines_that_raise]
