"""What a type checker must say of chains: read by pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, assert_type

from chainviz import (
    Runnable,
    RunnableBranch,
    RunnableConfig,
    RunnableEach,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnableSequence,
    chain,
)


class Show(Runnable[int, str]): ...


class Read(Runnable[str, float]): ...


class Guess(Runnable[int, Any]): ...


class Ask(Runnable[dict[str, Any], float]): ...


def measure(text: str) -> bytes: ...
async def ameasure(text: str) -> bytes: ...
def parts(texts: Iterator[str]) -> Iterator[bytes]: ...
async def aparts(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield b""


def double(number: int) -> int: ...
def shown(number: int) -> str: ...
async def ashown(number: int) -> str: ...
def unknown(text: str) -> Any: ...
def object_in(anything: object) -> int: ...


show, read, guess = Show(), Read(), Guess()


def operator() -> None:
    assert_type(show | read, Runnable[int, float])
    assert_type(show | measure, Runnable[int, bytes])
    assert_type(show | ameasure, Runnable[int, bytes])
    assert_type(show | parts, Runnable[int, bytes])
    assert_type(show | aparts, Runnable[int, bytes])
    assert_type(show | unknown, Runnable[int, Any])
    assert_type(show | len, Runnable[int, int])
    assert_type(show | object_in, Runnable[int, int])
    assert_type(show | read | str | measure, Runnable[int, bytes])
    assert_type(guess | measure, Runnable[int, bytes])
    assert_type(guess | ameasure, Runnable[int, bytes])
    assert_type(guess | parts, Runnable[int, bytes])
    assert_type(guess | aparts, Runnable[int, bytes])
    assert_type(guess | read, Runnable[int, float])
    assert_type(double | show, Runnable[int, str])
    assert_type(ashown | read, Runnable[int, float])


def dicts() -> None:
    assert_type(show | {"a": read, "b": measure, "c": ameasure, "d": parts}, Runnable[int, dict[str, Any]])
    assert_type(show | {"a": {"b": read}}, Runnable[int, dict[str, Any]])
    assert_type({"a": show, "b": double} | Ask(), Runnable[int, float])
    assert_type({"a": show, "b": RunnablePassthrough()} | Ask(), Runnable[Any, float])
    assert_type({"a": show} | RunnablePassthrough.assign(b=double) | Ask(), Runnable[int, float])


def pipes() -> None:
    assert_type(show.pipe(read), Runnable[int, float])
    assert_type(show.pipe(measure), Runnable[int, bytes])
    assert_type(show.pipe(ameasure), Runnable[int, bytes])
    assert_type(show.pipe(parts), Runnable[int, bytes])
    assert_type(show.pipe(aparts), Runnable[int, bytes])
    assert_type(show.pipe(lambda text: len(text)), Runnable[int, int])
    assert_type(show.pipe(lambda text: text.split(), len), Runnable[int, int])
    assert_type(show.pipe(read, str, measure), Runnable[int, bytes])
    assert_type(show.pipe({"a": read}), Runnable[int, dict[str, Any]])
    assert_type(show.pipe(read, str, measure, len), Runnable[int, Any])
    assert_type(show.pipe(read, name="shown"), Runnable[int, float])


def derivations() -> None:
    assert_type(show.bind(stop=["x"]), Runnable[int, str])
    assert_type(show.with_config(tags=["a"]), Runnable[int, str])
    assert_type(show.with_config({"tags": ["a"]}), Runnable[int, str])
    assert_type(show.with_retry(stop_after_attempt=2), Runnable[int, str])
    assert_type(show.with_fallbacks([Show()]), Runnable[int, str])
    assert_type(show.with_listeners(on_start=lambda run: None), Runnable[int, str])
    assert_type(show.map(), Runnable[Sequence[int], list[str]])
    assert_type((show | read).map(), Runnable[Sequence[int], list[float]])
    assert_type(Ask().pipe(lambda x: {"x": x}).assign(b=read), Runnable[dict[str, Any], dict[str, Any]])
    assert_type(guess.pick("a"), Runnable[int, Any])
    assert_type(guess.pick(["a", "b"]), Runnable[int, dict[str, Any]])
    assert_type(show.with_retry().bind(x=1).with_config(run_name="n") | read, Runnable[int, float])


async def verbs() -> None:
    both = show | read
    assert_type(both.invoke(1), float)
    assert_type(await both.ainvoke(1), float)
    assert_type(both.batch([1]), list[float])
    assert_type(await both.abatch([1]), list[float])
    assert_type(both.stream(1), Iterator[float])
    assert_type(both.astream(1), AsyncIterator[float])
    assert_type(both.transform(iter([1])), Iterator[float])
    assert_type(both.batch_as_completed([1]), Iterator[tuple[int, float]])
    assert_type(both.abatch_as_completed([1]), AsyncIterator[tuple[int, float]])


def with_a_config(number: int, config: RunnableConfig) -> str: ...
def routed(number: int) -> Runnable[int, float]: ...
def spelled(number: int) -> Iterator[str]: ...
async def aspelled(number: int) -> AsyncIterator[str]:
    yield ""


def functions() -> None:
    assert_type(RunnableLambda(measure), RunnableLambda[str, bytes])
    assert_type(RunnableLambda(ameasure), RunnableLambda[str, bytes])
    assert_type(RunnableLambda(measure, ameasure), RunnableLambda[str, bytes])
    assert_type(RunnableLambda(with_a_config), RunnableLambda[int, str])
    assert_type(RunnableLambda(routed), RunnableLambda[int, float])
    assert_type(RunnableLambda(spelled), RunnableLambda[int, str])
    assert_type(RunnableLambda(aspelled), RunnableLambda[int, str])
    assert_type(RunnableLambda(str.upper), RunnableLambda[str, str])
    assert_type(RunnableLambda[int, str](lambda number: str(number)), RunnableLambda[int, str])
    assert_type(RunnableGenerator(parts), RunnableGenerator[str, bytes])
    assert_type(RunnableGenerator(aparts), RunnableGenerator[str, bytes])
    assert_type(RunnableGenerator(parts, aparts), RunnableGenerator[str, bytes])


@chain
def decorated(number: int) -> str: ...


@chain
async def adecorated(number: int, config: RunnableConfig) -> str: ...


@chain
def routing(number: int) -> Runnable[int, float]: ...


@chain
async def streaming(number: int) -> AsyncIterator[str]:
    yield ""


def decorators() -> None:
    assert_type(decorated, RunnableLambda[int, str])
    assert_type(adecorated, RunnableLambda[int, str])
    assert_type(routing, RunnableLambda[int, float])
    assert_type(streaming, RunnableLambda[int, str])
    assert_type(decorated | read, Runnable[int, float])


def combinators() -> None:
    assert_type(RunnableSequence(show, read), RunnableSequence[int, float])
    assert_type(RunnableSequence(show, read, str), RunnableSequence[int, str])
    assert_type(RunnableSequence(show, read, str, len), RunnableSequence[Any, Any])
    assert_type(RunnableSequence(show, read) | str, Runnable[int, str])
    assert_type(RunnableParallel(a=show, b=double), RunnableParallel[int])
    assert_type(RunnableParallel({"a": show, "b": double}).invoke(1), dict[str, Any])
    assert_type(RunnablePassthrough(), RunnablePassthrough[Any])
    assert_type(RunnablePassthrough(measure), RunnablePassthrough[str])
    assert_type(RunnableBranch((lambda n: n > 1, show), (double, shown), show), RunnableBranch[int, str])
    assert_type(RunnableEach[str](show).invoke([1]), list[str])
