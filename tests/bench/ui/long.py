"""Long traces: opening them, and moving about in them."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator

from playwright.sync_api import Locator

from tests.e2e.panel import Panel

from .page import LONG, Metered, p95
from .row import Row

OPENS_IN = {1_000: 0.3, 10_000: 0.5, 100_000: 1.0, 1_000_000: 5.0}
CALM = 2_000
"""Milliseconds that Lab is given to come to rest after a cell."""
BETWEEN = 500
"""Milliseconds between two keys or clicks."""
FLOORS = {"a cell without a view": "'done'", "an anywidget that only says a word": "Bare()"}
"""Below what opening a trace costs: what Lab does for any output, and for any widget."""
PLACES = 20
"""On the time slider, all over it."""
FILTER = "type:chat_model"
"""Typed key by key; each further key after the colon narrows what is found."""


def opening(lab: Metered, sizes: tuple[int, ...] = (1_000, 10_000, 100_000)) -> Iterator[Row]:
    for what, cell in FLOORS.items():
        floor = statistics.median(_floor(lab, cell) for _ in range(3))
        yield Row(f"{what}: the page's processor time", floor, "s")
    for size in sizes:
        taken = [_open(lab, size)[:2] for _ in range(3)]
        page, kernel = (statistics.median(times) for times in zip(*taken, strict=True))
        yield _opened(size, page, kernel)


def _opened(size: int, page: float, kernel: float) -> Row:
    return Row(f"opening a trace of {size:,} events: the page's processor time", page, "s", OPENS_IN.get(size), kernel)


def _floor(lab: Metered, cell: str) -> float:
    """What Lab itself needs to run a cell and show what it says."""
    lab.cells("t = long(1)", cell)
    lab.run(1)
    lab.page.wait_for_timeout(CALM)
    with lab.spending() as spent:
        lab.run(2)
        lab.output(2).get_by_text("done").wait_for()
        lab.page.wait_for_timeout(500)  # as a trace is given
    return spent[0]


def _open(lab: Metered, size: int) -> tuple[float, float, Panel]:
    """The processor time of the page and of the kernel, and the panel."""
    lab.cells(f"t = long({size})", "t")
    lab.run_long(1)
    events = lab.kernel_eval("t.recorder.count")
    kernel = lab.kernel_eval("process_time()")
    lab.page.wait_for_timeout(CALM)
    with lab.spending() as spent:
        lab.run_cell(2)
        panel = lab.wait_for_events(2, events)
    return spent[0], lab.kernel_eval("process_time()") - kernel, panel


def moving(lab: Metered, size: int = 100_000) -> Iterator[Row]:
    in_it = f" at {size:,} events"
    panel = _open(lab, size)[2]
    nodes = panel.root.evaluate("(root) => root.getElementsByTagName('*').length")
    yield Row("elements of the panel" + in_it, nodes, "", 1_500)
    yield from _frames(lab, panel, in_it, 20)
    yield from _typing(lab, panel, in_it)
    yield from _time(lab, panel, in_it)


def million(lab: Metered, size: int = 1_000_000) -> Iterator[Row]:
    page, kernel, panel = _open(lab, size)
    yield _opened(size, page, kernel)
    yield from _frames(lab, panel, f" at {size:,} events", 33)


def _frames(lab: Metered, panel: Panel, in_it: str, at_most: float) -> Iterator[Row]:
    acts = {
        "scrolling the events": lambda: _scroll(lab, panel.events, 1),
        "scrolling the runs": lambda: _scroll(lab, panel.runs, -1),
        "zooming and panning the runs": lambda: _pan(lab, panel.runs),
    }
    for name, act in acts.items():
        with lab.spending() as spent, lab.frames() as gaps:
            act()
        yield Row(f"{name}{in_it}: frame, p95", p95(gaps), "ms", at_most)
        yield Row(f"{name}{in_it}: processor time a frame", spent[0] / len(gaps) * 1_000, "ms")


def _scroll(lab: Metered, part: Locator, way: int) -> None:
    """Scroll away and back again, slowly and fast; up first where `way` is 1, down first where it is -1."""
    lab.page.mouse.move(*_middle(part))
    before = part.inner_html()
    for distance in (800, 8_000, -8_000, -800):  # pixels, each in about a second
        for _ in range(60):
            lab.page.mouse.wheel(0, -way * distance / 60)
            lab.page.wait_for_timeout(16)
        if distance == 8_000 and part.inner_html() == before:
            raise RuntimeError(f"this did not scroll: {part}")


def _pan(lab: Metered, part: Locator) -> None:
    mouse = lab.page.mouse
    mouse.move(*_middle(part))
    lab.page.keyboard.down("Control")
    for _ in range(30):
        mouse.wheel(0, -60)
        lab.page.wait_for_timeout(16)
    lab.page.keyboard.up("Control")
    for way in (1, -1):
        for _ in range(40):
            mouse.wheel(30 * way, 0)
            lab.page.wait_for_timeout(16)


def _middle(part: Locator) -> tuple[float, float]:
    part.scroll_into_view_if_needed()
    x, y = part.evaluate("(part) => meter.middle(part)")
    return x, y


def _typing(lab: Metered, panel: Panel, in_it: str) -> Iterator[Row]:
    panel.filter.click()
    panel.root.evaluate("(root) => meter.watch(root, ['aria-rowcount'])")
    lab.page.wait_for_timeout(BETWEEN)
    lab.answers()
    with lab.spending() as spent:
        for key in FILTER:
            lab.page.keyboard.press(key)  # a locator would be looked up in the page, at its expense
            lab.page.wait_for_timeout(BETWEEN)
    keys = lab.answers()
    panel.filter.press("Enter")
    panel.filter.fill("")
    what = f"a key typed in the filter{in_it}: "
    yield Row(f"{what}to the next frame, p95", p95([key["next"] or 0.0 for key in keys]), "ms", 100)
    yield Row(f"{what}to the last change of what is found, p95", p95([_last(key) for key in keys]), "ms", 100)
    yield Row(f"{what}the page's processor time", spent[0] / len(FILTER) * 1_000, "ms")


def _time(lab: Metered, panel: Panel, in_it: str) -> Iterator[Row]:
    slider = panel.root.get_by_role("slider", name="Time", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    lab.page.wait_for_timeout(BETWEEN)
    lab.answers()
    with lab.spending() as spent:
        for place in range(PLACES):
            # Near and far in turns.
            along = (place * 7 % PLACES + 0.5) / PLACES
            lab.page.mouse.click(box["x"] + along * box["width"], box["y"] + box["height"] / 2)
            lab.page.wait_for_timeout(BETWEEN)
    clicks = lab.answers()
    lab.page.evaluate("meter.stop()")
    yield Row(f"the time cursor anywhere{in_it}, p95", p95([_last(click) for click in clicks]), "ms", 50)
    yield Row(f"the time cursor anywhere{in_it}: the page's processor time", spent[0] / PLACES * 1_000, "ms")


def _last(answer: dict[str, float | None]) -> float:
    return answer["last"] or answer["next"] or 1_000.0 * BETWEEN  # an answer that never came


def beyond(lab: Metered, size: int = 2_000_100) -> Iterator[Row]:
    lab.cells(f"t = beyond({size})", "t")
    lab.run_long(1)
    lab.run_cell(2)
    panel = lab.panel(2)
    said = panel.root.get_by_text("longer than a page can show")
    said.wait_for(timeout=LONG)
    panel.filter.fill("name:nobody")
    panel.root.get_by_text(re.compile("^0 of [1-9]")).wait_for()
    yield Row(f"a trace of {size:,} events: the panel says that it is too long, and answers", True)


def kept(lab: Metered) -> Iterator[Row]:
    lab.cells("t = many_runs(1_000)\npath = t.to_html('kept.html')", "len(t.to_dataframe())")
    lab.run(1)
    runs = lab.kernel_eval("len({event.run for event in t.recorder.events})")
    size = lab.kernel_eval("__import__('os').path.getsize(path)")
    yield Row(f"`to_html` of a trace of {runs:,} runs", size / 1_000, "kB", 400)
