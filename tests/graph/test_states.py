"""State graphs in each drawing: links forth and back, graphs inside of states, names that would break out."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from chainviz import ChatPromptTemplate, RunnableBranch, RunnableLambda, RunnableParallel
from chainviz.graph.flat import drawing_order
from chainviz.graph.model import Edge, Graph, Link, Node
from chainviz.graph.routing import route
from chainviz.graph.svg import draw_svg
from chainviz.graph.text import visible
from chainviz.widgets.picture import graph_html, graph_text
from chainviz.wire.graph import encode_brief, encode_graph, shape_of
from chainviz.wire.messages import Graph as GraphMessage

HOSTILE = 'a"]; b --> c\n<img src=x onerror=alert(1)> </script> `x` \\N {} | # %% "end\u202e\x00\ud800'
SVG = "{http://www.w3.org/2000/svg}"


def find(q: str) -> str:
    return q


def node(id: str, step: Any = None) -> Node:
    return Node(id, id.rpartition(":")[2], step or RunnableLambda(find), kind="lambda")


def moved(step: Any, id: str) -> Node:
    """The tree of a chain as it stands below `id`."""

    def move(tree: Node) -> Node:
        path = f"{id}/{tree.id}".rstrip("/")
        return Node(
            path, tree.name, tree.data, kind=tree.kind, slot=tree.slot, children=tuple(map(move, tree.children))
        )

    tree = move(step.get_graph().root)
    tree.name = id.rpartition(":")[2]
    return tree


def states(id: str, children: list[str | Node], links: list[Link], name: str = "Agent") -> Node:
    """A state graph of these children between its start, 0, and its end."""
    above = f"{id}/node:" if id else "node:"
    inside = [child if isinstance(child, Node) else node(above + child) for child in children]
    start = Node(f"{above}__start__", "__start__", kind="start")
    end = Node(f"{above}__end__", "__end__", kind="end")
    return Node(id, name, kind="graph", children=(start, *inside, end), links=tuple(links))


def loop(id: str = "") -> Node:
    links = [Link(0, 1), Link(1, 2, "continue", True), Link(2, 1), Link(1, 3, "end", True)]
    return states(id, ["agent", "tools"], links)


def fan_out() -> Node:
    there, back = [Link(1, place) for place in range(2, 6)], [Link(place, 6) for place in range(2, 6)]
    return states("", ["plan", "a", "b", "c", "d", "join"], [Link(0, 1), *there, *back, Link(6, 7)])


def nested() -> Node:
    """A state that is a sequence with another graph in it."""
    links = [Link(0, 1), Link(1, 1, "again", True), Link(1, 2, "done", True)]
    inner = states("node:research/seq:2", ["search"], links, "searcher")
    first, last = node("node:research/seq:1"), node("node:research/seq:3")
    research = Node("node:research", "research", kind="sequence", children=(first, inner, last))
    return states("", [research, "write"], [Link(0, 1), Link(1, 2), Link(2, 1, "more", True), Link(2, 3, None, True)])


def team() -> Node:
    """States that are chains of every shape."""
    route = moved(RunnableBranch((lambda q: len(q) > 9, find), find), "node:route")
    both = moved(RunnableParallel(a=find, b=find), "node:both")
    retried = moved(RunnableLambda(find).with_retry(), "node:retried")
    links = [Link(0, 1), Link(1, 2, "x", True), Link(1, 3, "y", True), Link(1, 3, "z", True), Link(2, 4), Link(3, 1)]
    return states("", [route, both, retried], links)


def self_loop_and_unreachable() -> Node:
    return states("", ["again", "lonely"], [Link(0, 1), Link(1, 1, "more", True), Link(1, 3, "done", True)])


def hostile() -> Node:
    links = [Link(0, 1), Link(1, 2, HOSTILE, True), Link(2, 1, HOSTILE), Link(1, 3, HOSTILE, True)]
    return states("", [HOSTILE, "__proto__"], links, HOSTILE)


def in_a_chain() -> Node:
    prompt = Node("seq:1", "prompt", ChatPromptTemplate.from_template("{a}"), kind="prompt")
    return Node("", "RunnableSequence", kind="sequence", children=(prompt, loop("seq:2"), node("seq:3")))


def endless() -> Node:
    return states("", ["agent"], [Link(0, 1), Link(1, 1)])


def without_links() -> Node:
    return Node("", "Agent", kind="graph", children=(node("node:agent"), node("node:tools")))


def empty() -> Node:
    return Node("", "Agent", kind="graph")


every = pytest.mark.parametrize(
    "make",
    [loop, fan_out, nested, team, self_loop_and_unreachable, hostile, in_a_chain, endless, without_links, empty],
)


def edges(root: Node) -> list[Edge]:
    """The flat edges, with what stands after the last colon of each id."""
    return [
        Edge(edge.source.rpartition(":")[2], edge.target.rpartition(":")[2], *edge[2:]) for edge in Graph(root).edges
    ]


def test_the_edges_are_the_links() -> None:
    graph = Graph(loop())
    assert list(graph.nodes) == ["node:__start__", "node:agent", "node:tools", "node:__end__"]
    assert edges(loop()) == [
        Edge("__start__", "agent"),
        Edge("agent", "tools", "continue", True),
        Edge("tools", "agent"),
        Edge("agent", "__end__", "end", True),
    ]
    first, last = graph.first_node(), graph.last_node()
    assert first is not None and first.kind == "start"
    assert last is not None and last.kind == "end"


def test_a_graph_in_a_chain_is_entered_by_its_start_and_left_by_its_end() -> None:
    found = edges(in_a_chain())
    assert found[:2] == [Edge("input", "1"), Edge("1", "__start__")]
    assert found[-2:] == [Edge("__end__", "3"), Edge("3", "output")]


def test_links_lead_from_the_exits_of_a_state_to_its_entry() -> None:
    assert edges(nested()) == [
        Edge("1", "__start__"),
        Edge("__start__", "search"),
        Edge("search", "search", "again", True),
        Edge("search", "__end__", "done", True),
        Edge("__end__", "3"),
        Edge("__start__", "1"),
        Edge("3", "write"),
        Edge("write", "1", "more", True),
        Edge("write", "__end__", None, True),
    ]
    ids = {(edge.source, edge.target, edge.data) for edge in Graph(team()).edges}
    for case in ("node:route/branch:1", "node:route/branch:default"):
        assert {(case, "node:both/input", "x"), (case, "node:retried/retry", "y")} <= {
            (source, "node:retried/retry" if "retried" in target else target, label) for source, target, label in ids
        }
    assert ("node:both/output", "node:__end__", None) in ids


def test_a_chain_that_begins_with_a_parallel_of_graphs_keeps_its_input() -> None:
    graph = Graph(Node("", "Both", kind="parallel", children=(loop("map:a"), loop("map:b"))))
    assert [edge.target for edge in graph.edges if edge.source == "input"] == [
        "map:a/node:__start__",
        "map:b/node:__start__",
    ]


def test_without_known_links_the_children_stand_in_a_row() -> None:
    assert edges(without_links()) == [Edge("input", "agent"), Edge("agent", "tools"), Edge("tools", "output")]


def test_a_graph_that_never_ends_leads_nowhere() -> None:
    assert edges(endless()) == [Edge("__start__", "agent"), Edge("agent", "agent")]


@every
def test_each_step_is_drawn_once_and_each_edge_leads_between_nodes(make: Callable[[], Node]) -> None:
    graph = Graph(make())
    drawn = [node.id for what, node in drawing_order(graph.root, graph.nodes) if what == "node"]
    assert sorted(drawn) == sorted(graph.nodes)
    assert {id for edge in graph.edges for id in edge[:2]} <= set(graph.nodes)
    json = graph.to_json()
    assert [entry["id"] for entry in json["nodes"]] == list(graph.nodes)


def test_what_has_no_step_is_named_in_json() -> None:
    nodes = {node["id"]: node for node in Graph(loop()).to_json(with_schemas=True)["nodes"]}
    assert nodes["node:__start__"] == {"id": "node:__start__", "type": "start", "data": "__start__"}
    assert nodes["node:agent"]["data"]["name"] == "agent"


def test_mermaid() -> None:
    text = Graph(loop()).draw_mermaid(with_styles=False)
    assert (
        text
        == """\
graph TD;
\tstart --> agent;
\tagent -. &nbsp;continue&nbsp; .-> tools;
\ttools --> agent;
\tagent -. &nbsp;end&nbsp; .-> end_;
"""
    )
    styled = Graph(self_loop_and_unreachable()).draw_mermaid()
    underscores = "#95;" * 2
    assert f"start([{underscores}start{underscores}]):::first" in styled
    assert f"end_([{underscores}end{underscores}]):::last" in styled
    assert "again -. &nbsp;more&nbsp; .-> again;" in styled and "\tlonely(lonely)\n" in styled


def test_mermaid_boxes_graphs_and_states_of_several_steps() -> None:
    lines = [line.strip() for line in Graph(nested()).draw_mermaid().splitlines()]
    outer, inner = lines.index('subgraph research ["research"]'), lines.index('subgraph searcher ["searcher"]')
    assert outer < inner and lines.count("end") == 2


@every
def test_mermaid_has_one_id_for_each_node_and_box(make: Callable[[], Node]) -> None:
    text = Graph(make()).draw_mermaid()
    ids = re.findall(r"^\t+(?:subgraph )?(\w+)(?=[ ({]).*[\])}](?:::\w+)?$", text, re.MULTILINE)
    assert len(ids) == len(set(ids)) and ids
    assert not re.search(r"script>|<img|\u202e|\x00", text)
    labels = re.findall(r"&nbsp;(.*)&nbsp;", text)
    assert not any(re.search(r"--|\.-", label) for label in labels)


@every
@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_dot_reads_what_we_write(make: Callable[[], Node]) -> None:
    graph = Graph(make())
    svg = graph.draw_svg()
    assert svg is not None and svg.count('class="edge"') == len(graph.edges)
    assert svg.count('class="node"') == len(graph.nodes)
    assert "<img" not in svg


def test_the_text_drawing() -> None:
    assert (
        Graph(nested()).draw_text()
        == """\
Agent
├─ __start__
│  → research
├─ research
│  │ str
│  ├─ 1 · RunnableLambda
│  │ str
│  ├─ searcher
│  │  ├─ __start__
│  │  │  → search
│  │  ├─ search · RunnableLambda
│  │  │  ↩ search if again
│  │  │  → __end__ if done
│  │  └─ __end__
│  └─ 3 · RunnableLambda
│    str
│  → write
├─ write · RunnableLambda
│  ↩ research if more
│  → __end__ if chosen
└─ __end__"""
    )


@every
def test_the_ascii_drawing_has_no_other_characters(make: Callable[[], Node]) -> None:
    drawing = Graph(make()).draw_ascii()
    assert drawing.isascii() and drawing.replace("\n", "").isprintable()


@every
def test_html_names_every_step_and_every_link(make: Callable[[], Node]) -> None:
    graph = Graph(make())
    html = graph_html(graph)
    assert not re.search(r"<(script|style|link|img|iframe)|url\(|\u202e", html)
    steps = [node for node in graph.root.walk() if node.kind not in ("start", "end") and not node.is_condition]
    assert html.count("<b>") == len(steps)
    forth, back = len(re.findall(r">→ ", html)), len(re.findall(r">↩ ", html))
    assert forth + back == sum(len(node.links) for node in graph.root.walk())
    assert graph_text(graph)


def test_html_says_what_a_link_is_for() -> None:
    html = Graph(loop()).draw_html()
    texts = [text for text in re.split(r"<[^>]*>", html) if text.strip()]
    assert [text for text in texts if text[0] in "→↩"] == [
        "→ agent",
        "→ tools if continue",
        "→ __end__ if end",
        "↩ agent",
    ]


@every
def test_the_svg_has_every_step_and_an_arrow_for_each_pair(make: Callable[[], Node]) -> None:
    graph = Graph(make())
    picture = ElementTree.fromstring(draw_svg(graph))
    texts = [str(text.text) for text in picture.iter(f"{SVG}text")]
    for found in graph.root.walk():
        assert any(text.startswith(visible(found.name)[:20]) for text in texts)
    heads = [path for path in picture.iter(f"{SVG}path") if path.get("d", "").endswith("z")]
    assert len(heads) == sum(len({link[:2] for link in node.links}) for node in graph.root.walk())


def test_the_arrows_of_one_track_do_not_meet() -> None:
    routing = route([*fan_out().links, Link(1, 1, "again"), Link(4, 2), Link(2, 2)])
    assert all(link.target == link.source + 1 for link in routing.straight)
    for links in routing.tracks:
        spans = sorted(sorted(link[:2]) for link in links)
        assert all(one[1] < other[0] for one, other in pairwise(spans))


def test_links_between_the_same_states_are_one_arrow() -> None:
    assert route([Link(1, 3, "a", True), Link(1, 3, "b", True), Link(3, 4), Link(3, 4, "c", True)]) == (
        [Link(3, 4, "c")],
        [[Link(1, 3, "a, b", True)]],
    )


@every
def test_the_source_says_that_a_graph_cannot_be_written(make: Callable[[], Node]) -> None:
    source = Graph(make()).draw_python()
    ast.parse(source)
    assert source.startswith("# graph: your own ") and source.count("\n") == 1


def test_graphs_without_steps_are_told_apart_in_the_source() -> None:
    chain = Node("", "Two", kind="sequence", children=(loop("seq:1"), loop("seq:2")))
    assert Graph(chain).draw_python().endswith("\ngraph | graph_2")


@every
def test_it_goes_over_the_wire(make: Callable[[], Node]) -> None:
    graph = Graph(make())
    message = GraphMessage.model_validate(encode_graph(graph))
    assert GraphMessage.model_validate(encode_brief(graph)).root.kind == message.root.kind
    assert set(message.exports) == {"python", "mermaid", "dot", "svg"}
    assert len(message.root.links) == len(graph.root.links)
    assert shape_of(graph) == shape_of(Graph(graph.root))


def test_what_has_no_step_says_nothing_of_itself() -> None:
    graph = Graph(loop())
    assert graph.flow.input("") == graph.flow.output("node:__start__") == graph.flow.input("node:__end__") == ""
    assert graph.flow.output("node:agent") == "str"
    start = encode_graph(graph)["root"]["children"][0]
    assert (start["class_name"], start["params"], start["input_schema"]) == ("", {}, None)
    assert "doc" not in start


def test_types_flow_past_a_graph_that_says_none() -> None:
    flow = Graph(in_a_chain()).flow
    assert (flow.output("seq:2"), flow.input("seq:3"), flow.output("")) == ("", "str", "str")
