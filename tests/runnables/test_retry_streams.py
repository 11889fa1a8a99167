"""A retry passes chunks on as they come, and gives an attempt again what the one before it has read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import RunnableGenerator


def given(log: list[Any], broken: bool) -> Iterator[str]:
    for chunk in "abc":
        log.append(chunk)
        yield chunk
    if broken:
        raise ValueError("the source broke")


async def agiven(log: list[Any], broken: bool) -> AsyncIterator[str]:
    for chunk in given(log, broken):
        yield chunk


def sync(step: Any, log: list[Any], broken: bool = False) -> list[Any]:
    return list(step.transform(given(log, broken)))


def asynchronous(step: Any, log: list[Any], broken: bool = False) -> list[Any]:
    async def read() -> list[Any]:
        return [chunk async for chunk in step.atransform(agiven(log, broken))]

    return asyncio.run(read())


def reader(log: list[Any], failures: int, at: int) -> Any:
    """Gives the chunks that it takes, and fails at one of them as often as it is told to."""
    left = [failures]

    def judge(number: int) -> None:
        if number == at and left[0]:
            left[0] -= 1
            raise ValueError(f"failed at {number}")

    def read(chunks: Iterator[str]) -> Iterator[str]:
        for number, chunk in enumerate(chunks):
            judge(number)
            if number >= at:
                log.append(f"gave {chunk}")
                yield chunk

    async def aread(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
        number = -1
        async for chunk in chunks:
            number += 1
            judge(number)
            if number >= at:
                log.append(f"gave {chunk}")
                yield chunk

    return RunnableGenerator(read, aread).with_retry(wait_exponential_jitter=False)


@pytest.mark.parametrize("verb", [sync, asynchronous])
def test_chunks_pass_as_they_come(verb: Any) -> None:
    log: list[Any] = []
    assert verb(reader(log, 0, 0), log) == ["a", "b", "c"]
    assert log == ["a", "gave a", "b", "gave b", "c", "gave c"]


@pytest.mark.parametrize("verb", [sync, asynchronous])
def test_an_attempt_reads_what_the_one_before_it_has_read(verb: Any) -> None:
    log: list[Any] = []
    assert verb(reader(log, 2, 1), log) == ["b", "c"]
    assert log == ["a", "b", "gave b", "c", "gave c"]
    with pytest.raises(ValueError, match="failed at 1"):
        verb(reader([], 3, 1), [])


@pytest.mark.parametrize("verb", [sync, asynchronous])
def test_what_the_source_raises_is_tried_once(verb: Any) -> None:
    log: list[Any] = []
    with pytest.raises(ValueError, match="the source broke"):
        verb(reader(log, 0, 3), log, broken=True)
    assert log == ["a", "b", "c"]
