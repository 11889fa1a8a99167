"""A long chain in the builder: what an edit costs."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from playwright.sync_api import expect

from tests.e2e.builder import Builder

from .page import Metered, p95
from .row import Row

STEPS = 100
EDITS = 20
ARRIVALS = """(text) => {
    if (text.length > 10000 && text.includes('"comm_msg"')) meter.messages.push([performance.now(), text.length]);
    return false;
}"""


def building(lab: Metered) -> Iterator[Row]:
    lab.cells(f"b = chainviz.build(long_chain({STEPS}))")
    lab.run_long(1)
    b = Builder(lab.view(1).first)
    b.tree.get_by_role("treeitem").nth(STEPS // 2).locator("> [aria-hidden]").click()
    count = b.tree.get_by_role("treeitem").count()
    lab.page.evaluate("meter.messages = []")
    lab.mark(ARRIVALS)
    b.tree.evaluate("(tree) => meter.watch(tree, ['aria-selected'])")
    for edit in range(1, EDITS + 1):
        lab.page.keyboard.press("Control+d")
        expect(b.tree.get_by_role("treeitem")).to_have_count(count + edit)
        lab.page.wait_for_timeout(100)
    lab.page.evaluate("meter.stop()")
    lab.lose_nothing()
    # The key that is held changes nothing.
    painted = [(answer["began"] or 0) + answer["last"] for answer in lab.answers() if answer["last"] is not None]
    arrived = [moment for moment, _ in lab.page.evaluate("meter.messages")]
    took = [moment - max(one for one in arrived if one < moment) for moment in painted]
    what = f"an edit of a chain of {STEPS} steps, from its arrival to painted"
    yield Row(f"{what}, median", statistics.median(took), "ms", 50)
    yield Row(f"{what}, p95", p95(took), "ms")
