"""The source page's retrieval chain: 47 events, and the order that they keep."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from .cores import OURS
from .observe import adrained
from .steps import page_chain

QUESTION = "where did harrison work?"


def page_events(version: str) -> list[Any]:
    chain = page_chain(OURS)
    steps = chain.steps
    # The page retrieves documents without picking one of them.
    chain = {"context": steps[0].steps["context"].steps[0], "question": OURS.RunnablePassthrough()} | steps[1]
    for step in steps[2:]:
        chain = chain | step
    return asyncio.run(adrained(chain.astream_events(QUESTION, version=version)))


def test_47_events() -> None:
    counts = Counter(event["event"].removeprefix("on_") for event in page_events("v2"))
    assert sum(counts.values()) == 47
    expected = {"chain": (3, 13, 3), "retriever": (1, 0, 1), "prompt": (1, 0, 1), "parser": (1, 10, 1)}
    for kind, numbers in {**expected, "chat_model": (1, 10, 1)}.items():
        assert tuple(counts[f"{kind}_{what}"] for what in ("start", "stream", "end")) == numbers


def test_order() -> None:
    for version in ("v1", "v2"):
        events = page_events(version)
        assert events[0]["name"] == events[-1]["name"] == "RunnableSequence"
        places: dict[str, dict[str, int]] = {}
        for place, event in enumerate(events):
            run = places.setdefault(event["name"], {})
            what = event["event"].rsplit("_", 1)[1]
            run.setdefault(what, place)
            assert "start" in run
            assert "end" not in run or what == "end"
        model, parser = places["my_llm"], places["StrOutputParser"]
        assert places["ChatPromptTemplate"]["end"] < model["start"] < model["stream"] < parser["start"]
        assert model["end"] < parser["end"] < places["RunnableSequence"]["end"]
        parallel = places["RunnableParallel<context,question>"]
        assert parallel["start"] < places["Docs"]["start"] < places["Docs"]["end"] < parallel["end"]


def test_parents_of_each_event() -> None:
    events = page_events("v2")
    ids = {event["name"]: event["run_id"] for event in events}
    root, parallel = ids["RunnableSequence"], ids["RunnableParallel<context,question>"]
    for event in events:
        above = {"RunnableSequence": [], "Docs": [root, parallel], "RunnablePassthrough": [root, parallel]}
        assert event["parent_ids"] == above.get(event["name"], [root])
    assert not any(event["parent_ids"] for event in page_events("v1"))


def test_tags() -> None:
    tags = {event["name"]: event["tags"] for event in page_events("v2")}
    assert tags == {
        "RunnableSequence": [],
        "RunnableParallel<context,question>": ["seq:step:1"],
        "Docs": ["map:key:context", "InMemoryVectorStore", "DeterministicFakeEmbedding"],
        "RunnablePassthrough": ["map:key:question"],
        "ChatPromptTemplate": ["seq:step:2"],
        "my_llm": ["seq:step:3"],
        "StrOutputParser": ["seq:step:4"],
    }
