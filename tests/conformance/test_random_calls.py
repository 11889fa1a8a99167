"""Random chains called with random configs, given random chunks, with listeners here and there: the same on both."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .observe import PLAIN, TRANSFORMS, Program, see
from .random_programs import RACING, Maker, left_out
from .random_steps import Build
from .recorder import settled
from .test_listeners import seen as seen_run

CONFIGS: list[dict[str, Any]] = [
    {},
    {"max_concurrency": 1},
    {"max_concurrency": 3, "tags": ["call"]},
    {"configurable": {"a": 1, "model": "m"}, "recursion_limit": 9},
    {"max_concurrency": 2, "configurable": {"which": "other"}, "metadata": {"m": 1}},
]


def chunked(chance: random.Random, text: str) -> tuple[str, ...]:
    """A text in pieces, some of them empty."""
    cuts = sorted(chance.choices(range(len(text) + 1), k=chance.randint(0, 6)))
    return tuple(text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))


class Called(Maker):
    """A chain of a seed in which some steps have listeners, of the run alone or of its config too."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, [None])
        self.told: list[Any] = []
        self.build = self.chain(2)
        chance = random.Random(seed)
        self._config, self._chunks = chance.choice(CONFIGS), chunked(chance, "hello there")
        without = left_out(self.kinds | ({"bound"} if "listened" in self.kinds else set()))
        self.verbs = [verb for verb in (*PLAIN, *TRANSFORMS) if verb not in without]
        if "batch" in without and "max_concurrency" in self._config:
            self.verbs = []  # the reference calls itself without end, as in a batch
        self.listens = without.isdisjoint(("handlers", "v2"))

    def _bound(self, build: Build) -> Build:
        if self._chance.random() > 0.2:
            return build
        self.kinds.add("listened")
        with_config = self._chance.choice([False, True])

        def one(run: Any) -> None:
            self.told.append(seen_run(run))

        def two(run: Any, config: Any) -> None:
            shown = {key: config.get(key) for key in ("tags", "metadata", "max_concurrency", "configurable")}
            self.told.append((seen_run(run), shown))

        listener = two if with_config else one
        return lambda core: build(core).with_listeners(on_start=listener, on_end=listener, on_error=listener)

    def seen(self, core: Core, verb: str) -> Any:
        self.told.clear()
        races = not self.kinds.isdisjoint(RACING)
        program = Program("called", self.build, "hello", races, config=lambda: dict(self._config), chunks=self._chunks)
        given = see(core, program, verb)
        return given, sorted(map(settled, self.told), key=repr) if self.listens else None


@pytest.mark.parametrize("seed", range(150))
def test_calls_are_the_same(seed: int) -> None:
    called = Called(seed)
    for verb in called.verbs:
        assert (verb, called.seen(OURS, verb)) == (verb, called.seen(REFERENCE, verb))
