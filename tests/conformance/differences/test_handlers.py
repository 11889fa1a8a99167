"""Where ours means to differ: what handlers hear."""

from __future__ import annotations

import asyncio
from typing import Any

from ..cores import OURS, REFERENCE, Core
from ..steps import twice, upper


def model_starts(core: Core, **flags: Any) -> list[str]:
    """Which of two handlers hear of a model's start, the first of them with these flags."""
    told: list[str] = []

    class Handler(core.BaseCallbackHandler):
        name = "plain"

        def on_llm_start(self, *args: Any, **more: Any) -> None:
            told.append(self.name)

    first = type("First", (Handler,), {"name": "first", **flags})()
    asyncio.run(core.FakeListLLM(responses=["a"]).ainvoke("x", {"callbacks": [first, Handler()]}))
    return told


def test_each_handler_hears_a_model_beside_one_that_runs_inline() -> None:
    assert model_starts(REFERENCE) == model_starts(OURS) == ["first", "plain"]
    assert model_starts(REFERENCE, run_inline=True) == ["first"]
    assert model_starts(OURS, run_inline=True) == ["first", "plain"]


def ends(core: Core, base: str) -> tuple[list[str], bool]:
    """Who hears of the end of a sync call where the first of two handlers raises, and asks for that to be raised."""
    told: list[str] = []

    def second(self: Any, outputs: Any, **more: Any) -> None:
        told.append("second")

    def first(self: Any, outputs: Any, **more: Any) -> None:
        told.append("first")
        raise ValueError("of a handler")

    async def afirst(self: Any, outputs: Any, **more: Any) -> None:
        first(self, outputs)

    handler = getattr(core, base)
    on_end = afirst if base == "AsyncCallbackHandler" else first
    raising = type("First", (handler,), {"on_chain_end": on_end, "raise_error": True})()
    other = type("Second", (core.BaseCallbackHandler,), {"on_chain_end": second})()
    try:
        core.RunnableLambda(upper).invoke("x", {"callbacks": [raising, other]})
    except ValueError:
        return told, True
    return told, False


def test_a_handler_that_raises_keeps_nothing_from_the_others() -> None:
    """In the reference the others do not hear what it has raised at; of a coroutine, a sync call never raises it."""
    assert ends(OURS, "BaseCallbackHandler") == (["first", "second"], True)
    assert ends(REFERENCE, "BaseCallbackHandler") == (["first"], True)
    assert sorted(ends(OURS, "AsyncCallbackHandler")[0]) == ["first", "second"]
    assert ends(OURS, "AsyncCallbackHandler")[1]
    assert ends(REFERENCE, "AsyncCallbackHandler") == (["second", "first"], False)


def test_what_a_handler_is_told_beside_the_run() -> None:
    """The reference tells of `run_type` and `defers_inputs` in some verbs of some steps, tells of more options where a
    model streams, and gives a token by its name where nobody awaits it. Ours says the same of every verb."""

    def told(core: Core) -> list[Any]:
        seen: list[Any] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
                seen.append({"run_type", "defers_inputs"} & set(kwargs))

            def on_chat_model_start(self, serialized: Any, messages: Any, **kwargs: Any) -> None:
                seen.append(kwargs["options"])

            def on_llm_new_token(self, *args: Any, **kwargs: Any) -> None:
                seen.append(args)

        config: Any = {"callbacks": [Handler()]}
        (core.RunnableLambda(upper) | twice).invoke("x", config)
        list(core.RunnableLambda(upper).stream("x", config))
        list(core.FakeListChatModel(responses=["a"]).stream("x", config, n=1))
        return seen

    kinds = {"run_type"}
    assert told(REFERENCE) == [set(), kinds, kinds, {"run_type", "defers_inputs"}, {"stop": None, "n": 1}, ()]
    assert told(OURS) == [kinds, kinds, kinds, kinds, {"stop": None}, ("a",)]


def test_keywords_of_a_text_model() -> None:
    """Ours tells of a model's parameters and of `stop` in each verb; the reference of every keyword, in a stream."""

    def told(core: Core) -> list[bool]:
        seen: list[bool] = []

        class Handler(core.BaseCallbackHandler):
            def on_llm_start(self, serialized: Any, prompts: Any, *, invocation_params: Any, **kwargs: Any) -> None:
                seen.append("n" in invocation_params)

        class Model(core.LLM):
            _llm_type = "model"

            def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
                return "a"

            def _stream(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
                yield core.GenerationChunk(text="a")

        config: Any = {"callbacks": [Handler()]}
        Model().invoke("x", config, n=1)
        list(Model().stream("x", config, n=1))
        return seen

    assert (told(REFERENCE), told(OURS)) == ([False, True], [False, False])
