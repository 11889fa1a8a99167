"""A person at JupyterLab, as methods: open a notebook, run a cell, look at its output, ask the kernel.

Nothing here waits without a limit; a lost reply of the kernel fails the test that lost it.
"""

from __future__ import annotations

import ast
import itertools
import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from playwright.sync_api import FloatRect, Locator, Page

from .server import JupyterServer

WAIT = 30_000  # far above what anything here takes: a loaded machine can stand still for seconds
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"

_PANEL = "const panel = window.jupyterapp.shell.currentWidget;"
_KERNEL = _PANEL + "const kernel = panel.sessionContext.session?.kernel;"


class Frame(NamedTuple):
    """The page as it was painted at a time."""

    seconds: float
    png: bytes


class Lab:
    """One JupyterLab page. `page` is Playwright's; a notebook's cells count from 0."""

    def __init__(self, page: Page, server: JupyterServer) -> None:
        self.page = page
        self.server = server
        self._numbers = itertools.count(1)
        page.set_default_timeout(WAIT)
        self._enter(f"{server.url}/lab?reset")

    def _enter(self, url: str) -> None:
        self.page.goto(url, timeout=6 * WAIT)
        self.page.wait_for_function("window.jupyterapp?.restored", timeout=6 * WAIT)
        self.page.evaluate("() => window.jupyterapp.restored")
        self._wait_for_splash()
        self.command("application:toggle-left-area", once="#jp-left-stack:visible")

    def _wait_for_splash(self) -> None:
        # Shown while the page or a theme loads; asked for again before it is gone, Lab removes it twice and throws.
        self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=6 * WAIT)

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
        self._wait_for_kernel(path)

    def _wait_for_kernel(self, path: str) -> None:
        self.page.wait_for_function(
            "([path]) => {" + _KERNEL + "return panel?.context?.path === path && kernel?.status === 'idle'; }",
            arg=[path],
        )
        self.page.evaluate("async () => {" + _KERNEL + "await kernel.info; }")

    def close(self) -> None:
        """Close every open document and end its kernel."""
        # In this order: what a kernel sends while it shuts down may be garbled, so nobody listens any more.
        self.page.evaluate(
            """async () => {
                const { shell, serviceManager } = window.jupyterapp;
                for (const widget of [...shell.widgets("main")]) {
                    const session = widget.sessionContext?.session?.id;
                    if (widget.context?.model) widget.context.model.dirty = false;
                    widget.close();
                    if (session) await serviceManager.sessions.shutdown(session);
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

    def text_while_running(self, index: int, locator: Locator) -> str:
        """An element's text, read in a moment in which the cell is running: its prompt says `[*]`."""
        # The kernel's own status says less: it is idle after each answer of a subshell, whatever the main shell does.
        prompt, text = locator.evaluate(
            "(element, index) => {"
            + _PANEL
            + "return [panel.content.widgets[index].promptNode.innerText, element.innerText]; }",
            index,
        )
        assert prompt == "[*]:", f"cell {index} is not running: {prompt}"
        return text

    # --- the kernel --------------------------------------------------------------------------------------------

    def kernel_eval(self, expression: str) -> Any:
        """The value of a Python expression in the notebook's kernel, by way of JSON."""
        reply = self.page.evaluate(
            "async ([expression]) => {"
            + _KERNEL
            + """
                const future = kernel.requestExecute({
                    code: "", store_history: false, user_expressions: { value: expression },
                });
                const late = new Promise((_, no) => setTimeout(() => no(new Error("no reply from the kernel")), 30000));
                return (await Promise.race([future.done, late])).content.user_expressions.value;
            }""",
            [f"__import__('json').dumps({expression})"],
        )
        if reply["status"] != "ok":
            raise AssertionError(f"{expression}: {reply['ename']}: {reply['evalue']}")
        text: str = reply["data"]["text/plain"]
        return json.loads(ast.literal_eval(text))

    def expect_in_kernel(self, expression: str, value: Any) -> None:
        """Wait until a Python expression has this value in the notebook's kernel."""
        for _ in range(200):
            if self.kernel_eval(expression) == value:
                return
            self.page.wait_for_timeout(50)
        assert self.kernel_eval(expression) == value

    # --- the page ----------------------------------------------------------------------------------------------

    def probe(self, name: str) -> Any:
        """What `probe.js` has noted since the page was loaded: "received", "sent", "marked" or "lost"."""
        return self.page.evaluate(f"window.probe.{name}")

    def mark(self, predicate: str) -> None:
        """Note from now on when each message was sent (epoch, ms) for which JavaScript's `predicate(text)` is true."""
        self.page.evaluate(f"() => {{ window.probe.mark = {predicate}; window.probe.marked = []; }}")

    def lose(self, predicate: str) -> None:
        """Lose each websocket message that arrives and for which the JavaScript function `predicate(text)` is true."""
        self.page.evaluate(f"() => {{ window.probe.lose = {predicate}; window.probe.lost = 0; }}")

    def lose_nothing(self) -> None:
        self.page.evaluate("() => { window.probe.lose = window.probe.mark = () => false; }")

    def theme(self, name: str) -> None:
        """Switch to "light" or "dark"."""
        theme = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self.command("apputils:change-theme", {"theme": theme})
        self.page.wait_for_function(f"document.body.dataset.jpThemeName === '{theme}'")
        self._wait_for_splash()

    def output_width(self, width: int, height: int = 900) -> None:
        """Make the window so wide that outputs of the current notebook have `width` pixels."""
        self.page.set_viewport_size({"width": width + 200, "height": height})
        area = self.page.locator(".jp-NotebookPanel:visible .jp-InputArea-editor").last
        for _ in range(20):
            self.page.wait_for_timeout(50)  # the page is laid out some frames later
            missing = width - round(_box(area)["width"])
            if missing == 0:
                break
            window = self.page.viewport_size or {"width": width, "height": height}
            self.page.set_viewport_size({"width": window["width"] + missing, "height": height})

    def screenshot(self, name: str, of: Locator | None = None) -> Path:
        """Save a picture of the page, or of one element, below build/screenshots."""
        path = SCREENSHOTS / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path

    @contextmanager
    def screencast(self) -> Iterator[list[Frame]]:
        """Collect a picture of the page each time it is painted anew, until the block is left."""
        frames: list[Frame] = []
        session = self.page.context.new_cdp_session(self.page)

        def keep(event: dict[str, Any]) -> None:
            frames.append(Frame(event["metadata"]["timestamp"], b64decode(event["data"])))
            session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

        session.on("Page.screencastFrame", keep)
        session.send("Page.startScreencast", {"format": "png"})
        yield frames
        session.send("Page.stopScreencast")
        session.detach()


def _box(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None, f"not on the page: {locator}"
    return box
