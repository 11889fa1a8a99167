"""A person at JupyterLab, as methods: open a notebook, run a cell, look at its output, ask the kernel.

Nothing here waits without a limit; a lost reply of the kernel fails the test that lost it.
"""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import FloatRect, Locator, Page

from .server import JupyterServer

WAIT = 60_000  # far above what anything here takes: a loaded machine can stand still for seconds
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"

_PANEL = "const panel = window.jupyterapp.shell.currentWidget;"
_KERNEL = _PANEL + "const kernel = panel.sessionContext.session?.kernel;"


class Lab:
    """One JupyterLab page. `page` is Playwright's; a notebook's cells count from 0."""

    def __init__(self, page: Page, server: JupyterServer) -> None:
        self.page = page
        self.server = server
        self._numbers = itertools.count(1)
        page.set_default_timeout(WAIT)
        self._enter(f"{server.url}/lab?reset")

    def _enter(self, url: str) -> None:
        self.page.goto(url, timeout=3 * WAIT)
        self.page.wait_for_function("window.jupyterapp?.restored", timeout=3 * WAIT)
        self.page.evaluate("() => window.jupyterapp.restored")
        self._wait_for_splash()
        self.command("application:toggle-left-area", once="#jp-left-stack:visible")

    def _wait_for_splash(self) -> None:
        # Shown while the page or a theme loads; asked for again before it is gone, Lab removes it twice and throws.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=3 * WAIT)

    def command(self, name: str, arguments: dict[str, Any] | None = None, *, once: str | None = None) -> None:
        """Run a command of the application; with `once`, only where that selector matches."""
        if once is None or self.page.locator(once).count():
            script = "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }"
            self.page.evaluate(script, [name, arguments or {}])

    # --- the notebook ------------------------------------------------------------------------------------------

    def notebook(self, cells: Sequence[str]) -> None:
        """Close what is open, with its kernel, and open a new notebook of these code cells."""
        self.close()
        path = self.server.notebooks / f"test-{next(self._numbers)}.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, path)
        self._open(path.name)

    def _open(self, path: str) -> None:
        self.command("docmanager:open", {"path": path, "factory": "Notebook"})
        self.page.wait_for_function(
            "([path]) => {" + _KERNEL + "return panel?.context?.path === path && kernel?.status === 'idle'; }",
            arg=[path],
        )
        self.page.evaluate("async () => {" + _KERNEL + "await kernel.info; }")

    def close(self) -> None:
        """Close every open document and end its kernel."""
        self.page.evaluate(
            """async () => {
                for (const widget of [...window.jupyterapp.shell.widgets("main")]) {
                    await widget.sessionContext?.shutdown();
                    if (widget.context?.model) widget.context.model.dirty = false;
                    widget.close();
                }
            }"""
        )

    def reload(self) -> None:
        """Save the notebook, load the page anew and open the same notebook on its living kernel."""
        path = self.page.evaluate("async () => {" + _PANEL + "await panel.context.save(); return panel.context.path; }")
        self._enter(f"{self.server.url}/lab?reset")
        self._open(path)

    def run_cell(self, index: int) -> None:
        """Start a cell and return at once."""
        self.page.evaluate(
            "(index) => {" + _PANEL + "panel.content.activeCellIndex = index; panel.content.deselectAll();"
            "void window.jupyterapp.commands.execute('notebook:run-cell'); }",
            index,
        )

    def run(self, *indices: int) -> None:
        """Run these cells one after the other, each to its end; an error in one is raised with its traceback."""
        for index in indices:
            self.run_cell(index)
            self.wait_idle()
            self.raise_error_of(index)

    def wait_idle(self, timeout: float = WAIT) -> None:
        """Wait until no cell waits or runs and the kernel is idle."""
        self.page.wait_for_function(
            "() => {" + _KERNEL + "return kernel?.status === 'idle' && panel.content.widgets.every("
            "(cell) => !cell.model.executionState || cell.model.executionState === 'idle'); }",
            timeout=timeout,
        )

    def raise_error_of(self, index: int) -> None:
        script = "(index) => {" + _PANEL + "return panel.content.widgets[index].model.outputs.toJSON(); }"
        for output in self.page.evaluate(script, index):
            if output["output_type"] == "error":
                raise AssertionError(f"cell {index} raised:\n" + "\n".join(output["traceback"]))

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-NotebookPanel:visible .jp-Notebook .jp-Cell").nth(index)

    def output(self, index: int) -> Locator:
        """The output area of a cell."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def view(self, index: int) -> Locator:
        """The root elements of the widgets in a cell's output."""
        return self.output(index).locator(".jp-OutputArea-output > .lm-Widget")

    # --- the kernel --------------------------------------------------------------------------------------------

    @property
    def kernel_status(self) -> str:
        """What the page knows of the kernel at this moment: "busy", "idle", …"""
        return self.page.evaluate("() => {" + _KERNEL + "return kernel?.status ?? 'none'; }")

    def text_while(self, locator: Locator) -> tuple[str, str]:
        """The kernel's status and an element's text, read in one and the same moment."""
        status, text = locator.evaluate("(element) => {" + _KERNEL + "return [kernel.status, element.innerText]; }")
        return status, text

    def kernel_eval(self, expression: str) -> Any:
        """The value of a Python expression in the notebook's kernel, by way of JSON."""
        reply = self.page.evaluate(
            "async ([expression]) => {"
            + _KERNEL
            + """
                const future = kernel.requestExecute({
                    code: "", store_history: false, user_expressions: { value: expression },
                });
                const late = new Promise((_, no) => setTimeout(() => no(new Error("no reply from the kernel")), 60000));
                return (await Promise.race([future.done, late])).content.user_expressions.value;
            }""",
            [f"__import__('json').dumps({expression})"],
        )
        if reply["status"] != "ok":
            raise AssertionError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        text: str = reply["data"]["text/plain"]
        return json.loads(ast.literal_eval(text))

    # --- the page ----------------------------------------------------------------------------------------------

    def probe(self) -> dict[str, Any]:
        """What `probe.js` has counted since the page was loaded."""
        return self.page.evaluate("() => ({ ...window.probe, lose: null })")

    def lose(self, predicate: str | None) -> None:
        """Lose each websocket message for which the JavaScript function `predicate(text)` is true; None ends it."""
        self.page.evaluate(f"() => {{ window.probe.lose = {predicate or 'null'}; }}")

    def theme(self, name: str) -> None:
        """Switch to "light" or "dark"."""
        theme = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self.command("apputils:change-theme", {"theme": theme})
        self.page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
        self._wait_for_splash()

    def output_width(self, width: int, height: int = 900) -> None:
        """Make the window so wide that outputs of the current notebook have `width` pixels."""
        self.page.set_viewport_size({"width": width + 200, "height": height})
        area = self.page.locator(".jp-NotebookPanel:visible .jp-OutputArea-output").last
        for _ in range(2):
            missing = width - round(_box(area)["width"])
            window = self.page.viewport_size or {"width": width, "height": height}
            self.page.set_viewport_size({"width": window["width"] + missing, "height": height})

    def screenshot(self, name: str, of: Locator | None = None) -> Path:
        """Save a picture of the page, or of one element, below build/screenshots."""
        path = SCREENSHOTS / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path


def _box(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None, f"not on the page: {locator}"
    return box
