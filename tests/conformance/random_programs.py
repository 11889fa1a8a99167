"""Chains made by chance, the same on both cores: what their steps are, how they are composed, what is bound to them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .cores import Core
from .observe import HANDLERS, MODES, SEEN, Program
from .steps import later, model, retriever, shouting, spelling, upper

Build = Callable[[Core], Any]


def joined(values: dict[str, Any]) -> str:
    return "&".join(f"{key}={values[key]}" for key in sorted(values))


def listed(text: str) -> list[str]:
    return [text[:2] or "-", text[2:4] or "-"]


def long(text: str) -> bool:
    return len(text) > 5


def texts(docs: list[Any]) -> str:
    return " ".join(doc.page_content for doc in docs)


LEAVES: dict[str, Build] = {
    "upper": lambda core: core.RunnableLambda(upper),
    "later": lambda core: core.RunnableLambda(upper, later),
    "spelling": spelling,
    "shouting": shouting,
    "passthrough": lambda core: core.RunnablePassthrough(),
    "model": lambda core: model(core) | core.StrOutputParser(),
    "whole_model": lambda core: (
        core.FakeMessagesListChatModel(responses=[core.AIMessage("well", id="1")]) | as_text(core)
    ),
    "text_model": lambda core: core.FakeListLLM(responses=["yes"]),
    "prompted": lambda core: core.PromptTemplate.from_template("say {it}") | model(core) | core.StrOutputParser(),
    "retriever": lambda core: retriever(core) | texts,
    "tool": lambda core: core.StructuredTool.from_function(upper, name="upper", description="Upper.") | str,
}


def as_text(core: Core) -> Any:
    return core.StrOutputParser()


class Maker:
    """Makes one chain by chance. `kinds` are the steps and the ways of composing that it took."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
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

    _COMBINED: dict[str, Callable[[Maker, int], Build]] = {  # noqa: RUF012
        "sequence": _sequence,
        "parallel": _parallel,
        "assign": _assign,
        "branch": _branch,
        "retry": _retry,
        "fallbacks": _fallbacks,
        "each": _each,
        "nested": _nested,
    }

    def _bound(self, build: Build) -> Build:
        config = self._chance.choice([{"run_name": "named"}, {"tags": ["tagged"], "metadata": {"k": 1}}, *[None] * 6])
        if config is None:
            return build
        self.kinds.add("bound")
        return lambda core: build(core).with_config(config)


def random_program(seed: int) -> Program:
    """The program of a seed, in the modes in which both cores mean to do the same of it."""
    maker = Maker(seed)
    build = maker.chain(3)
    kinds = maker.kinds
    races = not kinds.isdisjoint(("parallel", "assign", "each"))
    left_out = {
        *(SEEN if "retry" in kinds else ()),  # a stream is retried too, in a run of its own
        *((*SEEN, *HANDLERS) if "fallbacks" in kinds else ()),  # they keep their parent, and so does
        *((*SEEN, *HANDLERS) if "bound" in kinds and not kinds.isdisjoint(("branch", "each")) else ()),  # what is bound
        *(("log",) if races else ()),  # which of two runs of one name comes first is chance
        *(("batch", "abatch") if {"each", "text_model"} <= kinds else ()),  # the reference calls itself without end
    }
    return Program(
        f"random_{seed}", build, "hello", unordered=races, modes=tuple(mode for mode in MODES if mode not in left_out)
    )


__all__ = ["random_program"]
