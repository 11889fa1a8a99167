"""The work that is measured: each written for a core (ours or the reference) and once more by hand, as the limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

TOKENS = ["token "] * 10_000


class Work(NamedTuple):
    """`build(core)` gives what is timed, `limit()` the same by hand; `times_limit` is the most that ours may cost."""

    name: str
    build: Callable[[ModuleType], Callable[[], Any]]
    limit: Callable[[], Callable[[], Any]]
    times_limit: float


def double(x: int) -> int:
    return x * 2


async def adouble(x: int) -> int:
    return x * 2


def produce(_: Any) -> Iterator[str]:
    yield from TOKENS


async def aproduce(_: Any) -> AsyncIterator[str]:
    for token in TOKENS:
        yield token


def upper(tokens: Iterator[str]) -> Iterator[str]:
    for token in tokens:
        yield token.upper()


async def aupper(tokens: AsyncIterator[str]) -> AsyncIterator[str]:
    async for token in tokens:
        yield token.upper()


def three(core: ModuleType, function: Callable[[int], Any] = double) -> Any:
    return core.RunnableLambda(function) | function | function


def streaming(core: ModuleType) -> Any:
    return core.RunnableLambda(produce) | core.RunnableGenerator(upper)


def astreaming(core: ModuleType) -> Any:
    return core.RunnableLambda(aproduce) | core.RunnableGenerator(aupper)


def drain(stream: Iterator[Any]) -> None:
    for _ in stream:
        pass


async def adrain(stream: AsyncIterator[Any]) -> None:
    async for _ in stream:
        pass


async def by_hand(x: int) -> int:
    return await adouble(await adouble(await adouble(x)))


async def gathered(size: int) -> list[int]:
    return await asyncio.gather(*(by_hand(x) for x in range(size)))


def bound(function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: function(*arguments)


WORK = [
    Work(
        "invoke, 3 lambdas",
        lambda core: bound(three(core).invoke, 1),
        lambda: lambda: double(double(double(1))),
        5,
    ),
    Work(
        "batch 1,000",
        lambda core: bound(three(core).batch, list(range(1000))),
        lambda: lambda: [double(double(double(x))) for x in range(1000)],
        6,
    ),
    Work(
        "ainvoke, 3 async steps, 1,000 times",
        lambda core: (lambda chain: lambda: asyncio.run(repeat(chain.ainvoke)))(three(core, adouble)),
        lambda: lambda: asyncio.run(repeat(by_hand)),
        5,
    ),
    Work(
        "abatch 1,000",
        lambda core: (lambda chain: lambda: asyncio.run(chain.abatch(list(range(1000)))))(three(core, adouble)),
        lambda: lambda: asyncio.run(gathered(1000)),
        1.5,
    ),
    Work(
        "stream, 10,000 tokens",
        lambda core: (lambda chain: lambda: drain(chain.stream(None)))(streaming(core)),
        lambda: lambda: drain(upper(produce(None))),
        4,
    ),
    Work(
        "astream, 10,000 tokens",
        lambda core: (lambda chain: lambda: asyncio.run(adrain(chain.astream(None))))(astreaming(core)),
        lambda: lambda: asyncio.run(adrain(aupper(aproduce(None)))),
        4,
    ),
    Work(
        "astream_events v2, 10,000 tokens",
        lambda core: (lambda chain: lambda: asyncio.run(adrain(chain.astream_events(None, version="v2"))))(
            astreaming(core)
        ),
        lambda: lambda: asyncio.run(adrain(aupper(aproduce(None)))),
        40,
    ),
]


async def repeat(verb: Callable[[int], Any]) -> None:
    for number in range(1000):
        await verb(number)
