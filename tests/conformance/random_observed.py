"""Random chains seen through random filters, called with random configs."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from .observe import OTHER_LOGS, SEEN, Program
from .random_programs import RACING, Maker, left_out

NAMES = (
    "named",
    "other",
    "called",
    "upper",
    "letters",
    "RunnableSequence",
    "RunnableLambda",
    "RunnableParallel<a,b>",
    "RunnablePassthrough",
    "RunnableBranch",
    "GenericFakeChatModel",
    "FakeListLLM",
    "StrOutputParser",
    "PromptTemplate",
    "Shelf",
    "nobody",
)
TYPES = ("chain", "chat_model", "llm", "prompt", "parser", "retriever", "tool")
TAGS = ("tagged", "second", "call", "seq:step:1", "seq:step:2", "map:key:a", "branch:1", "branch:default", "nowhere")
BINDINGS: tuple[dict[str, Any] | None, ...] = (
    {"run_name": "named"},
    {"run_name": "other", "tags": ["second"]},
    {"tags": ["tagged"], "metadata": {"k": 1}},
    {"tags": ["tagged", "second"], "metadata": {"k": 2, "l": []}},
    *[None] * 6,
)


def random_options(chance: random.Random) -> dict[str, Any]:
    """Filters: each kind is left out, or has some words that are there and some that are not."""
    options: dict[str, Any] = {}
    for side, often in (("include", 0.4), ("exclude", 0.25)):
        for kind, words in (("names", NAMES), ("types", TYPES), ("tags", TAGS)):
            if chance.random() < often:
                options[f"{side}_{kind}"] = chance.sample(words, chance.choice([0, 1, 1, 2, 3]))
    return options


def random_config(chance: random.Random) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if chance.random() < 0.4:
        config["tags"] = chance.choice([["call"], ["call", "tagged"], []])
    if chance.random() < 0.4:
        config["metadata"] = chance.choice([{"m": 1}, {"k": 3, "m": None}])
    if chance.random() < 0.3:
        config["run_name"] = chance.choice(["called", "named"])
    if chance.random() < 0.2:
        config["run_id"] = UUID(int=chance.randint(1, 9))
    if chance.random() < 0.2:
        config["configurable"] = {"model": "m", "other": 1}
    return config


def observed_program(seed: int) -> Program:
    """A chain, its filters and the config of its call."""
    chance = random.Random(seed)
    maker = Maker(seed, BINDINGS)
    build = maker.chain(3)
    config, options = random_config(chance), random_options(chance)
    races = not maker.kinds.isdisjoint(RACING)
    modes = ("v1", "v2") if races else (*SEEN, *OTHER_LOGS)
    return Program(
        f"observed_{seed}",
        build,
        "hello",
        unordered=races,
        options=options,
        config=lambda: dict(config),
        modes=() if "v1" in left_out(maker.kinds) else modes,
    )


__all__ = ["observed_program"]
