"""Headless Chromium that reaches nothing but this machine, and a guard that notes all that goes wrong on a page."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page

ARGUMENTS = [
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
]

PROBE = (Path(__file__).parent / "probe.js").read_text()


def launch(chromium: BrowserType) -> Browser:
    path = os.environ.get("CHAINVIZ_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("no Chromium: install the package 'chromium' or set CHAINVIZ_CHROMIUM to its path")
    return chromium.launch(executable_path=path, args=ARGUMENTS)


class Guard:
    """Collects as sentences in `faults`: requests that leave for elsewhere, uncaught errors, errors on the console.

    What matches a pattern in `allowed` is the host's own fault.
    """

    def __init__(self, page: Page, home: str, allowed: Sequence[re.Pattern[str]] = ()) -> None:
        self.faults: list[str] = []
        self._allowed = allowed
        self._home = (home, home.replace("http:", "ws:"), "data:", "blob:", "about:")
        page.on("request", lambda request: self._address(request.url))
        page.on("websocket", lambda socket: self._address(socket.url))
        page.on("pageerror", lambda error: self._note(f"uncaught error: {error.stack or error.message}"))
        page.on("console", self._console)

    def _address(self, url: str) -> None:
        if not url.startswith(self._home):
            self._note(f"a request to elsewhere: {url[:300]}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console error: {message.text} ({message.location.get('url', '')[:200]})")

    def _note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self._allowed):
            self.faults.append(fault)

    def check(self) -> None:
        faults, self.faults = self.faults, []
        assert not faults, "the page reported:\n" + "\n".join(faults)
