"""A step that has nothing but coroutines says so where a sync verb is called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chainviz import ChainvizError, RunnableGenerator, RunnableLambda, StructuredTool
from chainviz.errors import AsyncOnlyError


async def later(x: str) -> str:
    """Later."""
    return x


async def parts(x: str) -> AsyncIterator[str]:
    yield x


async def each(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk


STEPS: dict[str, Callable[[], Any]] = {
    "later": lambda: RunnableLambda(later),
    "parts": lambda: RunnableLambda(parts),
    "each": lambda: RunnableGenerator(each),
    "tool": lambda: StructuredTool.from_function(coroutine=later, name="tool"),
}
VERBS: dict[str, Callable[[Any, Any], Any]] = {
    "invoke": lambda step, config: step.invoke("x", config),
    "batch": lambda step, config: step.batch(["x"], config),
    "stream": lambda step, config: list(step.stream("x", config)),
    "transform": lambda step, config: list(step.transform(iter(["x"]), config)),
    "in a sequence": lambda step, config: (RunnableLambda(str) | step).invoke("x", config),
}


@pytest.mark.parametrize("config", [None, {"tags": ["a"]}], ids=["plain", "watched"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", STEPS)
def test_the_sync_verbs(name: str, verb: str, config: Any) -> None:
    with pytest.raises(AsyncOnlyError, match=f"^{name}: .* the async verbs only; use `ainvoke`") as raised:
        VERBS[verb](STEPS[name](), config)
    assert isinstance(raised.value, (ChainvizError, TypeError))
    assert isinstance(raised.value, NotImplementedError)


@pytest.mark.parametrize("name", STEPS)
async def test_the_async_verbs(name: str) -> None:
    assert await STEPS[name]().ainvoke("x") == "x"
