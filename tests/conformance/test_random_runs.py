"""Random chains whose runs stand elsewhere than the reference's: those of fallbacks, and of what is bound under a
branch, a router, a batch item or a function. Beside their place, they are the same in the events and in the log."""

from __future__ import annotations

import asyncio
import random
import warnings
from collections import Counter
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core, plain
from .observe import SEEN, adrained, log_entries
from .random_observed import BINDINGS, random_config, random_options
from .random_programs import Maker, left_out
from .random_steps import PLACE, placeless
from .recorder import settled

UNNAMED = [binding and {key: binding[key] for key in binding if key != "run_name"} for binding in BINDINGS]


class Placed:
    """A chain of a seed, the config of its call, and filters that know nothing of places."""

    def __init__(self, seed: int) -> None:
        maker = Maker(seed, BINDINGS)
        self.build = maker.chain(3)
        chance = random.Random(seed)
        self.config, self.options = random_config(chance), random_options(chance)
        if not maker.kinds.isdisjoint(("fallbacks", "retry")):  # in the reference, what they try bears their name
            self.build = Maker(seed, UNNAMED).chain(3)
            self.config.pop("run_name", None)
        self.options = {
            kind: [word for word in words if not PLACE.match(word)] for kind, words in self.options.items() if words
        }
        without = left_out(maker.kinds)
        self.differs = "invoke" not in without and not without.isdisjoint(SEEN)
        self.retries = "retry" in maker.kinds

    def events(self, core: Core) -> Counter[str]:
        """The events of each run, of which siblings come in any order."""
        runs: dict[str, list[Any]] = {}
        for event in self._read(core, "astream_events", version="v2"):
            data = {key: value for key, value in event["data"].items() if key != "input"}
            told = (
                event["event"],
                event["name"],
                placeless(event["tags"]),
                settled(plain(event["metadata"])),
                settled(plain(data)),
            )
            runs.setdefault(event["run_id"], []).append(told)
        return Counter(repr(sorted(events, key=repr)) for events in runs.values())

    def log(self, core: Core) -> Counter[str]:
        """The entries of the log at the end."""
        last = self._read(core, "astream_log", diff=False)[-1]
        entries = log_entries(last.state)["logs"].values()
        return Counter(
            repr(
                settled(
                    {
                        **entry,
                        "tags": placeless(entry["tags"]),
                        "streamed_output": sorted(entry["streamed_output"], key=repr),
                    }
                )
            )
            for entry in entries
        )

    def _read(self, core: Core, verb: str, **more: Any) -> list[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            chain = self.build(core)
            items = asyncio.run(adrained(getattr(chain, verb)("hello", dict(self.config), **self.options, **more)))
        raised = [item for item in items if isinstance(item, Exception)]
        assert not raised
        return items


@pytest.mark.parametrize("seed", [seed for seed in range(250) if Placed(seed).differs])
def test_runs_are_the_same_elsewhere(seed: int) -> None:
    placed = Placed(seed)
    for look in (placed.events, placed.log):
        ours, reference = look(OURS), look(REFERENCE)
        if placed.retries:  # a stream is retried too, in runs of its own; what else is there is the same
            ours &= reference
        assert (look.__name__, ours) == (look.__name__, reference)
