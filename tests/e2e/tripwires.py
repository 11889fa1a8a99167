"""Tripwires around a page that shows hostile text: script, network, navigation, prototype, style, markup."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

SCRIPT = (Path(__file__).parent / "tripwires.js").read_text()


class Tripwires:
    """Watches the pages of a new context, of which `home` begins the addresses that they may ask for."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self._faults: list[str] = []
        self._home = (home, home.replace("http:", "ws:"), "blob:", "about:")
        context.add_init_script(SCRIPT)
        context.on("request", lambda request: self._address(request.url))
        context.on("page", self._watch)
        context.on("dialog", lambda dialog: (self._note(f"script: {dialog.message}"), dialog.dismiss()))

    def _watch(self, page: Page) -> None:
        if len(page.context.pages) > 1:
            self._note(f"navigation: another page {page.url}")
        page.on("websocket", lambda socket: self._address(socket.url))
        page.on("download", lambda download: self._note(f"navigation: a download {download.url[:300]}"))
        page.on("framenavigated", lambda frame: self._moved(frame.url, frame.parent_frame is not None))

    def _address(self, url: str) -> None:
        if not url.startswith(self._home):
            self._note(f"network: {url[:300]}")

    def _moved(self, url: str, inner: bool) -> None:
        if inner or not url.startswith(self._home):
            self._note(f"navigation: {url[:300]}")

    def _note(self, fault: str) -> None:
        self._faults.append(fault)

    def faults(self, page: Page) -> list[str]:
        """What has tripped since the last time."""
        found, self._faults = self._faults, []
        return found + list(page.evaluate("tripwires.check()"))
