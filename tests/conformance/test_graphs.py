"""Graphs of chains without choices: the same nodes, edges and ends as the reference's. Ids and names are our own (they
are those of the runs), the order of nodes is that of the chain."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from .cores import OURS, REFERENCE, Core
from .steps import model, retriever, search, text_model, twice, upper

CHAINS: dict[str, Callable[[Core], Any]] = {
    "function": lambda c: c.RunnableLambda(upper),
    "sequence": lambda c: c.RunnableLambda(upper) | twice | upper,
    "prompted": lambda c: c.PromptTemplate.from_template("{x}") | text_model(c) | c.CommaSeparatedListOutputParser(),
    "chat": lambda c: c.ChatPromptTemplate.from_template("{x}") | model(c) | c.StrOutputParser(),
    "parallel": lambda c: c.RunnableParallel(a=upper, b=c.RunnableLambda(twice) | upper),
    "parallel_inside": lambda c: c.RunnableLambda(upper) | {"a": upper, "b": c.RunnablePassthrough()} | (lambda x: x),
    "parallels": lambda c: c.RunnableParallel(a=c.RunnableParallel(b=upper, c=twice), d=twice) | c.RunnableLambda(str),
    "bound": lambda c: (
        c.RunnableLambda(upper).with_config(tags=["t"]) | c.RunnableLambda(twice).with_types(input_type=str)
    ),
    "retriever": lambda c: {"docs": retriever(c), "asked": c.RunnablePassthrough()} | c.RunnableLambda(str),
    "tool": lambda c: c.RunnableLambda(lambda x: {"x": x}) | search(c),
}


def shape(core: Core, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = CHAINS[name](core).get_graph()

    def of(node: Any) -> str:
        return node.name.removeprefix("Runnable")

    said = graph.to_json()
    places = {node["id"]: of(inner) for node, inner in zip(said["nodes"], graph.nodes.values(), strict=True)}
    return {
        "nodes": sorted(map(of, graph.nodes.values())),
        "edges": sorted(
            (of(graph.nodes[e.source]), of(graph.nodes[e.target]), e.data, e.conditional) for e in graph.edges
        ),
        "ends": (of(graph.first_node()), of(graph.last_node())),
        "types": sorted((node["type"], places[node["id"]]) for node in said["nodes"]),
        "links": sorted((places[edge["source"]], places[edge["target"]]) for edge in said["edges"]),
    }


@pytest.mark.parametrize("name", CHAINS)
def test_graphs_are_of_one_shape(name: str) -> None:
    assert shape(OURS, name) == shape(REFERENCE, name)
