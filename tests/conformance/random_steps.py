"""The steps that random chains are made of: each takes a text and gives a text."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from .cores import Core
from .steps import later, model, retriever, search, shouting, spelling, text_model, upper

Build = Callable[[Core], Any]
PLACE = re.compile(r"(seq:step|map:key|branch|condition|retry:attempt):")


def placeless(tags: list[str]) -> list[str]:
    """Those that say nothing of the place."""
    return sorted(tag for tag in tags if not PLACE.match(tag))


def texts(docs: list[Any]) -> str:
    return " ".join(doc.page_content for doc in docs)


def whole_model(core: Core) -> Any:
    return core.FakeMessagesListChatModel(responses=[core.AIMessage("well", id="1")]) | core.StrOutputParser()


def prompted(core: Core) -> Any:
    return core.PromptTemplate.from_template("say {it}") | model(core) | core.StrOutputParser()


def talk(core: Core) -> Any:
    prompt = core.ChatPromptTemplate.from_messages([("system", "be brief"), ("human", "{it}")])
    return prompt | model(core, "ok yes") | core.StrOutputParser()


def telling(core: Core) -> Any:
    """Events of its own."""

    def tell(text: str) -> str:
        core.dispatch_custom_event("told", {"text": text})
        core.dispatch_custom_event("again", {"n": [1]})
        return text + "!"

    async def atell(text: str) -> str:
        await core.adispatch_custom_event("told", {"text": text})
        await core.adispatch_custom_event("again", {"n": [1]})
        return text + "!"

    return core.RunnableLambda(tell, atell)


def telling_by_config(core: Core) -> Any:
    def tell(text: str, config: Any) -> str:
        core.dispatch_custom_event("told", {"text": text}, config=config)
        return text + "!"

    async def atell(text: str, config: Any) -> str:
        await core.adispatch_custom_event("told", {"text": text}, config=config)
        return text + "!"

    return core.RunnableLambda(tell, atell)


def telling_by_manager(core: Core) -> Any:
    """An event by way of its run manager, and a text of what that knows."""

    def told(text: str, run_manager: Any) -> str:
        return text[:3] + json.dumps([placeless(run_manager.tags), run_manager.metadata], sort_keys=True)

    def tell(text: str, run_manager: Any) -> str:
        core.dispatch_custom_event("told", {"text": text}, config={"callbacks": run_manager.get_child("below")})
        return told(text, run_manager)

    async def atell(text: str, run_manager: Any) -> str:
        await core.adispatch_custom_event("told", {"text": text}, config={"callbacks": run_manager.get_child("below")})
        return told(text, run_manager)

    return core.RunnableLambda(tell, atell)


LOOKED_AT = ("tags", "metadata", "run_name", "max_concurrency", "recursion_limit", "configurable")


def looked(text: str, config: Any) -> str:
    """What a step finds in its config."""
    found = {key: config.get(key) for key in LOOKED_AT} | {"has_id": "run_id" in config}
    return text[:3] + json.dumps(found, sort_keys=True)


def looking(core: Core) -> Any:
    def look(text: str, config: Any) -> str:
        return looked(text, config)

    return core.RunnableLambda(look)


def looking_at_each(core: Core) -> Any:
    def look(chunks: Iterator[str], config: Any) -> Iterator[str]:
        for chunk in chunks:
            yield looked(chunk, config)

    async def alook(chunks: AsyncIterator[str], config: Any) -> AsyncIterator[str]:
        async for chunk in chunks:
            yield looked(chunk, config)

    return core.RunnableGenerator(look, alook)


def parsed(core: Core) -> Any:
    """JSON that grows."""

    def dump(text: str) -> Iterator[str]:
        yield from json.dumps({"x": text, "y": [1]})

    async def adump(text: str) -> AsyncIterator[str]:
        for letter in dump(text):
            yield letter

    return core.RunnableLambda(dump, adump) | core.JsonOutputParser() | core.RunnablePick("x") | str


def items(core: Core) -> Any:
    return core.RunnableLambda(lambda text: "a, b") | core.CommaSeparatedListOutputParser() | "+".join


def message(core: Core) -> Any:
    return core.RunnableLambda(core.AIMessage) | core.StrOutputParser()


def one_tool(core: Core) -> Any:
    return core.StructuredTool.from_function(upper, later, name="upper", description="Upper.") | str


def searched(core: Core) -> Any:
    return core.RunnableLambda(lambda text: {"x": text}) | search(core) | str


LEAVES: dict[str, Build] = {
    "upper": lambda core: core.RunnableLambda(upper),
    "later": lambda core: core.RunnableLambda(upper, later),
    "spelling": spelling,
    "shouting": shouting,
    "passthrough": lambda core: core.RunnablePassthrough(),
    "beside": lambda core: core.RunnablePassthrough(lambda text: None),
    "model": lambda core: model(core) | core.StrOutputParser(),
    "whole_model": whole_model,
    "text_model": lambda core: core.FakeListLLM(responses=["yes"]),
    "streamed_text_model": text_model,
    "prompted": prompted,
    "talk": talk,
    "retriever": lambda core: retriever(core) | texts,
    "tool": one_tool,
    "searched": searched,
    "parsed": parsed,
    "items": items,
    "message": message,
    "telling": telling,
    "telling_by_config": telling_by_config,
    "telling_by_manager": telling_by_manager,
    "looking": looking,
    "looking_at_each": looking_at_each,
}

__all__ = ["LEAVES", "PLACE", "Build", "placeless"]
