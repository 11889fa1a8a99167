"""What came from a model, a tool or a file is text: nothing of it runs, is drawn as markup, or is fetched."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chainviz import Trace, load

from .lab import Lab
from .panel import Panel
from .payloads import DEEP, LARGE, PAYLOADS, STYLES, Payload, record
from .saved import WALK, SavedPage
from .tripwires import SCRIPT as TRIPWIRES

# Where a payload must have been on the screen, by the sink that it went through.
SINKS = {
    "token": "token",
    "message": "chat model: Input",
    "document": "retriever: Output",
    "document's metadata": "retriever: Output value",
    "tool output": "tool: Output",
    "tool description": "tool: Documentation",
    "error": "Error",
    "run name": "run name",
    "step name": "graph",
    "tag": "chat model: Tags",
    "metadata key": "chat model: Metadata key",
    "metadata value": "chat model: Metadata value",
    "parameter": "function: Parameters value",
    "parameter's name": "function: Parameters key",
    "schema text": "function: Input schema",
    "run state": "run state",
    "event": "event",
}
# What a chain says of itself: a loaded trace comes without it.
OF_THE_CHAIN = {"tool description", "parameter", "parameter's name", "schema text"}

PAGES = 4  # walked through at the same time
IN_LAB = PAYLOADS[::12]

CELLS = [
    f"%load_ext chainviz\nimport sys\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
    "from tests.e2e.payloads import PAYLOADS, run",
    "%%trace t\nrun(PAYLOADS[::12])",
]


def reloaded(t: Trace, path: Path) -> Trace:
    file = path.with_suffix(".jsonl")
    t.save(file)
    return load(file)


def missed(payloads: list[Payload], seen: list[set[str]], without: Collection[str] = ()) -> list[str]:
    return [
        f"{payload.text[:60]!r} as {sink}"
        for payload, places in zip(payloads, seen, strict=True)
        for sink, place in SINKS.items()
        if place not in places and sink not in without
    ]


def test_in_a_live_notebook_too(lab: Lab) -> None:
    lab.notebook(CELLS)
    lab.run(0)
    lab.page.evaluate(f"() => {{ {TRIPWIRES} }}")
    lab.page.add_script_tag(content=WALK)
    lab.run(1)
    panel = Panel(lab.view(1))
    expect(panel.status).to_have_text("failed")
    expect(panel.events).to_have_attribute("aria-rowcount", str(lab.kernel_eval("len(t.events())") + 1))
    found = lab.page.evaluate("(signs) => walk(signs)", [payload.sign for payload in IN_LAB])
    # Lab writes its own addresses into the history.
    tripped = [fault for fault in lab.page.evaluate("tripwires.check()") if "State " not in fault]
    assert tripped == []
    assert missed(IN_LAB, [set(places) for places in found["seen"]]) == []


# A loaded trace has the same page and other values in it: what was read again, and it says nothing of its chain.
@pytest.mark.parametrize(
    ("way", "all_payloads"),
    [(lambda t, _: t, PAYLOADS), (reloaded, [payload for number, payload in enumerate(PAYLOADS) if number % 4])],
    ids=["a trace", "a loaded trace"],
)
def test_every_payload_is_text_in_every_sink(
    browser: Browser, tmp_path: Path, way: Callable[[Trace, Path], Trace], all_payloads: list[Payload]
) -> None:
    assert len(all_payloads) >= 100
    pages: list[tuple[list[Payload], SavedPage]] = []
    for number in range(PAGES):
        payloads = all_payloads[number::PAGES]
        path = tmp_path / f"{number}.html"
        page = SavedPage(browser, way(record(payloads), path), path, payloads)
        page.start()  # while the next one is made
        pages.append((payloads, page))
    for payloads, page in pages:
        seen, overflow = page.walked()
        assert page.faults() == []
        assert missed(payloads, seen, OF_THE_CHAIN if way is reloaded else ()) == []
        assert overflow <= 0, "nothing scrolls the page sideways"
        page.close()


@pytest.mark.parametrize("payload", [*LARGE, *DEEP], ids=lambda payload: payload.text[:12])
def test_what_is_huge_or_deep_leaves_the_page_alive(browser: Browser, tmp_path: Path, payload: Payload) -> None:
    path = tmp_path / "large.html"
    page = SavedPage(browser, record([payload]), path, [payload])
    page.start()
    seen, overflow = page.walked()
    assert page.faults() == []
    # A document of a megabyte is all that its run's output has room for.
    assert missed([payload], seen, ["document's metadata"] if payload in LARGE else []) == []
    assert overflow <= 0
    page.close()


# A viewer that draws text as markup: each text node that it makes is parsed.
AS_MARKUP = """
    const { createTextNode } = document;
    document.createTextNode = (text) => {
        const parsed = createTextNode.call(document, "").ownerDocument.createElement("span");
        parsed.innerHTML = text;
        return parsed;
    };
"""
# One that merges what it reads into an object, key by key.
BY_KEYS = """
    const merge = (to, from) => {
        for (const key in from) {
            if (typeof from[key] === "object" && from[key]) merge((to[key] ??= {}), from[key]);
            else to[key] = from[key];
        }
    };
    const { parse } = JSON;
    JSON.parse = (text) => { const read = parse(text); merge({}, read); return read; };
"""
# One that shows characters as they are.
AS_IS = """
    const { createTextNode } = document;
    document.createTextNode = (text) => createTextNode.call(
        document,
        String(text).replace(/\u27e8U\\+([0-9A-F]+)\u27e9/g, (_, code) => String.fromCodePoint(parseInt(code, 16))),
    );
"""

PLANTED = {
    "script": ("<img src=x onerror=trip()>", AS_MARKUP),
    "network": ("<img src=http://evil.invalid/pixel.png>", AS_MARKUP),
    "navigation": ("<iframe src=http://evil.invalid/frame></iframe>", AS_MARKUP),
    "style": (STYLES[0], AS_MARKUP),
    "markup": ("<a href=javascript:trip()>click</a>", AS_MARKUP),
    "prototype": ("__proto__", BY_KEYS),
    "hidden": ("invoice\u202etxt.exe\u202c", AS_IS),
}


@pytest.mark.parametrize("bug", dict.fromkeys(bug for _, bug in PLANTED.values()), ids=["markup", "keys", "as is"])
def test_a_planted_bug_trips_its_wires(browser: Browser, tmp_path: Path, bug: str) -> None:
    texts = {wire: text for wire, (text, planted) in PLANTED.items() if planted == bug}
    payloads = [payload for payload in PAYLOADS if payload.text in texts.values()]
    page = SavedPage(browser, record(payloads), tmp_path / "planted.html", payloads, bug)
    tripped: set[str] = set()
    for _ in range(50):
        tripped |= {fault.split(":")[0] for fault in page.faults()}
        if texts.keys() <= tripped:
            break
        page.page.wait_for_timeout(100)
    assert texts.keys() <= tripped
    page.close()
