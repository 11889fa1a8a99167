"""The wire and the page while a chain runs."""

from __future__ import annotations

import base64
import re
import statistics
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect

import chainviz

from .page import LONG, Metered, p95
from .row import Row

STATIC = Path(chainviz.__file__).parent / "static"
NOTE = """(text) => {
    if (text.includes('"comm_msg"')) meter.messages.push([performance.now(), text.length]);
    return false;
}"""
LENGTH = len(" token")
TEXT = "[role=log] [role=group][aria-label=Output] > :first-child"


def bundle(lab: Metered) -> Iterator[Row]:
    sent = (STATIC / "assets.js").read_text()
    packed = max(re.findall(r"[A-Za-z0-9+/=]{1000,}", sent), key=len)
    code = zlib.decompress(base64.b64decode(packed), -15)
    stub = (STATIC / "stub.js").stat().st_size
    layout, builder = (len(zlib.compress((STATIC / name).read_bytes(), 9)) for name in ("layout.js", "builder.js"))
    yield Row("all of the front end's code as it is sent, once a page", len(sent) + stub + layout + builder, "B")
    yield Row("of that, what only a page with a graph of states asks for", layout, "B")
    yield Row("of that, what only a page with a builder asks for", builder, "B")
    yield Row("the bundle, unpacked", len(code), "B", 120_000)
    whole = len(code) + (STATIC / "builder.js").stat().st_size
    yield Row("the bundle and the builder's script, unpacked", whole, "B", 150_000)

    lab.cells("t = long(200)", *["chainviz.TracePanel(t)"] * 5)
    lab.run(1)
    lab.mark(f"(text) => text.includes({packed[len(packed) // 2 :][:100]!r})")
    received = [lab.probe("received")["bytes"]]
    for cell in range(2, 7):
        lab.run(cell)
        lab.panel(cell).status.wait_for()
        lab.page.wait_for_timeout(500)
        received.append(lab.probe("received")["bytes"])
    lab.lose_nothing()
    yield Row("how often it comes with 5 panels", len(lab.probe("marked")), "", 1)
    yield Row("received by the page with 1 panel of a small trace", received[1] - received[0], "B")
    yield Row("received with 5 of them", received[5] - received[0], "B")


def streams(lab: Metered) -> Iterator[Row]:
    yield from stream(lab, 1_000, 5)
    yield from stream(lab, 10_000, 3)


def stream(lab: Metered, per_second: int, seconds: int) -> Iterator[Row]:
    at = f" at {per_second:,} tokens/s"
    tokens = per_second * seconds
    lab.cells("t = chainviz.Trace()\nt", f"run(t, {tokens}, {per_second})")
    lab.run(1)
    lab.panel(1).status.wait_for()
    lab.page.evaluate("meter.messages = []")
    lab.mark(NOTE)
    lab.panel(1).root.evaluate(f"(root) => meter.readText(root, {TEXT!r})")
    lab.run_long(2)
    expect(lab.panel(1).status).to_have_text("done", timeout=LONG)
    lab.page.wait_for_timeout(500)
    lab.page.evaluate("meter.stop()")
    lab.lose_nothing()

    made = lab.kernel_eval("made(t)")
    rate = (len(made) - 1) / (made[-1] - made[0]) * 1_000
    messages = lab.page.evaluate("meter.messages")
    duration = (messages[-1][0] - messages[0][0]) / 1_000
    yield Row("tokens a second that were made" + at, rate)
    yield Row("messages a second" + at, (len(messages) - 1) / duration, "", 60)
    yield Row(
        "on the wire a token" + at,
        sum(size for _, size in messages) / tokens,
        "B",
        150 if per_second == 1_000 else None,
    )

    delays: list[float] = []
    done = 0
    for moment, length in lab.page.evaluate("meter.painted"):
        delays += [moment - time for time in made[done : length // LENGTH]]
        done = max(done, length // LENGTH)
    yield Row("tokens that were painted" + at, done / tokens * 100, "%")
    yield Row("token made to painted, median" + at, statistics.median(delays), "ms")
    yield Row("token made to painted, p95" + at, p95(delays), "ms", 100 if per_second == 1_000 else None)


def watching(lab: Metered) -> Iterator[Row]:
    lab.cells("cost = cost_of_watching(15, 1_000)")
    lab.run_long(1)
    processor, duration = lab.kernel_eval("cost")
    what = "what a view adds to a chain that makes a token in 0.9 ms, of its "
    yield Row(what + "processor time", 100 * (processor - 1), "%", 10)
    yield Row(what + "duration", 100 * (duration - 1), "%")


def lane(lab: Metered) -> Iterator[Row]:
    tokens = 10_000
    lab.cells("t = chainviz.Trace()\nchainviz.TokenStreams(t)", f"run(t, {tokens}, 1_000)")
    lab.run(1)
    lab.panel(1).tokens.wait_for()
    with lab.spending("LayoutDuration", "RecalcStyleDuration") as drawing, lab.spending() as everything:
        lab.run_long(2)
        lab.page.wait_for_timeout(500)
    yield Row("layout and style of a lane that gets 10,000 tokens in 10 s", drawing[0], "s", 1)
    yield Row("all that the page's thread does meanwhile", everything[0], "s")
