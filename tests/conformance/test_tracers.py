"""Handlers made for LangChain hear our chains as they hear the reference's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.tracers.base import AsyncBaseTracer
from langchain_core.tracers.run_collector import RunCollectorCallbackHandler

from .cores import OURS, REFERENCE, Core, plain
from .observe import adrained, drained
from .steps import fail, model, retriever, search, text_model, twice, upper

VERBS = ("invoke", "stream", "batch", "ainvoke", "astream", "abatch")


def all_kinds(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages([("system", "be brief"), ("human", "{x}")])
    return (
        core.RunnableLambda(upper)
        | text_model(core)
        | core.RunnableLambda(twice).with_config(tags=["t"], run_name="double")
        | prompt
        | model(core)
        | core.StrOutputParser()
        | retriever(core)
        | (lambda docs: {"x": docs[0].page_content})
        | search(core)
    )


CHAINS = {
    "all_kinds": all_kinds,
    "failing": lambda core: core.RunnableLambda(upper) | {"a": core.RunnableLambda(fail)},
    "nested": lambda core: core.RunnableLambda(upper) | core.RunnableParallel(a=core.RunnableLambda(twice) | upper),
}


def call(core: Core, name: str, verb: str, handler: Any) -> None:
    chain = CHAINS[name](core)
    config = {"callbacks": [handler], "tags": ["c"], "metadata": {"m": 1}}

    async def acall() -> Any:
        if verb == "astream":
            return await adrained(chain.astream("x", config))
        return await (chain.ainvoke("x", config) if verb == "ainvoke" else chain.abatch(["x"], config))

    try:
        if verb.startswith("a"):
            asyncio.run(acall())
        elif verb == "stream":
            drained(chain.stream("x", config))
        else:
            chain.invoke("x", config) if verb == "invoke" else chain.batch(["x"], config)
    except ValueError:
        pass


def seen(run: Any) -> Any:
    """A run as a tracer keeps it, without what is a provider's, or a form of the core's own."""
    outputs = run.outputs
    if run.run_type == "llm" and outputs:
        outputs = [one["text"] for one in outputs["generations"][0]]
    return {
        "name": run.name,
        "type": run.run_type,
        "inputs": plain(run.inputs),
        "outputs": plain(outputs),
        "error": run.error and run.error.split("\n")[0],
        "tags": run.tags,
        "metadata": plain(run.extra.get("metadata")),
        "events": [event["name"] for event in run.events],
        "runs": [seen(child) for child in run.child_runs],
    }


class AsyncCollector(AsyncBaseTracer):
    def __init__(self) -> None:
        super().__init__()
        self.traced_runs: list[Any] = []

    async def _persist_run(self, run: Any) -> None:
        self.traced_runs.append(run)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("kind", [RunCollectorCallbackHandler, AsyncCollector])
def test_tracers_collect_the_same_runs(kind: Any, name: str, verb: str) -> None:
    told: list[Any] = []
    for core in (OURS, REFERENCE):
        handler = kind()
        call(core, name, verb, handler)
        told.append([seen(run) for run in handler.traced_runs])
    assert told[0]
    assert told[0] == told[1]


@pytest.mark.parametrize("verb", VERBS)
def test_plain_handlers_hear_the_same(verb: str) -> None:
    def heard(core: Core, base: Any) -> list[Any]:
        told: list[Any] = []

        class Handler(base):
            def on_chain_start(self, serialized: Any, inputs: Any, **more: Any) -> None:
                told.append(("start", plain(inputs), more["name"], more["tags"]))

            def on_llm_start(self, serialized: Any, prompts: Any, **more: Any) -> None:
                told.append(("model", prompts, more["tags"]))

            def on_tool_end(self, output: Any, **more: Any) -> None:
                told.append(("tool", output, more["tags"]))

        class AsyncHandler(Handler):
            async def on_chain_start(self, *args: Any, **more: Any) -> None:
                super().on_chain_start(*args, **more)

            async def on_llm_start(self, *args: Any, **more: Any) -> None:
                super().on_llm_start(*args, **more)

            async def on_tool_end(self, *args: Any, **more: Any) -> None:
                super().on_tool_end(*args, **more)

        call(core, "all_kinds", verb, AsyncHandler() if base is AsyncCallbackHandler else Handler())
        return told

    for base in (BaseCallbackHandler, AsyncCallbackHandler):
        ours = heard(OURS, base)
        assert ours == heard(REFERENCE, base)
        assert ("model", ["System: be brief\nHuman: yesyes"], ["seq:step:5", "c"]) in ours
