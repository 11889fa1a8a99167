"""Graphs of chains without choices: the same nodes, edges and ends as the reference's. Ids and names are our own (they
are those of the runs), the order of nodes is that of the chain."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import yaml

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


def graph_of(core: Core, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CHAINS[name](core).get_graph()


def shape(graph: Any) -> Any:
    def of(node: Any) -> str:
        return node.name.removeprefix("Runnable")

    said = graph.to_json()
    places = {node["id"]: of(inner) for node, inner in zip(said["nodes"], graph.nodes.values(), strict=True)}
    return {
        "nodes": sorted(map(of, graph.nodes.values())),
        "edges": sorted(
            (of(graph.nodes[e.source]), of(graph.nodes[e.target]), e.data, e.conditional) for e in graph.edges
        ),
        "ends": [node and of(node) for node in (graph.first_node(), graph.last_node())],
        "types": sorted((node["type"], places[node["id"]]) for node in said["nodes"]),
        "links": sorted((places[edge["source"]], places[edge["target"]]) for edge in said["edges"]),
    }


@pytest.mark.parametrize("name", CHAINS)
def test_graphs_are_of_one_shape(name: str) -> None:
    assert shape(graph_of(OURS, name)) == shape(graph_of(REFERENCE, name))


def trimmed(core: Core, graph: Any) -> Any:
    graph.trim_first_node()
    graph.trim_last_node()
    return graph


def without_a_step(core: Core, graph: Any) -> Any:
    graph.remove_node(next(node for node in graph.nodes.values() if node.name == "upper"))
    return graph


def with_a_step(core: Core, graph: Any) -> Any:
    last = graph.last_node()
    named = graph.add_node(core.RunnableLambda(twice), "added")
    graph.add_edge(last, named, "a case", conditional=True)
    graph.add_edge(named, graph.add_node(core.RunnableLambda(twice)))
    graph.add_edge(named, graph.add_node(core.AIMessage))
    return graph.reid()


def with_another(core: Core, graph: Any) -> Any:
    before = graph.last_node()
    first, last = graph.extend(graph_of(core, "parallel"))
    graph.add_edge(before, first)
    assert graph.last_node().id == last.id
    return graph


EDITS = (trimmed, without_a_step, with_a_step, with_another)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["function", "sequence", "parallel", "parallel_inside"])
def test_graphs_are_edited_the_same(name: str, edit: Callable[[Core, Any], Any]) -> None:
    ours, reference = (shape(edit(core, graph_of(core, name))) for core in (OURS, REFERENCE))
    assert ours == reference


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_graph_is_drawn(edit: Callable[[Core, Any], Any]) -> None:
    graph = edit(OURS, graph_of(OURS, "sequence"))
    assert len(graph.draw_mermaid(with_styles=False).splitlines()) == len(graph.edges) + 1
    boxes = [line for line in graph.draw_mermaid().splitlines() if BOX.fullmatch(line.strip())]
    assert len(boxes) == len(graph.nodes)
    assert graph.draw_dot().count(" -> ") == len(graph.edges)


@pytest.mark.parametrize("core", [OURS, REFERENCE])
def test_what_a_graph_refuses(core: Core) -> None:
    graph, other = graph_of(core, "function"), graph_of(core, "sequence")
    graph.add_node(None, "known")
    with pytest.raises(ValueError, match="id"):
        graph.add_node(None, "known")
    stranger = other.add_node(None)
    with pytest.raises(ValueError):
        graph.add_edge(stranger, graph.first_node() or graph.nodes["known"])
    with pytest.raises(ValueError):
        graph.add_edge(graph.nodes["known"], stranger)
    assert graph.next_id() != graph.next_id()
    assert bool(graph)


BOX = re.compile(r"(\S+?)(\(\[|\()(.*?)(?:\]\)|\))(?::::(\w+))?")


def mermaid(core: Core, name: str) -> Any:
    """A drawing without the ids that join its lines, which stand in an order of their own in each core."""
    graph = graph_of(core, name)
    _, settings, drawing = graph.draw_mermaid().split("---\n")
    labels: dict[str, str] = {}
    shapes: list[Any] = []
    arrows: list[Any] = []
    rest: list[str] = []
    for line in map(str.strip, drawing.splitlines()):
        if line.endswith(";") and " --> " in line:
            arrows.append(line.removesuffix(";").split(" --> "))
        elif box := BOX.fullmatch(line):
            text = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), box[3]).removeprefix("Runnable")
            labels[box[1]] = text
            shapes.append((text, box[2], box[4]))
        else:
            rest.append(line)
    edges_alone = graph.draw_mermaid(with_styles=False).splitlines()
    assert edges_alone[1:] == [line for line in drawing.splitlines() if " --> " in line]
    return {
        "settings": yaml.safe_load(settings),
        "shapes": sorted(shapes, key=repr),
        "arrows": sorted([labels[source], labels[target]] for source, target in arrows),
        "rest": rest,
    }


@pytest.mark.parametrize("name", CHAINS)
def test_mermaid_draws_the_same(name: str) -> None:
    assert mermaid(OURS, name) == mermaid(REFERENCE, name)


def schemas_at_the_ends(core: Core, name: str) -> list[Any]:
    nodes = graph_of(core, name).to_json(with_schemas=True)["nodes"]
    return sorted((node["data"] for node in nodes if node["type"] == "schema"), key=repr)


@pytest.mark.parametrize("name", ["function", "sequence", "prompted", "chat", "bound", "tool"])
def test_the_ends_have_the_same_schemas(name: str) -> None:
    assert schemas_at_the_ends(OURS, name) == schemas_at_the_ends(REFERENCE, name)
