"""Failing and cancelled runs of every type say so; in the reference they fall silent."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import abreak_off, break_off, fail, retriever, spelling, upper
from ..told import events_of, named, patches_of


def test_failing_runs_end_in_the_events() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper) | fail

    assert not any("error" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))
    ours = named(events_of(OURS, chain(OURS)))
    assert ("on_chain_error", "fail") in ours
    assert ours[-1] == ("on_chain_error", "RunnableSequence")
    entry = jsonpatch.apply_patch(
        {}, [op for patch in patches_of(OURS, chain(OURS)) for op in patch.ops if op["path"].count("/") < 4]
    )["logs"]["fail"]
    assert entry["end_time"] is not None
    assert entry["error"] == "ValueError: no X"


def failing_model(core: Core) -> Any:
    class Silent(core.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "silent"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            raise ValueError("nothing to say")

    return Silent()


def failing_text_model(core: Core) -> Any:
    class Mute(core.LLM):
        @property
        def _llm_type(self) -> str:
            return "mute"

        def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            raise ValueError("nothing to say")

    return Mute()


FAILING = {
    "chain": lambda c: c.RunnableLambda(fail),
    "prompt": lambda c: c.RunnableLambda(lambda x: {}) | c.PromptTemplate.from_template("{a}"),
    "chat_model": failing_model,
    "llm": failing_text_model,
    "parser": lambda c: c.JsonOutputParser(),
    "retriever": lambda c: c.RunnableLambda(lambda x: "") | retriever(c),
}


@pytest.mark.parametrize("kind", FAILING)
def test_runs_of_each_type_end_in_an_error(kind: str) -> None:
    """The reference tells of failing tools only."""
    reference = [event for event, _ in named(events_of(REFERENCE, FAILING[kind](REFERENCE)))]
    assert not any("error" in event for event in reference)
    ours = events_of(OURS, FAILING[kind](OURS))
    assert f"on_{kind}_error" in [event["event"] for event in ours]
    assert len({event["run_id"] for event in ours}) == sum(
        event["event"].endswith(("_end", "_error", "_cancel")) for event in ours
    )


def test_a_step_whose_reader_failed_is_cancelled() -> None:
    def chain(core: Core) -> Any:
        return spelling(core) | core.RunnableGenerator(break_off, abreak_off)

    of_letters = [event for event, name in named(events_of(OURS, chain(OURS))) if name == "letters"]
    assert of_letters[-1] == "on_chain_cancel"
    assert not any("cancel" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))
