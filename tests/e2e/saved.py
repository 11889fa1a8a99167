"""Saved pages of hostile traces, with tripwires around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, expect

from chainviz import Trace

from .panel import Panel
from .payloads import Payload
from .tripwires import Tripwires

WALK = (Path(__file__).parent / "walk.js").read_text()
_POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')


class Walked(NamedTuple):
    """What a walk through all runs of a page has seen: by root run the places in which its payload could be read."""

    seen: list[set[str]]
    overflow: int


class SavedPage:
    """A trace's page, opened from a file without its policy: what the policy would stop must not be tried either."""

    def __init__(self, browser: Browser, t: Trace, path: Path, payloads: Sequence[Payload], bug: str = "") -> None:
        t.to_html(path, redact=False)  # a parameter called "…passwd" would be hidden
        html, without = _POLICY.subn("", path.read_text(encoding="utf-8"))
        assert without == 1
        path.write_text(html.replace("<body", f"<script>{bug}</script><body", 1), encoding="utf-8")
        self._signs = [payload.sign for payload in payloads]
        self.context: BrowserContext = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
        self.tripwires = Tripwires(self.context, path.as_uri())
        self.page: Page = self.context.new_page()
        self.page.goto(path.as_uri())
        self.page.add_script_tag(content=WALK)

    def start(self) -> None:
        """Set out on the walk, and do not wait for it."""
        expect(Panel(self.page.locator("body")).status).to_be_visible()
        self.page.evaluate("(signs) => { window.walked = walk(signs); }", self._signs)

    def walked(self) -> Walked:
        """Wait for the end of the walk."""
        found = self.page.evaluate("() => window.walked")
        return Walked([set(places) for places in found["seen"]], found["overflow"])

    def faults(self) -> list[str]:
        return self.tripwires.faults(self.page)

    def close(self) -> None:
        self.context.close()
