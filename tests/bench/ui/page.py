"""JupyterLab under a meter: what the page spends, when what it was told is painted, and how evenly its frames come."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.browser import PROBE, launch
from tests.e2e.lab import Lab
from tests.e2e.panel import Panel
from tests.e2e.server import JupyterServer

ROOT = Path(__file__).parents[3]
METER = (Path(__file__).parent / "meter.js").read_text()
LONG = 300_000
"""Milliseconds that a long trace may take; what takes longer has failed."""

SETUP = f"""%load_ext chainviz
import sys
sys.path.insert(0, {str(ROOT)!r})
from time import process_time
import chainviz
from tests.bench.ui.kernel import *"""


class Metered(Lab):
    """A JupyterLab page whose first cell, 0, has what `kernel.py` has."""

    def __init__(self, page: Page, server: JupyterServer) -> None:
        super().__init__(page, server)
        self.devtools = self.page.context.new_cdp_session(self.page)
        # Of the thread, not of the clock: what other programs take from the processor does not count.
        self.devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cells(self, *cells: str) -> None:
        """Open a notebook of these, the first of which is run."""
        self.notebook([SETUP, *cells])
        self.run(0)

    def run_long(self, index: int) -> None:
        self.run_cell(index)
        self.wait_idle(LONG)
        self.raise_error_of(index)

    def panel(self, index: int) -> Panel:
        return Panel(self.view(index))

    def seconds(self, *names: str) -> float:
        """What the page's thread has spent on these; without names on all but what this meter asks of it."""
        metrics = {
            metric["name"]: metric["value"] for metric in self.devtools.send("Performance.getMetrics")["metrics"]
        }
        if not names:
            return metrics["TaskDuration"] - metrics["DevToolsCommandDuration"]
        return sum(metrics[name] for name in names)

    def wait_for_events(self, index: int, events: int) -> Panel:
        """Wait until the panel in a cell's output shows a finished trace of so many events."""
        panel = self.panel(index)
        panel.root.first.wait_for(timeout=LONG)
        self.page.wait_for_function(
            """([root, count]) => {
                const said = root.textContent.replace(/[,.\\s]/g, "");
                const status = root.querySelector("[role=status]")?.textContent;
                return status?.includes("done") && said.includes(`${count}of${count}events`);
            }""",
            arg=[panel.root.first.element_handle(), events],
            timeout=LONG,
            polling=50,
        )
        self.page.wait_for_timeout(500)  # what it asks for when it stands has come too
        return panel

    @contextmanager
    def spending(self, *names: str) -> Iterator[list[float]]:
        """What the page's thread spends while the block runs, in seconds, there when it is left."""
        before = self.seconds(*names)
        spent: list[float] = []
        yield spent
        spent.append(self.seconds(*names) - before)

    @contextmanager
    def frames(self) -> Iterator[list[float]]:
        """Milliseconds between frames while the block runs, there when it is left."""
        gaps: list[float] = []
        self.page.evaluate("meter.start()")
        yield gaps
        gaps += self.page.evaluate("meter.stop()")

    def answers(self) -> list[dict[str, float | None]]:
        """What `meter.watch` has noted since the last time."""
        return self.page.evaluate("meter.answers.splice(0)")


@contextmanager
def metered_lab() -> Iterator[Metered]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright.chromium)
        server = JupyterServer(Path(folder) / "home")
        try:
            context = browser.new_context(viewport={"width": 1280, "height": 1500})
            context.add_init_script(PROBE)
            context.add_init_script(METER)
            lab = Metered(context.new_page(), server)
            yield lab
            lab.close()
        finally:
            server.stop()
            browser.close()


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
