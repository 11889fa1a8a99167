"""Prints what each piece of work costs with our core, with the reference and by hand: `make bench`."""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
from contextlib import ExitStack
from importlib.metadata import version

from .measure import Worker, exponent, import_seconds, median_ratio, rounds
from .memory import bytes_of_an_event
from .programs import WORK, Work
from .worker import BY_HAND

IMPORT_AT_LEAST = 8
EVENT_AT_MOST = 500
GROWTH_AT_MOST = 1.1

HEAD = f"""# Benchmarks

One run of `make bench`: our core, langchain-core and the same work by hand, each in a process of its own, measured in
turns; medians of processor time, and of the rounds' ratios. Ratios hold from machine to machine, times do not. Tokens
are streamed by a chat model without delay through prompt, model and parser. "Growth" is the power of the size with
which our time grows. A goal that is missed stands in bold.

Python {platform.python_version()}, chainviz {version("chainviz")}, langchain-core {version("langchain-core")}.

| work | ours | langchain-core | times faster | goal | times by hand | goal | growth | goal |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


class Table:
    """Rows of Markdown, printed as they come; counts the goals that are missed."""

    def __init__(self) -> None:
        self.missed = 0
        print(HEAD, flush=True)

    def row(self, *cells: str) -> None:
        print(f"| {' | '.join(cells)} |", flush=True)

    def judged(self, value: float | None, goal: float | None, *, least: bool, form: str = ".1f") -> tuple[str, str]:
        """A value and its goal as cells; the value is marked where it misses that."""
        if value is None:
            return "", ""
        shown = f"{value:,{form}}"
        if goal is None:
            return shown, ""
        good = value >= goal if least else value <= goal
        self.missed += not good
        return shown if good else f"**{shown}**", f"{'≥' if least else '≤'} {goal:g}"


def shown(duration: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if duration >= size:
            return f"{duration / size:.3g} {unit}"
    return f"{duration / 1e-9:.0f} ns"


def measure(table: Table, work: Work, ours: Worker, reference: Worker, by_hand: Worker) -> None:
    workers = [ours, reference, by_hand] if work.by_hand else [ours, reference]
    times = rounds(workers, work)
    mine, theirs = (statistics.median(taken[worker] for taken in times) for worker in (0, 1))
    growth = exponent(ours, work) if work.sizes else None
    table.row(
        work.name,
        shown(mine),
        shown(theirs),
        *table.judged(median_ratio(times, 0, 1), work.at_least, least=True, form=".0f"),
        *table.judged(median_ratio(times, 2, 0) if work.by_hand else None, work.at_most, least=False),
        *table.judged(growth, GROWTH_AT_MOST, least=False, form=".2f"),
    )


def main() -> int:
    chosen = [work for work in WORK if not sys.argv[1:] or any(word in work.name for word in sys.argv[1:])]
    table = Table()
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(core)) for core in ("chainviz", "langchain_core", BY_HAND)]
        for work in chosen:
            measure(table, work, *workers)
    mine, theirs = (
        statistics.median(import_seconds(f"from {module} import RunnableLambda") for _ in range(9))
        for module in ("chainviz", "langchain_core.runnables")
    )
    ratio = table.judged(theirs / mine, IMPORT_AT_LEAST, least=True)
    table.row("importing the first class", shown(mine), shown(theirs), *ratio, "", "", "", "")
    size, most = table.judged(bytes_of_an_event(), EVENT_AT_MOST, least=False, form=".0f")
    print(f"\nA recorded event takes {size} bytes beside its payload; goal: {most}.", flush=True)
    for module in ("captured", "edits"):
        table.missed += subprocess.run([sys.executable, "-m", f"tests.bench.{module}"]).returncode
    print(f"\n{'Every goal is met.' if not table.missed else f'Goals missed: {table.missed}.'}")
    return bool(table.missed)


if __name__ == "__main__":
    sys.exit(main())
