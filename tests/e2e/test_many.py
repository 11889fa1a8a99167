"""A long trace, which comes in columns, and what its views share with the user's code."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .lab import Lab
from .panel import Panel

MANY = """%load_ext chainviz
import chainviz
from chainviz import FakeListChatModel, RunnableLambda

words = FakeListChatModel(responses=["one two three four five six seven eight nine ten"])
with chainviz.trace() as t:
    for number in range(600):
        (RunnableLambda(lambda x: f"question {x}") | words).invoke(number)
"""


def test_a_long_trace_opens_and_its_values_come_when_they_are_shown(lab: Lab) -> None:
    lab.notebook([MANY, "t", "t.filter = 'type:chat_model event:end'\nt.cursor = 30\nt.selected = t.roots[0]"])
    lab.run(0, 1)
    count = lab.kernel_eval("t.recorder.count")
    assert count > 5_000
    panel = Panel(lab.view(1))
    expect(panel.root).to_contain_text(f"{count} of {count} events")
    expect(panel.status).to_have_text("done")
    expect(panel.rows().last).to_contain_text("on_chain_end")
    expect(panel.rows().last).to_contain_text(re.compile("nine|ten"))
    expect(panel.state).to_contain_text("final_output")

    lab.run(2)
    expect(panel.filter).to_have_value("type:chat_model event:end")
    expect(panel.status).to_have_text("running")
    expect(panel.details).to_contain_text("No output yet")

    panel.filter_by("type:parser")
    expect(panel.root).to_contain_text("0 of")
    lab.expect_in_kernel("t.filter", "type:parser")
