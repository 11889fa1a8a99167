"""The parts of a view as a person finds them: by role and accessible name."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator

# What a part says, without what differs from look to look: durations.
_DURATION = re.compile(r",? ?[\d.,]+ (?:µs|ms|s|min)\b")


class Panel:
    """A view below `root`: the trace panel with all parts, or one that has some of them."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.graph = root.get_by_role("tree", name="Chain graph")
        self.tokens = root.get_by_role("log", name="Tokens")
        self.state = root.get_by_role("tree", name="Run state")
        self.runs = root.get_by_role("tree", name="Runs")
        self.events = root.get_by_role("grid", name="Events")
        self.filter = root.get_by_role("searchbox", name="Filter events")
        self.details = root.get_by_role("region", name="Details")
        self.status = root.get_by_role("status", name="Run status")

    def step(self, name: str) -> Locator:
        """A step of the graph by its name; its accessible name goes on with kind and status."""
        return self.graph.get_by_role("treeitem", name=re.compile(rf"(^|: ){re.escape(name)}, "))

    def run(self, name: str) -> Locator:
        return self.runs.get_by_role("treeitem", name=re.compile(rf"^{re.escape(name)}, "))

    def lane(self, name: str) -> Locator:
        return self.tokens.get_by_role("group", name=re.compile(rf"^{re.escape(name)}, "))

    def rows(self, text: str | None = None) -> Locator:
        """The rows of events on the screen, without the head; with `text`, those that contain it."""
        rows = self.events.get_by_role("rowgroup").get_by_role("row")
        return rows if text is None else rows.filter(has_text=text)

    def filter_by(self, text: str) -> None:
        self.filter.fill(text)
        self.filter.press("Enter")  # closes the suggestions

    def content(self) -> dict[str, Any]:
        """What the panel says: two panels that have the same content show the same state of the trace."""
        return {
            "status": self.status.inner_text(),
            "steps": _labels(self.graph),
            "runs": _labels(self.runs),
            "state": self.state.get_by_role("treeitem").all_inner_texts(),
            "tokens": [lane.inner_text() for lane in self.tokens.locator(".cv-text").all()],
            "events": [_DURATION.sub("", row) for row in self.rows().all_inner_texts()],
            "count": self.events.get_attribute("aria-rowcount"),
        }

    def expect_content(self, content: dict[str, Any]) -> None:
        """Wait until the panel has this content: what scrolls is drawn in a later frame than what makes it scroll."""
        for _ in range(100):
            if self.content() == content:
                return
            self.root.page.wait_for_timeout(50)
        now = self.content()
        assert not {key: (now[key], content[key]) for key in now if now[key] != content[key]}


def _labels(tree: Locator) -> list[str]:
    items = tree.get_by_role("treeitem").all()
    return [_DURATION.sub("", item.get_attribute("aria-label") or "") for item in items]
