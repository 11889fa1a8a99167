"""Times of several cores taken in turns, their medians, and how they grow."""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from .programs import Work

ROUNDS = 9
ROUND = 0.1
"""Seconds of a round."""


class Worker:
    """A process that times the work of one core."""

    def __init__(self, core: str) -> None:
        command = [sys.executable, "-m", "tests.bench.worker", core]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, work: Work, size: int, least: float = ROUND) -> float:
        """What one call took."""
        assert self._process.stdin and self._process.stdout
        print(json.dumps([work.name, size, least]), file=self._process.stdin, flush=True)
        return float(json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.communicate()


LONGEST = 20
"""Seconds after which no further round begins."""


def rounds(workers: Sequence[Worker], work: Work) -> list[list[float]]:
    """The seconds of each worker in each round, in which they take turns."""
    times: list[list[float]] = []
    while len(times) < ROUNDS and sum(map(sum, times)) < LONGEST:
        times.append([worker.seconds(work, work.size) for worker in workers])
    return times


def median_ratio(times: Sequence[Sequence[float]], one: int, other: int) -> float:
    """How many times what the one took the other took: the median over the rounds, so that slow ones slow both."""
    return statistics.median(taken[other] / taken[one] for taken in times)


def exponent(worker: Worker, work: Work) -> float:
    """The power of the size with which the time grows: the slope of a line through the logarithms, the median over the
    rounds, so that a machine that is slower for a while is so for all sizes."""
    sizes = [math.log(size) for size in work.sizes]
    slopes: list[float] = []
    for _ in range(ROUNDS):
        times = [math.log(worker.seconds(work, size, 0.05)) for size in work.sizes]
        slopes.append(statistics.linear_regression(sizes, times).slope)
    return statistics.median(slopes)


def import_seconds(statement: str) -> float:
    """What an import takes in a process of its own."""
    program = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    return float(subprocess.check_output([sys.executable, "-c", program], timeout=60))
