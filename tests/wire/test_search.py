"""A search finds what a walk through all values finds, whatever of it was kept before."""

from __future__ import annotations

import json
from time import perf_counter_ns
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainviz import AIMessage, Document, Trace
from chainviz.tracing.events import CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.wire.lookups import value_of
from chainviz.wire.search import Texts

TEXT = st.text("aAbé \0{", max_size=4)
VALUES: Any = st.recursive(
    TEXT | st.integers(0, 20) | st.booleans() | st.none() | st.builds(AIMessage, TEXT) | st.builds(Document, TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RUN = Run("chain", "chain")
KINDS: list[Any] = [
    lambda value: RunStart(perf_counter_ns(), RUN, value),
    lambda value: RunChunk(perf_counter_ns(), RUN, value),
    lambda value: RunEnd(perf_counter_ns(), RUN, value),
    lambda value: CustomEvent(perf_counter_ns(), RUN, "event", value),
    lambda value: RunError(perf_counter_ns(), RUN, ValueError(value)),
    lambda value: RunCancel(perf_counter_ns(), RUN, str(value)),
]
EVENTS = st.lists(st.builds(lambda make, value: make(value), st.sampled_from(KINDS), VALUES), max_size=8)


def holds(value: Any, needle: str) -> bool:
    if isinstance(value, dict):
        items: Any = value.items()
        return any(key != "$type" and (needle in key.lower() or holds(item, needle)) for key, item in items)
    if isinstance(value, list):
        several: Any = value
        return any(holds(item, needle) for item in several)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return needle in text.lower()


def found(texts: Texts, needle: str, from_seq: int = 0) -> list[int]:
    seqs, end = list[int](), from_seq + 1
    while from_seq < end:
        part, bits = texts.search(needle, from_seq)
        assert part["to_seq"] > from_seq or part["to_seq"] == part["end_seq"]
        hits = [from_seq + at for at in range(8 * len(bits)) if bits[at // 8] >> at % 8 & 1]
        assert len(hits) == part["count"]
        seqs += hits
        from_seq, end = part["to_seq"], part["end_seq"]
    return seqs


@pytest.mark.parametrize("patience", [0.0, 10.0])
@pytest.mark.parametrize("most", [0, 5, 10**9])
@given(first=EVENTS, then=EVENTS, needle=TEXT.filter(bool), start=st.integers(0, 8))
def test_a_search_finds_what_a_walk_finds(
    patience: float, most: int, first: list[Any], then: list[Any], needle: str, start: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chainviz.wire.search.PATIENCE", patience)
        patch.setattr("chainviz.wire.search.MOST", most)
        patch.setattr("chainviz.wire.search.STEP", 2)
        t = Trace()
        texts = Texts(t)
        events = list[Any]()
        for more in (first, then):  # the trace goes on after it was searched
            events += more
            for event in more:
                t.recorder(event)
            values = [None if isinstance(event, RunError | RunCancel) else value_of(event) for event in events]
            expected = [seq for seq, value in enumerate(values) if holds(value, needle.lower())]
            assert found(texts, needle) == expected
            assert found(texts, needle, start) == [seq for seq in expected if seq >= start]


def test_what_was_searched_once_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    t = Trace()
    for number in range(2_000):
        t.recorder(RunChunk(perf_counter_ns(), RUN, f"token {number}"))
    texts = Texts(t)
    assert found(texts, "") == []
    monkeypatch.setattr("chainviz.wire.search.value_of", lambda event: pytest.fail("read again"))
    assert found(texts, "TOKEN 1999") == [1_999]
    assert found(texts, "token 77") == [77, *range(770, 780)]
