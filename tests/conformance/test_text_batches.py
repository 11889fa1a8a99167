"""A text model that generates by itself is given all texts of a batch at once: alone, and wherever it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .recorder import Calls, by_run, recorder
from .steps import upper

CHAINS: dict[str, Callable[[Core, Any], Any]] = {
    "alone": lambda core, model: model,
    "bound": lambda core, model: model.bind(stop=["."]).with_config(tags=["t"], run_name="named"),
    "configurable": lambda core, model: model.configurable_alternatives(core.ConfigurableField("k"), no=upper),
    "sequence": lambda core, model: core.PromptTemplate.from_template("{text}") | model | core.StrOutputParser(),
    "inside": lambda core, model: (
        upper | core.RunnableLambda(upper) | (model | core.StrOutputParser()).with_config(tags=["t"])
    ),
    "refusing": lambda core, model: core.RunnableLambda(refuse, arefuse) | model,
}
OPTIONS: dict[str, Any] = {
    "plain": {},
    "limited": {"max_concurrency": 2},
    "each its own": [{"tags": [c]} for c in "abc"],
}


def refuse(text: str) -> str:
    if text == "c":
        raise ValueError("no c")
    return text


async def arefuse(text: str) -> str:
    return refuse(text)


def model(core: Core, asked: list[Any]) -> Any:
    class Counting(core.BaseLLM):
        @property
        def _llm_type(self) -> str:
            return "counting"

        def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            asked.append((prompts, stop, kwargs))
            if "fail" in prompts:
                raise ValueError("no text")
            texts = [[core.Generation(text=f"<{p}>"), core.Generation(text="or")] for p in prompts]
            return core.LLMResult(generations=texts, llm_output={"token_usage": {"total": len(prompts)}})

    return Counting()


def outcome(core: Core, name: str, verb: str, texts: str, options: Any, **more: Any) -> Any:
    """What comes out or is raised, what the model was asked, what a handler heard of each run."""
    asked: list[Any] = []
    calls: Calls = {}
    chain = CHAINS[name](core, model(core, asked))
    handler = recorder(core, calls)
    inputs = [{"text": text} for text in texts.split()] if name == "sequence" else texts.split()
    config = [{**one, "callbacks": [handler]} for one in ([options] if isinstance(options, dict) else options)]
    try:
        call = getattr(chain, verb)(inputs, config[0] if isinstance(options, dict) else config, **more)
        output = asyncio.run(call) if verb == "abatch" else call
    except ValueError as error:
        output = repr(error)
    return repr(output), asked, by_run(calls)


@pytest.mark.parametrize("texts", ["a b c", "a fail c"])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("more", [{}, {"return_exceptions": True}], ids=["", "exceptions"])
@pytest.mark.parametrize("verb", ["batch", "abatch"])
@pytest.mark.parametrize("name", CHAINS)
def test_a_batch_of_texts(name: str, verb: str, more: Any, options: str, texts: str) -> None:
    ours, reference = (outcome(core, name, verb, texts, OPTIONS[options], **more) for core in (OURS, REFERENCE))
    assert ours == reference


@pytest.mark.parametrize("verb", ["generate", "agenerate"])
def test_several_are_generated_in_one_call(verb: str) -> None:
    def generated(core: Core) -> Any:
        asked: list[Any] = []
        calls: Calls = {}
        result = getattr(model(core, asked), verb)(["a", "b"], stop=["."], callbacks=[recorder(core, calls)])
        result = asyncio.run(result) if verb == "agenerate" else result
        texts = [[one.text for one in several] for several in result.generations]
        return texts, result.llm_output, len(result.run), asked, by_run(calls)

    assert generated(OURS) == generated(REFERENCE)


def test_all_are_told_of_before_the_first_ends() -> None:
    def told(core: Core) -> list[Any]:
        seen: list[Any] = []

        class Handler(core.BaseCallbackHandler):
            def on_llm_start(self, serialized: Any, prompts: Any, *, batch_size: int, **kwargs: Any) -> None:
                seen.append((prompts, batch_size))

            def on_llm_end(self, response: Any, **kwargs: Any) -> None:
                seen.append(response.generations[0][0].text)

        model(core, []).batch(["a", "b", "c"], {"callbacks": [Handler()], "max_concurrency": 2})
        return seen

    assert told(OURS) == told(REFERENCE) == [(["a"], 2), (["b"], 2), "<a>", "<b>", (["c"], 1), "<c>"]


def test_a_map_gives_all_its_items() -> None:
    def asked_of(core: Core) -> Any:
        asked: list[Any] = []
        given = model(core, asked).map().invoke(["a", "b"], {"configurable": {"k": 1}})
        return given, asked

    assert asked_of(OURS) == asked_of(REFERENCE)
