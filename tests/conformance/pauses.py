"""How long a step that is tried again waits before each attempt, chance being the same in both cores."""

from __future__ import annotations

import random
from types import SimpleNamespace

from .cores import OURS, Core


def pauses(core: Core, **params: float) -> list[float]:
    """The seconds before each of eight more attempts."""
    step = core.RunnableLambda(str).with_retry(exponential_jitter_params=params or None)
    random.seed(7)
    if core is OURS:
        return [step._pause(number) for number in range(2, 10)]
    wait = step._kwargs_retrying["wait"]
    return [wait(SimpleNamespace(attempt_number=number)) for number in range(1, 9)]
