"""The harness itself: it sees a widget live while its cell runs, and notices what a page must not do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .browser import Guard
from .lab import Lab

WIDGET = """
import anywidget, time

class Probe(anywidget.AnyWidget):
    _esm = '''
    export default {
      render({ model, el }) {
        el.textContent = "nothing yet";
        model.on("msg:custom", (message) => { el.textContent = message.text; });
      },
    };
    '''

probe = Probe()
probe
"""

BUSY = """
for number in range(60):
    probe.send({"text": f"number {number}"})
    time.sleep(0.05)
"""


def test_a_message_reaches_the_page_while_the_cell_is_busy(lab: Lab) -> None:
    lab.notebook([WIDGET, BUSY])
    lab.run(0)
    view = lab.view(0)
    expect(view).to_have_text("nothing yet")
    lab.run_cell(1)
    expect(view).to_contain_text("number")
    assert lab.text_while_running(1, view) != "number 59"
    lab.wait_idle()
    expect(view).to_have_text("number 59")
    assert lab.kernel_eval("[number, 'x']") == [59, "x"]
    assert lab.probe("received")["frames"] > 60


def test_a_cells_error_is_raised_here(lab: Lab) -> None:
    lab.notebook(["1 / 0"])
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run(0)


def test_the_guard_notices_requests_errors_and_the_console(session_page: tuple[Lab, Guard]) -> None:
    lab, guard = session_page
    guard.faults.clear()
    lab.page.evaluate(
        """() => {
            fetch("http://chainviz.invalid/").catch(() => {});
            setTimeout(() => { throw new Error("thrown on purpose"); });
            console.error("said on purpose");
        }"""
    )
    signs = ["chainviz.invalid", "thrown on purpose", "said on purpose"]
    for _ in range(100):
        missing = [sign for sign in signs if sign not in "\n".join(guard.faults)]
        if not missing:
            break
        lab.page.wait_for_timeout(50)
    guard.faults.clear()
    assert missing == []


def test_a_reload_theme_width_and_lost_messages(lab: Lab) -> None:
    lab.notebook([WIDGET, "probe.send({'text': 'lost'})", "probe.send({'text': 'arrived'})"])
    lab.run(0)
    lab.output_width(700)
    box = lab.view(0).bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(700, abs=2)
    lab.theme("dark")
    lab.theme("light")
    lab.lose("(text) => text.includes('\"lost\"')")
    lab.run(1)
    assert lab.probe("lost") == 1
    expect(lab.view(0)).to_have_text("nothing yet")
    lab.lose_nothing()
    lab.run(2)
    expect(lab.view(0)).to_have_text("arrived")
    lab.reload()
    expect(lab.view(0)).to_have_text("nothing yet")
    lab.run(2)
    expect(lab.view(0)).to_have_text("arrived")
    lab.screenshot("harness")
