"""A person at Notebook 7: what differs from JupyterLab is that a notebook is a page of its own."""

from __future__ import annotations

from .lab import WAIT, Lab


class Notebook7(Lab):
    """One page of Notebook 7, which shows one notebook at a time."""

    def _enter(self, url: str) -> None:
        """The page is entered with a notebook."""

    def _open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}/notebooks/{path}", timeout=6 * WAIT)
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=6 * WAIT)
        self._wait_for_kernel(path)

    def close(self) -> None:
        if self.page.url.startswith(self.server.url):
            super().close()
