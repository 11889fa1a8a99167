"""Prints what each piece of work costs with our core, with the reference and by hand: `make bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from langchain_core import runnables as reference

import chainviz

from .work import WORK

ROUNDS = 5
ROUND = 0.05


def seconds(call: Callable[[], Any]) -> float:
    """The median time of one call, over rounds that are each long enough to be timed."""
    started = time.perf_counter()
    call()
    number = max(1, int(ROUND / max(time.perf_counter() - started, 1e-7)))
    rounds: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(number):
            call()
        rounds.append((time.perf_counter() - started) / number)
    return statistics.median(rounds)


def import_seconds(statement: str) -> float:
    program = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", program]
    return statistics.median(float(subprocess.check_output(command, timeout=60)) for _ in range(ROUNDS))


def shown(duration: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if duration >= size:
            return f"{duration / size:.2f} {unit}"
    return f"{duration / 1e-9:.0f} ns"


def main() -> None:
    warnings.simplefilter("ignore")  # the reference warns of its own verbs
    print(f"{'work':<38}{'ours':>12}{'by hand':>12}{'ratio':>8}{'at most':>9}{'reference':>12}")
    for work in WORK:
        ours, limit = seconds(work.build(chainviz)), seconds(work.limit())
        others = seconds(work.build(reference))
        ratio = ours / limit
        print(
            f"{work.name:<38}{shown(ours):>12}{shown(limit):>12}{ratio:>8.1f}{work.times_limit:>9}{shown(others):>12}"
        )
    ours = import_seconds("from chainviz import RunnableLambda")
    others = import_seconds("from langchain_core.runnables import RunnableLambda")
    print(f"{'importing the first class':<38}{shown(ours):>12}{'':>12}{'':>8}{'100 ms':>9}{shown(others):>12}")


if __name__ == "__main__":
    main()
