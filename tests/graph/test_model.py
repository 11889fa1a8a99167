"""The graph as a tree with path ids, and its flat view."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz import RunnableBranch, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.graph import Edge, Graph
from chainviz.tracing.trace import trace


def double(x: int) -> int:
    """Twice as much."""
    return 2 * x


def is_big(x: int) -> bool:
    return x > 10


def walk(step: Any) -> list[tuple[str, str, str]]:
    return [(node.id, node.kind, node.name) for node in step.get_graph().root.walk()]


def test_a_single_step_is_a_graph_of_one_node() -> None:
    assert walk(RunnableLambda(double)) == [("", "lambda", "double")]


def test_paths_follow_the_structure() -> None:
    chain = RunnableLambda(double) | {"a": double, "b/c~d": double}
    assert [id for id, _, _ in walk(chain)] == ["", "seq:1", "seq:2", "seq:2/map:a", "seq:2/map:b~1c~0d"]


def test_a_wrapper_lends_its_name_to_the_node_of_what_it_wraps() -> None:
    step = RunnableLambda(double).with_config(run_name="Docs").bind(x=1)
    graph = step.get_graph()
    assert [(node.id, node.name, node.class_name) for node in graph.root.walk()] == [("", "Docs", "RunnableLambda")]
    assert graph.root.run_name == "Docs"


def test_every_combinator_is_drawn() -> None:
    chain = (
        RunnableBranch((is_big, double), double)
        | RunnableLambda(double).with_fallbacks([RunnableLambda(double)])
        | RunnableLambda(double).with_retry()
        | (lambda x: [x])
        | RunnableLambda(double).map()
    )
    kinds = [kind for _, kind, _ in walk(chain)]
    assert [kind for kind in kinds if kind != "lambda"] == ["sequence", "branch", "fallbacks", "retry", "each"]


@pytest.mark.parametrize(
    "chain",
    [
        RunnableLambda(double) | double,
        RunnableLambda(double) | {"a": double, "b": RunnablePassthrough()},
        RunnableBranch((is_big, double), double) | double,
        RunnableLambda(double).with_retry() | RunnableLambda(double).with_fallbacks([RunnableLambda(double)]),
        RunnableLambda(lambda x: [x, x]) | RunnableLambda(double).map(),
        RunnableLambda(lambda x: {"n": x}) | RunnablePassthrough.assign(m=lambda d: d["n"]),
    ],
)
def test_run_events_carry_the_ids_of_the_nodes(chain: Any) -> None:
    with trace() as t:
        chain.invoke(20)
    paths = {event.run.path for event in t.recorder.events}
    graph: Graph = chain.get_graph()
    assert paths <= {node.id for node in graph.root.walk()}
    assert all(graph.find(path) is not None for path in paths)


def test_the_flat_view_of_a_sequence() -> None:
    graph = (RunnableLambda(double) | double).get_graph()
    assert list(graph.nodes) == ["input", "seq:1", "seq:2", "output"]
    assert graph.edges == [Edge("input", "seq:1"), Edge("seq:1", "seq:2"), Edge("seq:2", "output")]
    first, last = graph.first_node(), graph.last_node()
    assert first is not None and first.name == "double_input"
    assert last is not None and last.name == "double_output"


def test_a_parallel_forks_and_joins_in_the_order_of_its_keys() -> None:
    graph = RunnableParallel(b=double, a=double).get_graph()
    assert [edge[:2] for edge in graph.edges] == [
        ("input", "map:b"),
        ("input", "map:a"),
        ("map:b", "output"),
        ("map:a", "output"),
    ]
    assert graph.nodes["input"].name == "Parallel<b,a>Input"


def test_a_branch_has_conditional_edges_and_several_ends() -> None:
    graph = (RunnableBranch((is_big, double), double) | double).get_graph()
    assert Edge("seq:1", "seq:1/branch:1", "is_big", True) in graph.edges
    assert Edge("seq:1", "seq:1/branch:default", "default", True) in graph.edges
    assert [edge.source for edge in graph.edges if edge.target == "seq:2"] == ["seq:1/branch:1", "seq:1/branch:default"]
    assert "seq:1/branch:1/condition" not in graph.nodes


def test_to_json_names_or_shows_the_schemas() -> None:
    graph = (RunnableLambda(double) | double).get_graph()
    nodes = graph.to_json()["nodes"]
    assert nodes[0] == {"id": "input", "type": "schema", "data": "double_input"}
    assert nodes[1]["data"]["name"] == "double"
    assert graph.to_json(with_schemas=True)["nodes"][0]["data"]["type"] == "integer"


def test_making_and_drawing_a_graph_builds_no_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("a schema was built")

    chain = RunnableLambda(double) | {"a": double}
    monkeypatch.setattr(RunnableLambda, "get_input_schema", fail)
    graph = chain.get_graph()
    for draw in (graph.draw_mermaid, graph.draw_dot, graph.draw_text, graph.draw_html, graph.draw_python):
        draw()
