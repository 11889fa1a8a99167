"""What the tests send to other processes: importable there by name."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from chainviz import AIMessage, FakeListChatModel, dispatch_custom_event
from chainviz.outputs import ChatGeneration, ChatResult


class Fragile(Exception):
    """Pickles, but does not unpickle."""

    def __init__(self, one: Any, two: Any) -> None:
        super().__init__(f"{one} {two}")


class Talkative(FakeListChatModel):
    """A model that says more than its answer is."""

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult([ChatGeneration(AIMessage("a"), {"reason": "stop"})], {"tokens": 3})


def upper(x: str) -> str:
    return x.upper()


def boom(x: Any) -> Any:
    raise ValueError(f"no {x}")


def fragile(x: Any) -> Any:
    raise Fragile(x, x)


def die(x: Any) -> Any:
    """Kills its process for 'die'."""
    if x == "die":
        os._exit(3)
    time.sleep(0.01)
    return x


def die_once(path: str) -> str:
    """Kills its process where the file is missing; whoever comes next finds it."""
    if os.path.exists(path):
        return "alive"
    with open(path, "w"):
        pass
    os._exit(3)


def process(x: Any) -> int:
    return os.getpid()


def sleepy(x: float) -> float:
    time.sleep(x)
    return x


async def asleepy(x: float) -> float:
    await asyncio.sleep(x)
    return x


def telling(x: Any, config: Any) -> Any:
    dispatch_custom_event("said", {"x": x}, config={**config, "metadata": {"m": 1}})
    return x


def held(path: str) -> str:
    """Leaves a file, and stays while a folder `gate` stands beside it."""
    with open(path, "w"):
        pass
    while os.path.exists(os.path.join(os.path.dirname(path), "gate")):
        time.sleep(0.005)
    return path
