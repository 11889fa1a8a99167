"""The graph of a loaded trace: that of the chain, as far as it ran."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import chainviz
from chainviz import RunnableBranch, RunnableLambda, RunnableParallel, RunnablePassthrough, trace
from chainviz.wire.frames import snapshot
from chainviz.wire.messages import Snapshot


def f(x: Any) -> Any:
    return x


def broken(x: Any) -> Any:
    raise ValueError(x)


step = RunnableLambda(f)


def shape(node: Any, ran: set[str]) -> Any:
    """A wire node's id, kind, slot and children, of those that ran."""
    kind = "lambda" if not node["children"] and node["kind"] == "passthrough" else node["kind"]
    return node["id"], kind, node["name"], [shape(child, ran) for child in node["children"] if child["id"] in ran]


@pytest.mark.parametrize(
    "chain",
    [
        step,
        step | f | f,
        step | RunnableParallel(b=f, a=step | f) | str,
        RunnableBranch((lambda x: False, step), (lambda x: True, step | f), f) | f,
        step | RunnableLambda(lambda x: [x, x]) | step.map(),
        step.with_retry(),
        RunnableLambda(broken).with_fallbacks([step]),
        RunnableLambda(lambda x: {"x": x}) | RunnablePassthrough.assign(y=step, z=lambda d: 1),
        step | RunnableParallel({"a/b": step, "": step, "branch:1/condition": f}),
    ],
)
def test_what_ran_stands_where_it_stood(tmp_path: Path, chain: Any) -> None:
    with trace() as t:
        chain.invoke(1)
    live, loaded = snapshot(t), snapshot(chainviz.load(t.save(tmp_path / "t.jsonl")))
    Snapshot.model_validate(loaded)
    ran = {event["path"] for event in live["batch"]["events"] if event["kind"] == "start"}
    (before,), (after,) = live["batch"]["graphs"], loaded["batch"]["graphs"]
    assert shape(after["graph"]["root"], ran) == shape(before["graph"]["root"], ran)
    assert "python" not in after["graph"]["exports"]


def test_between_the_steps_stand_the_recorded_types(tmp_path: Path) -> None:
    with trace() as t:
        (step | (lambda x: {"n": x}) | str).invoke(1)
    (entry,) = snapshot(chainviz.load(t.save(tmp_path / "t.jsonl")))["batch"]["graphs"]
    children = entry["graph"]["root"]["children"]
    assert [(child["input_type"], child["output_type"]) for child in children] == [
        ("int", "int"),
        ("int", "dict"),
        ("dict", "str"),
    ]


def test_many_runs_of_one_chain_share_its_graph(tmp_path: Path) -> None:
    with trace() as t:
        for _ in range(200):
            (step | f).invoke(1)
    graphs = snapshot(chainviz.load(t.save(tmp_path / "t.jsonl")))["batch"]["graphs"]
    assert len(graphs) == 200 and sum("graph" in entry for entry in graphs) == 1


def test_the_states_of_a_graph_are_known_but_not_its_links(tmp_path: Path) -> None:
    with trace() as t:
        RunnableParallel(agent=step, tools=step | f).invoke(1)
    path = Path(t.save(tmp_path / "t.jsonl"))
    path.write_text(path.read_text().replace('"map:', '"node:'))
    (entry,) = snapshot(chainviz.load(path))["batch"]["graphs"]
    root = entry["graph"]["root"]
    assert root["kind"] == "graph" and "links" not in root
    assert [(child["id"], child["kind"], child["slot"]) for child in root["children"]] == [
        ("node:agent", "lambda", None),
        ("node:tools", "sequence", None),
    ]
    assert "doc" not in root
