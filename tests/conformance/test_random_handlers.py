"""Handlers at random places of random chains, sync and async, with parts ignored, hear the same on both cores."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .observe import PLAIN, TRANSFORMS, Program, see
from .random_programs import RACING, Maker, left_out
from .recorder import Calls, by_run, recorder, settled

IGNORED = (
    "ignore_llm",
    "ignore_chat_model",
    "ignore_chain",
    "ignore_retriever",
    "ignore_agent",
    "ignore_custom_event",
)


class Hearing:
    """A chain of a seed with handlers in it, and what they hear."""

    def __init__(self, seed: int) -> None:
        self._heard: list[Calls] = []
        chance = random.Random(seed)
        kinds = [
            (
                chance.choice(("BaseCallbackHandler", "AsyncCallbackHandler")),
                chance.sample(IGNORED, chance.randint(0, 2)),
            )
            for _ in range(4)
        ]
        bindings = [lambda core, kind=kind: {"callbacks": [self._handler(core, *kind)]} for kind in kinds[1:]]
        maker = Maker(seed, [*bindings, *[None] * 9])
        self.build = maker.chain(2)
        self._outer = kinds[0]
        without = left_out(maker.kinds)
        compared = without.isdisjoint(("handlers", "v2"))
        self.verbs = [verb for verb in (*PLAIN, *TRANSFORMS) if compared and verb not in without]
        self.races = not maker.kinds.isdisjoint(RACING)

    def _handler(self, core: Core, base: str, ignored: list[str]) -> Any:
        self._heard.append({})
        kind = type(recorder(core, self._heard[-1], base))
        return type("Partial", (kind,), dict.fromkeys(ignored, True))()

    def seen(self, core: Core, verb: str) -> Any:
        self._heard.clear()

        def config() -> dict[str, Any]:
            return {"callbacks": [self._handler(core, *self._outer)]}

        program = Program("heard", self.build, "hello", self.races, config=config, chunks=("he", "l", "lo"))
        given = see(core, program, verb)
        return given, sorted(
            (by_run({id: settled(run) for id, run in calls.items()}) for calls in self._heard), key=repr
        )


@pytest.mark.parametrize("seed", range(150))
def test_handlers_hear_the_same(seed: int) -> None:
    hearing = Hearing(seed)
    for verb in hearing.verbs:
        assert (verb, hearing.seen(OURS, verb)) == (verb, hearing.seen(REFERENCE, verb))
