"""Whatever a step raises, at whatever place and in whatever verb: what comes out is what comes out of the reference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .observe import aiterated
from .steps import shouting, spelling, twice, upper


class Own(Exception): ...


class OwnBase(BaseException): ...


KINDS = (
    Own,
    OwnBase,
    KeyboardInterrupt,
    TimeoutError,
    NotImplementedError,
    StopIteration,
    StopAsyncIteration,
    asyncio.CancelledError,
)
APART = {(StopIteration, "retried", "invoke"), (StopAsyncIteration, "retried", "ainvoke")}
"""Where what Python says by an exception is meant to come out otherwise; of GeneratorExit, see the differences."""
PLACES: dict[str, Callable[[Core, Any, Any], Any]] = {
    "root": lambda c, bad, gen: bad,
    "first": lambda c, bad, gen: bad | c.RunnableLambda(upper),
    "last": lambda c, bad, gen: c.RunnableLambda(upper) | bad,
    "parallel": lambda c, bad, gen: c.RunnableParallel(a=bad),
    "option": lambda c, bad, gen: c.RunnableBranch((lambda x: True, bad), upper),
    "condition": lambda c, bad, gen: c.RunnableBranch((bad, upper), upper),
    "assigned": lambda c, bad, gen: c.RunnableLambda(lambda x: {"x": x}) | c.RunnablePassthrough.assign(y=bad),
    "retried": lambda c, bad, gen: bad.with_retry(wait_exponential_jitter=False, stop_after_attempt=2),
    "with_fallback": lambda c, bad, gen: bad.with_fallbacks([c.RunnableLambda(twice)]),
    "generator": lambda c, bad, gen: gen,
    "in_the_middle": lambda c, bad, gen: spelling(c) | gen | shouting(c),
    "each": lambda c, bad, gen: c.RunnableLambda(lambda x: [x]) | bad.map(),
    "returned": lambda c, bad, gen: c.RunnableLambda(lambda x: bad),
    "bound": lambda c, bad, gen: bad.with_config(tags=["t"]),
}


def chain(core: Core, place: str, kind: type[BaseException]) -> Any:
    def bad(x: Any) -> Any:
        raise kind("bad")

    async def abad(x: Any) -> Any:
        raise kind("bad")

    def once(chunks: Iterator[Any]) -> Iterator[Any]:
        yield next(chunks)
        raise kind("bad")

    async def aonce(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        yield await anext(chunks)
        raise kind("bad")

    return PLACES[place](core, core.RunnableLambda(bad, abad), core.RunnableGenerator(once, aonce))


def read(chunks: Any, seen: list[Any]) -> None:
    seen.extend(chunks)


async def aread(chunks: Any, seen: list[Any]) -> None:
    async for chunk in chunks:
        seen.append(chunk)


async def awaited(call: Any, seen: list[Any]) -> None:
    seen.append(await call)


VERBS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "invoke": lambda step, seen: seen.append(step.invoke("x")),
    "stream": lambda step, seen: read(step.stream("x"), seen),
    "transform": lambda step, seen: read(step.transform(iter("xy")), seen),
    "batch": lambda step, seen: seen.append(step.batch(["x"])),
    "ainvoke": lambda step, seen: awaited(step.ainvoke("x"), seen),
    "astream": lambda step, seen: aread(step.astream("x"), seen),
    "atransform": lambda step, seen: aread(step.atransform(aiterated("xy")), seen),
    "abatch": lambda step, seen: awaited(step.abatch(["x"]), seen),
}


def outcome(core: Core, place: str, kind: type[BaseException], verb: str) -> Any:
    """What came out, and what was raised at last."""
    seen: list[Any] = []

    async def caught(call: Any) -> BaseException | None:
        try:
            await call
        except BaseException as error:  # in the loop, which a KeyboardInterrupt would break
            return error
        return None

    raised: BaseException | None = None
    try:
        call = VERBS[verb](chain(core, place, kind), seen)
        raised = asyncio.run(caught(call)) if asyncio.iscoroutine(call) else None
    except BaseException as error:
        raised = error
    return seen, type(raised), str(raised)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_what_a_step_raises_comes_out_the_same(place: str, kind: type[BaseException]) -> None:
    for verb in [verb for verb in VERBS if (kind, place, verb) not in APART]:
        assert (verb, outcome(OURS, place, kind, verb)) == (verb, outcome(REFERENCE, place, kind, verb))
