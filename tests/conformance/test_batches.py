"""Batches of which items fail: what goes on beside them, and which exception comes out."""

from __future__ import annotations

import itertools
import time
from threading import Barrier
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core

ITEMS = range(4)


def ended(core: Core, failing: tuple[int, ...], config: Any) -> tuple[list[int], str]:
    """Which of four items that begin together come to their end, and what is raised where some of them fail, the last
    of them first."""
    reached: list[int] = []
    together = Barrier(len(ITEMS), timeout=20)

    def work(item: int) -> None:
        together.wait()
        if item in failing:
            time.sleep(0.004 * (len(ITEMS) - item))
            raise ValueError(item)
        time.sleep(0.02)
        reached.append(item)

    with pytest.raises(ValueError, match=r"\d") as raised:
        core.RunnableLambda(work).batch([*ITEMS], config)
    return sorted(reached), str(raised.value)


@pytest.mark.parametrize("config", [None, {"max_concurrency": 4}], ids=repr)
@pytest.mark.parametrize("failing", [some for n in (1, 2, 4) for some in itertools.combinations(ITEMS, n)], ids=repr)
def test_the_others_go_on(failing: tuple[int, ...], config: Any) -> None:
    assert ended(OURS, failing, config) == ended(REFERENCE, failing, config)
