"""What handlers hear, where the reference leaves somebody or something out."""

from __future__ import annotations

import asyncio
from typing import Any

from ...cores import OURS, REFERENCE, Core
from ...steps import twice, upper


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


def test_every_start_says_what_kind_of_run_it_is() -> None:
    """None for a chain. In the reference it is chance whether the key is there: a sequence streamed has it, one invoked
    has not, and a function has it in both."""

    def told(core: Core) -> list[bool]:
        seen: list[bool] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
                seen.append("run_type" in kwargs)

        chain = core.RunnableLambda(upper) | twice
        chain.invoke("x", {"callbacks": [Handler()]})
        list(chain.stream("x", {"callbacks": [Handler()]}))
        return seen

    assert told(REFERENCE) == [False, True, True, True, True, True]
    assert told(OURS) == [True] * 6


def test_a_token_may_have_any_name() -> None:
    """The reference gives it by name in a sync call, by position in an async one."""

    def heard(core: Core) -> list[str]:
        seen: list[str] = []

        class Handler(core.BaseCallbackHandler):
            def on_llm_new_token(self, piece: str, **kwargs: Any) -> None:
                seen.append(piece)

        model = core.FakeListChatModel(responses=["a"])
        list(model.stream("x", {"callbacks": [Handler()]}))
        return seen

    assert heard(REFERENCE) == []
    assert heard(OURS) == ["a"]
