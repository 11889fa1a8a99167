"""A graph of states in JupyterLab: laid out by a worker whose script comes once, whatever shows such a graph."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, expect

import chainviz

from .lab import Lab
from .panel import Panel

LAYOUTS = (Path(__file__).parent / "layouts.js").read_text()
LAYOUT = Path(chainviz.__file__).parent / "static" / "layout.js"
AGENT = """\
%load_ext chainviz
import chainviz
from chainviz.graph import Graph
from chainviz.graph.model import Link, Node
kinds = {"__start__": "start", "agent": "chat_model", "tools": "tool", "__end__": "end"}
steps = tuple(Node(f"node:{name}", name, kind=kind) for name, kind in kinds.items())
links = (Link(0, 1), Link(1, 2, "continue", True), Link(2, 1), Link(1, 3, "<b>end</b>", True))
graph = Graph(Node("", "agent graph", kind="graph", children=steps, links=links))

class Agent(chainviz.RunnableLambda):
    def get_graph(self, config=None):
        return graph
"""
LARGE = """\
%load_ext chainviz
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    n: int

rows, across = 25, 10
graph = StateGraph(State)
for row in range(rows):
    for at in range(across):
        graph.add_node(f"{row}.{at}", lambda state: {})
        for after in (at, (at + 3) % across):
            graph.add_edge(f"{row - 1}.{after}" if row else START, f"{row}.{at}")
large = graph.compile()
"""
TRACE = "%%trace t\nanswer = Agent(lambda x: x + 1).invoke(1)"


def test_a_graph_of_states_is_laid_out_by_a_worker_whose_script_comes_once(lab: Lab) -> None:
    workers: list[str] = []
    lab.page.on("worker", lambda worker: workers.append(worker.url))
    lab.notebook([AGENT, "chainviz.GraphView(graph)", TRACE, "chainviz.GraphView(graph, height=500)"])
    lab.mark(f'(text) => /"size": ?{LAYOUT.stat().st_size}/.test(text)')
    lab.run(0, 1, 2, 3)
    for cell in (1, 2, 3):
        graph = Panel(lab.view(cell)).graph
        expect(graph.locator("svg text")).to_have_text(["continue", "<b>end</b>"])
        start, agent, tools, end = (place(graph, name) for name in ("start", "agent", "tools", "end"))
        assert start["y"] < agent["y"] < tools["y"] and tools["x"] < end["x"]
    assert len(lab.probe("marked")) == 1
    assert len([url for url in workers if url.startswith("blob:")]) == 1


def test_frames_go_on_while_250_nodes_are_laid_out(lab: Lab) -> None:
    lab.notebook([LARGE, "large"])
    lab.run(0)
    lab.page.evaluate(LAYOUTS)
    lab.run(1)
    lab.page.wait_for_function("layouts.some(({ nodes, ms }) => nodes === 252 && ms !== null)")
    layout = next(one for one in lab.page.evaluate("layouts") if one["nodes"] == 252)
    assert len(layout["gaps"]) > 2


def place(graph: Locator, name: str) -> FloatRect:
    box = graph.get_by_role("treeitem", name=re.compile(rf"^{name}(,|$)")).bounding_box()
    assert box is not None
    return box
