"""A step that has nothing but a generator function says so where an async verb would stream from it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from chainviz import ChainvizError, RunnableGenerator, RunnableLambda
from chainviz.errors import SyncOnlyError
from tests.tracing.watching import Watcher

from .test_async_only import each


def parts(x: str) -> Iterator[str]:
    yield from x


def through(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


async def arrived(stream: Any) -> list[Any]:
    return [chunk async for chunk in stream]


STEPS: dict[str, Callable[[], Any]] = {
    "through": lambda: RunnableGenerator(through),
    "copied": lambda: copy.copy(RunnableGenerator(through, name="copied")),
    "pickled": lambda: pickle.loads(pickle.dumps(RunnableGenerator(through, name="pickled"))),
    "parts": lambda: RunnableLambda(parts),
}
VERBS: dict[str, Callable[[Any, Any], Any]] = {
    "astream": lambda step, config: arrived(step.astream("x", config)),
    "in a sequence": lambda step, config: arrived((RunnableLambda(str) | step).astream("x", config)),
    "events": lambda step, config: arrived(step.astream_events("x", config)),
    "log": lambda step, config: arrived(step.astream_log("x", config)),
}
CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "ainvoke": lambda step, config: step.ainvoke("x", config),
    "abatch": lambda step, config: step.abatch(["x"], config),
    "in a sequence": lambda step, config: (RunnableLambda(str) | step).ainvoke("x", config),
}


@pytest.mark.parametrize("watched", [False, True], ids=["plain", "watched"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", STEPS)
async def test_streams(name: str, verb: str, watched: bool) -> None:
    watcher = Watcher()
    with pytest.raises(SyncOnlyError, match=f"^{name}: .* the sync verbs only; use `.*invoke` or `stream`") as raised:
        await VERBS[verb](STEPS[name](), watcher.config if watched else None)
    assert isinstance(raised.value, ChainvizError)
    assert isinstance(raised.value, (TypeError, NotImplementedError))
    assert not watcher.violations()


@pytest.mark.parametrize("config", [None, {"tags": ["a"]}], ids=["plain", "watched"])
@pytest.mark.parametrize("verb", CALLS)
async def test_calls(verb: str, config: Any) -> None:
    """A function that is called once can be so in a thread; one over a stream of chunks can not."""
    assert await CALLS[verb](RunnableLambda(parts), config) in ("x", ["x"])
    with pytest.raises(SyncOnlyError):
        await CALLS[verb](RunnableGenerator(through), config)


@pytest.mark.parametrize("name", STEPS)
def test_the_sync_verbs(name: str) -> None:
    step = STEPS[name]()
    assert (step.invoke("abc"), list(step.stream("x")), step.batch(["x"])) == ("abc", ["x"], ["x"])
    assert type(step).__name__ in ("RunnableGenerator", "RunnableLambda")


class Own(RunnableGenerator[str, str]):
    """A user's class whose async verbs need no async generator function."""

    async def ainvoke(self, input: str, config: Any = None, **kwargs: Any) -> str:
        return f"{input}!"

    async def astream(self, input: str, config: Any = None, **kwargs: Any) -> AsyncIterator[str]:
        yield await self.ainvoke(input)


class Loud(RunnableGenerator[str, str]):
    """A user's class that says how a stream of chunks is transformed."""

    async def _atransform(self, chunks: AsyncIterator[Any], run: Any, **kwargs: Any) -> AsyncIterator[Any]:
        async for chunk in chunks:
            yield f"{chunk}!"


@pytest.mark.parametrize("cls", [Own, Loud])
async def test_a_class_with_async_verbs_of_its_own(cls: type[RunnableGenerator[str, str]]) -> None:
    step = cls(through)
    assert type(step) is cls
    assert (await step.ainvoke("x"), await arrived(step.astream("x")), step.invoke("x")) == ("x!", ["x!"], "x")


async def test_both() -> None:
    assert await arrived(RunnableGenerator(through, each).astream("x")) == ["x"]
