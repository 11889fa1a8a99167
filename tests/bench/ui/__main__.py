"""Prints what the wire and the page cost in a real JupyterLab: `make bench-ui`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version

from . import build, live, long, states
from .page import Metered, metered_lab
from .row import Row

GROUPS: tuple[Callable[[Metered], Iterator[Row]], ...] = (
    live.bundle,
    live.streams,
    live.watching,
    live.lane,
    long.opening,
    long.moving,
    long.million,
    long.beyond,
    long.kept,
    build.building,
    states.laying_out,
)

HEAD = """# Benchmarks of the front end

One run of `make bench-ui`: JupyterLab in headless Chromium; kernel, server and browser share one machine. The page's
processor time is that of its main thread, what Lab itself does included, what the bench asks of it not. What Lab does
for any output and for any widget is told apart. A goal that is missed stands in bold.

Python {python}, chainviz {chainviz}, JupyterLab {lab}, Chromium {chromium}.

| what | measured | goal | the kernel's processor time |
|---|--:|--:|--:|"""


def main() -> int:
    chosen = [group for group in GROUPS if not sys.argv[1:] or group.__name__ in sys.argv[1:]]
    missed = 0
    with metered_lab() as lab:
        browser = lab.page.context.browser
        versions = {"chainviz": version("chainviz"), "lab": version("jupyterlab"), "python": platform.python_version()}
        print(HEAD.format(**versions, chromium=browser.version if browser else ""), flush=True)
        for group in chosen:
            for row in group(lab):
                missed += row.missed
                print(row, flush=True)
    print(f"\n{'Every goal is met.' if not missed else f'Goals missed: {missed}.'}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
