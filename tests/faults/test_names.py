"""Hostile names: runs are known by their ids, so that a name is only ever something to be shown, escaped."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import jsonpatch
import pytest

from chainviz import RunnableBranch, RunnableLambda, RunnableParallel, trace
from chainviz.tracing.events import RunStart
from chainviz.wire.frames import snapshot
from chainviz.wire.page import render_html

from .modes import EVERY_MODE, Watch
from .places import SAME

NAMES = {
    "slash": "a/b",
    "tilde": "~0~1~",
    "only slashes": "///",
    "pointer": "/logs/x/final_output",
    "proto": "__proto__",
    "constructor": "constructor",
    "dash": "-",
    "number": "0",
    "numbered": "same:2",
    "blank": " ",
    "long": "n" * 10_000,
    "emoji": "👩‍👩‍👧 \U0001f600",
    "right to left": "שלום \u202eabc\u202c مرحبا",
    "zero width": "a\u200bb\ufeff",
    "control": "a\x00\x07\x1b[31m\r\n\tb",
    "surrogate": "\ud800",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "end of script": "</script><!--",
    "quotes": '"\'`\\"',
    "mermaid": 'end]; click a "javascript:alert(1)"; --> %%{init}%%',
    "dot": 'a"];b->c[label="x',
    "template": "{x} ${y} {{z}} %s",
}


def chain_of(name: str) -> Any:
    """The name wherever a name may stand: of a run, twice, as keys, tags and metadata, and of a function."""
    named = RunnableLambda(lambda x: x, name=name)
    return (
        named
        | SAME.with_config(run_name=name, tags=[name, name], metadata={name: name})
        | RunnableParallel({name: SAME, f"{name}/": named, "plain": SAME})
        | RunnableBranch((named, SAME), named).with_config(run_name=name)
    )


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("name", NAMES)
def test_a_run(name: str, mode: str) -> None:
    hostile = NAMES[name]
    watch = Watch()
    given = watch.run(mode, chain_of(hostile))
    expected = {hostile: "x", f"{hostile}/": "x", "plain": "x"}
    if mode in ("invoke", "ainvoke"):
        assert given == expected
    elif mode == "log states":
        assert given[-1].state["final_output"] == expected
    started = [event.run for event in watch.watcher.events if isinstance(event, RunStart)]
    assert len({run.id for run in started}) == len(started)
    assert sum(run.name == hostile for run in started) == (10 if "batch" in mode else 5)


@pytest.mark.parametrize("name", NAMES)
async def test_the_log(name: str) -> None:
    """Every run has an entry of its own, under a key that tells its name, and a referee folds the log to the same."""
    patches = [patch async for patch in chain_of(NAMES[name]).astream_log("x")]
    log = patches[0]
    document: Any = None
    for patch in patches:
        document = jsonpatch.apply_patch(document, patch.to_jsonpatch())
    for patch in patches[1:]:
        log = log + patch
    assert log.state == document
    entries = log.state["logs"]
    assert len({entry["id"] for entry in entries.values()}) == len(entries) == 9
    assert all(key == entry["name"] or key.startswith(f"{entry['name']}:") for key, entry in entries.items())
    assert all(entry["end_time"] for entry in entries.values())


@pytest.mark.parametrize("name", NAMES)
def test_paths_stand_in_the_graph(name: str) -> None:
    """The path of a run that a chain's structure starts is the path of a node of its graph."""
    chain = chain_of(NAMES[name])
    with trace() as t:
        chain.invoke("x")
    paths = [event.run.path for event in t.recorder.events if isinstance(event, RunStart)]
    assert set(paths) <= {node.id for node in chain.get_graph().root.walk()}
    assert len(set(paths)) == len(paths) == 10


@pytest.mark.parametrize("name", NAMES)
def test_drawings(name: str) -> None:
    graph = chain_of(NAMES[name]).get_graph()
    for draw in (graph.draw_mermaid, graph.draw_ascii, graph.draw_dot):
        text = draw()
        assert len(text) > 20
        text.encode()
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)
    assert "<script" not in graph.draw_mermaid()
    json.dumps(graph.to_json()).encode()


class Scripts(HTMLParser):
    """Counts the scripts of a page and what might run in it."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [key for key, _ in attrs if key.startswith("on")]


@pytest.mark.parametrize("name", NAMES)
def test_the_wire_and_the_page(name: str) -> None:
    hostile = NAMES[name]
    with trace(hostile) as t:
        chain_of(hostile).invoke("x", {"run_name": hostile, "tags": [hostile]})
    text = json.dumps(snapshot(t), allow_nan=False)
    text.encode()
    runs = {event["run"] for event in snapshot(t)["batch"]["events"]}
    assert len(runs) == len({event.run for event in t.recorder.events})
    page = render_html(t)
    page.encode()
    scripts = Scripts()
    scripts.feed(page)
    # The trace, the Spanish words, the viewer, and the line that shows the one in the other.
    assert (scripts.scripts, scripts.handlers) == (4, [])


@pytest.mark.parametrize("name", NAMES)
async def test_filters_find_it(name: str) -> None:
    hostile = NAMES[name]
    chain = chain_of(hostile)
    for chosen in ({"include_names": [hostile]}, {"include_tags": [hostile]}, {"include_metadata": {hostile: hostile}}):
        events = [event async for event in chain.astream_events("x", **chosen)]
        assert events
        assert all(
            event["name"] == hostile or hostile in event["tags"] or hostile in event["metadata"] for event in events
        )
