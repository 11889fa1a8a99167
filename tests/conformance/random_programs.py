"""Chains made by chance, the same on both cores: what their steps are, how they are composed, what is bound to them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from .cores import Core
from .observe import HANDLERS, MODES, SEEN, TRANSFORMS, Program
from .random_steps import LEAVES, Build

BINDINGS = ({"run_name": "named"}, {"tags": ["tagged"], "metadata": {"k": 1}}, *[None] * 6)


def joined(values: dict[str, Any]) -> str:
    return "&".join(f"{key}={values[key]}" for key in sorted(values))


def listed(text: str) -> list[str]:
    return [text[:2] or "-", text[2:4] or "-"]


def long(text: str) -> bool:
    return len(text) > 5


class Maker:
    """Makes one chain by chance, with `bindings` bound here and there: configs, or what makes one for a core. `kinds`
    are the steps and the ways of composing that it took."""

    def __init__(self, seed: int, bindings: Sequence[Any] = BINDINGS) -> None:
        self._chance = random.Random(seed)
        self._bindings = bindings
        self.kinds: set[str] = set()

    def chain(self, depth: int) -> Build:
        kind = self._chance.choice([*(self._COMBINED if depth else ()), "leaf"])
        self.kinds.add(kind)
        return self._bound(self._leaf() if kind == "leaf" else self._COMBINED[kind](self, depth - 1))

    def _leaf(self) -> Build:
        kind = self._chance.choice([*LEAVES])
        self.kinds.add(kind)
        return LEAVES[kind]

    def _sequence(self, depth: int) -> Build:
        parts = [self.chain(depth) for _ in range(self._chance.randint(2, 3))]
        return lambda core: core.RunnableSequence(*(part(core) for part in parts))

    def _parallel(self, depth: int) -> Build:
        parts = {key: self.chain(depth) for key in "ab"[: self._chance.randint(1, 2)]}
        return lambda core: core.RunnableParallel({key: part(core) for key, part in parts.items()}) | joined

    def _picked(self, depth: int) -> Build:
        part = self.chain(depth)
        return lambda core: core.RunnableParallel(a=part(core), x=core.RunnablePassthrough()).pick(["a"]) | joined

    def _assign(self, depth: int) -> Build:
        part = self.chain(depth)
        return lambda core: (
            core.RunnableLambda(lambda text: {"x": text})
            | core.RunnablePassthrough.assign(y=core.RunnableLambda(lambda values: values["x"]) | part(core))
            | joined
        )

    def _branch(self, depth: int) -> Build:
        first, second = self.chain(depth), self.chain(depth)
        return lambda core: core.RunnableBranch((long, first(core)), second(core))

    def _router(self, depth: int) -> Build:
        parts = {key: self.chain(depth) for key in "ab"}
        key = self._chance.choice("ab")
        return lambda core: (
            core.RunnableLambda(lambda text: {"key": key, "input": text})
            | core.RouterRunnable({key: part(core) for key, part in parts.items()})
        )

    def _alternatives(self, depth: int) -> Build:
        first, other = self.chain(depth), self.chain(depth)
        return lambda core: core.RunnableSequence(core.RunnablePassthrough(), first(core)).configurable_alternatives(
            core.ConfigurableField("which"), other=other(core)
        )

    def _retry(self, depth: int) -> Build:
        part = self.chain(depth)
        return lambda core: part(core).with_retry(wait_exponential_jitter=False)

    def _fallbacks(self, depth: int) -> Build:
        first, spare = self.chain(depth), self.chain(depth)
        return lambda core: first(core).with_fallbacks([spare(core)])

    def _each(self, depth: int) -> Build:
        part = self.chain(depth)
        return lambda core: core.RunnableLambda(listed) | part(core).map() | "/".join

    def _nested(self, depth: int) -> Build:
        """A function that returns a chain."""
        part = self.chain(depth)

        def build(core: Core) -> Any:
            inner = part(core)

            def choose(text: str) -> Any:
                return inner

            return core.RunnableLambda(choose)

        return build

    def _calling(self, depth: int) -> Build:
        """A function that calls a chain: without a config, with its own, with another."""
        part = self.chain(depth)
        given = self._chance.choice([lambda config: None, lambda config: config, lambda config: {"tags": ["own"]}])

        def build(core: Core) -> Any:
            inner = part(core)

            def call(text: str, config: Any) -> str:
                return inner.invoke(text, given(config))

            async def acall(text: str, config: Any) -> str:
                return await inner.ainvoke(text, given(config))

            return core.RunnableLambda(call, acall)

        return build

    def _yielding(self, depth: int) -> Build:
        """A function that streams what a chain streams."""
        part = self.chain(depth)

        def build(core: Core) -> Any:
            inner = part(core)

            def call(text: str) -> Iterator[str]:
                yield from inner.stream(text)

            async def acall(text: str) -> AsyncIterator[str]:
                async for chunk in inner.astream(text):
                    yield chunk

            return core.RunnableLambda(call, acall)

        return build

    def _generating(self, depth: int) -> Build:
        """A generator that calls a chain for each chunk."""
        part = self.chain(depth)

        def build(core: Core) -> Any:
            inner = part(core)

            def call(chunks: Iterator[str]) -> Iterator[str]:
                for chunk in chunks:
                    yield inner.invoke(chunk)

            async def acall(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
                async for chunk in chunks:
                    yield await inner.ainvoke(chunk)

            return core.RunnableGenerator(call, acall)

        return build

    _COMBINED: dict[str, Callable[[Maker, int], Build]] = {  # noqa: RUF012
        "sequence": _sequence,
        "parallel": _parallel,
        "picked": _picked,
        "assign": _assign,
        "branch": _branch,
        "router": _router,
        "alternatives": _alternatives,
        "retry": _retry,
        "fallbacks": _fallbacks,
        "each": _each,
        "nested": _nested,
        "calling": _calling,
        "yielding": _yielding,
        "generating": _generating,
    }

    def _bound(self, build: Build) -> Build:
        config = self._chance.choice(self._bindings)
        if config is None:
            return build
        self.kinds.add("bound")
        return lambda core: build(core).with_config(config(core) if callable(config) else config)


RACING = ("parallel", "picked", "assign", "each")
CALLING = ("calling", "yielding", "generating")


def left_out(kinds: set[str]) -> set[str]:
    """The modes in which the cores mean to differ where a chain has steps of these kinds."""

    def has(*some: str) -> bool:
        return not kinds.isdisjoint(some)

    modes: set[str] = set()
    if has("retry"):  # a stream is retried too, in a run of its own
        modes |= {*SEEN, *(HANDLERS if has(*CALLING) else ())}
    if has("retry") and has("bound") and has(*CALLING):  # what streams there is, in the reference, a binding of no run
        modes |= {*MODES, *TRANSFORMS}
    if has("fallbacks"):  # they keep their parent
        modes |= {*SEEN, *HANDLERS}
    if has("bound") and has("branch", "each", "router", *CALLING):  # and so does what is bound
        modes |= {*SEEN, *HANDLERS}
    if has(*RACING):  # which of two runs of one name comes first is chance
        modes |= {"log"}
    if has("each") and has("text_model", "streamed_text_model"):  # the reference calls itself without end
        modes |= {"batch", "abatch"}
    return modes


def random_program(seed: int) -> Program:
    """The program of a seed, in the modes in which both cores mean to do the same of it."""
    maker = Maker(seed)
    build = maker.chain(3)
    without = left_out(maker.kinds)
    races = not maker.kinds.isdisjoint(RACING)
    modes = tuple(mode for mode in MODES if mode not in without)
    return Program(f"random_{seed}", build, "hello", unordered=races, modes=modes)


__all__ = ["RACING", "Maker", "left_out", "random_program"]
