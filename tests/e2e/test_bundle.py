"""The wire: the JavaScript goes over it once, frames at a pace, and the end is the same whatever is lost on the way."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

import chainviz

from .builder import Builder
from .cells import RETRIEVAL
from .lab import Lab
from .panel import Panel

STATIC = Path(chainviz.__file__).parent / "static"
ASSETS = STATIC / "assets.js"
IS_FRAME = '(text) => text.includes("comm_msg") && /"type": ?"frame"/.test(text)'
TRACE = "%%trace t\nanswer = ''.join(retrieval_chain({pace}).stream(question))"


def test_ten_panels_cost_one_bundle(lab: Lab) -> None:
    bundle = ASSETS.read_text()
    lab.notebook([RETRIEVAL, *["retrieval_chain()"] * 10])
    lab.run(0)
    lab.mark(f"(text) => text.includes({bundle[len(bundle) // 2 :][:100]!r})")
    before = lab.probe("received")["bytes"]
    lab.run(*range(1, 11))
    for cell in range(1, 11):
        expect(Panel(lab.view(cell)).graph).to_be_visible()
    assert len(lab.probe("marked")) == 1
    assert lab.probe("received")["bytes"] - before < 10 * len(bundle)


def test_the_builder_comes_once_and_only_where_one_is_shown(lab: Lab) -> None:
    watch = "import chainviz\nchainviz.watch(retrieval_chain(), question)"
    lab.notebook([RETRIEVAL, watch, *["chainviz.build(retrieval_chain())"] * 2])
    lab.mark(f'(text) => /"size": ?{(STATIC / "builder.js").stat().st_size}/.test(text)')
    lab.run(0, 1)
    expect(Panel(lab.view(1)).status).to_have_text("done")
    assert lab.probe("marked") == []
    lab.run(2, 3)
    for cell in (2, 3):
        expect(Builder(lab.view(cell).first).step("my_llm")).to_be_visible()
    assert len(lab.probe("marked")) == 1


def test_a_page_that_finds_no_bundle_asks_for_it(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\nview = chainviz.GraphView(retrieval_chain())\nview.bundle = ''\nview"])
    lab.run(0, 1)
    expect(Panel(lab.view(1)).step("my_llm")).to_be_visible()


def test_frames_come_at_most_one_in_16_ms(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, TRACE.replace("{pace}", "200")])
    lab.run(0)
    lab.mark(IS_FRAME)
    lab.run(1)
    expect(Panel(lab.view(1)).status).to_have_text("done")
    times = lab.probe("marked")
    assert len(times) >= 2
    assert len(times) <= (times[-1] - times[0]) / 16 + 2


def test_a_second_view_a_reload_and_lost_frames_end_in_the_same_state(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, TRACE.replace("{pace}", "4"), "import chainviz\nchainviz.TracePanel(t)"])
    lab.run(0)
    lab.page.evaluate("window.frameCount = 0")
    lab.lose(f"(text) => ({IS_FRAME})(text) && window.frameCount++ % 3 === 1")
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("done")
    lab.wait_idle()
    assert lab.probe("lost") > 0
    lab.lose_nothing()
    lab.run(2)
    second = Panel(lab.view(2))
    expect(second.status).to_have_text("done")
    content = panel.content()
    assert content["tokens"] == [lab.kernel_eval("answer")]
    second.expect_content(content)

    lab.reload()
    expect(panel.status).to_have_text("done")
    expect(second.status).to_have_text("done")
    panel.expect_content(content)
    second.expect_content(content)


def test_a_reload_in_the_middle_of_a_run_catches_up(lab: Lab) -> None:
    lab.notebook([RETRIEVAL, "import chainviz\nt = chainviz.watch(retrieval_chain(1), question)\nt", "1"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    lab.reload()
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    expect(panel.status).to_have_text("done")
    assert panel.content()["tokens"] == [lab.kernel_eval("t.result()")]


def test_views_of_one_trace_share_the_selection(lab: Lab) -> None:
    views = "import chainviz\ndisplay(chainviz.GraphView(t), chainviz.EventTimeline(t))"
    lab.notebook([RETRIEVAL, TRACE.replace("{pace}", "1000"), views])
    lab.run(0, 1, 2)
    panel, graph, timeline = Panel(lab.view(1)), Panel(lab.view(2).nth(0)), Panel(lab.view(2).nth(1))
    timeline.run("Docs").click()
    for other in (panel, graph):
        expect(other.step("Docs")).to_have_attribute("aria-selected", "true")


def test_the_page_answers_while_tokens_come_as_fast_as_they_can(lab: Lab) -> None:
    enough = lab.server.notebooks / "enough"
    enough.unlink(missing_ok=True)
    cell = f"""%%trace t
from pathlib import Path
from chainviz import AIMessage, AIMessageChunk, BaseChatModel
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
class Talker(BaseChatModel):
    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        return ChatResult([ChatGeneration(AIMessage("word"))])
    def _stream(self, messages, stop=None, run_manager=None, **kwargs):
        while not Path({str(enough)!r}).exists():
            yield ChatGenerationChunk(AIMessageChunk("word "))
answer = ''.join(chunk.content for chunk in Talker().stream("go"))
"""
    lab.notebook([RETRIEVAL, cell])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    panel.run("Talker").click()
    expect(panel.details).to_contain_text("go")
    panel.filter_by("event:on_chat_model_start")
    expect(panel.rows()).to_have_count(1)
    expect(panel.status).to_have_text(re.compile("running|streaming"))
    enough.touch()
    expect(panel.status).to_have_text("done")
    panel.filter_by("")
    # A line of many thousand characters is drawn as several blocks.
    assert (panel.tokens.locator(".cv-text").text_content() or "").endswith(lab.kernel_eval("answer[-500:]"))
