"""LangGraph's compiled graphs: their drawing, and their runs at its nodes."""

from __future__ import annotations

import asyncio
import operator
from functools import partial
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableLambda as Theirs
from langgraph.callbacks import GraphCallbackHandler
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, RetryPolicy, Send, interrupt

import chainviz
from chainviz import RunnableLambda, Trace, to_langchain
from chainviz.graph import Graph
from chainviz.graph.model import Link
from chainviz.runnables.coerce import as_step
from chainviz.tracing.events import CustomEvent, RunEnd, RunStart


class State(TypedDict):
    n: int
    log: Annotated[list[str], operator.add]


def agent(state: State) -> dict[str, Any]:
    return {"n": state["n"] + 1, "log": ["agent"]}


def route(state: State) -> str:
    return "tools" if state["n"] < 2 else "done"


def tools(state: State) -> dict[str, Any]:
    return {"log": ["tools"]}


def build(*, saved: bool = False) -> Any:
    graph = StateGraph(State).add_node("agent", agent).add_node("tools", tools)
    graph.add_edge(START, "agent").add_conditional_edges("agent", route, {"tools": "tools", "done": END})
    return graph.add_edge("tools", "agent").compile(checkpointer=MemorySaver() if saved else None)


def graph_of(app: Any) -> Graph:
    return as_step(app).get_graph()


def starts(t: Trace) -> list[Any]:
    return [event.run for event in t.recorder.events if isinstance(event, RunStart)]


def test_the_nodes_and_their_links() -> None:
    root = graph_of(build()).root
    assert root.kind == "graph"
    assert [(node.id, node.kind, node.name) for node in root.children] == [
        ("node:__start__", "start", "start"),
        ("node:agent", "lambda", "agent"),
        ("node:tools", "lambda", "tools"),
        ("node:__end__", "end", "end"),
    ]
    assert set(root.links) == {
        Link(0, 1),
        Link(1, 2, None, True),
        Link(1, 3, "done", True),
        Link(2, 1),
    }
    assert [(child.id, child.name) for child in root.children[1].children] == [("node:agent/seq:3", "route")]


def test_a_workflow_that_is_a_function_begins_at_its_start() -> None:
    from langgraph.func import entrypoint

    @entrypoint()
    def flow(n: int) -> int:
        return n + 1

    root = graph_of(flow).root
    assert [node.name for node in root.children] == ["start", "flow", "end"]
    assert {(link.source, link.target) for link in root.links} == {(0, 1), (1, 2)}


def test_drawings_of_a_loop() -> None:
    graph = graph_of(build())
    assert "done" in graph.draw_mermaid()
    assert "↩ agent" in graph.draw_text()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_runs_stand_at_the_nodes(asynchronous: bool) -> None:
    app = build()
    with chainviz.trace() as t:
        given = {"n": 0, "log": []}
        output = asyncio.run(app.ainvoke(given)) if asynchronous else app.invoke(given)
    assert output["log"] == ["agent", "tools", "agent"]
    known = {node.id for node in graph_of(app).root.walk()}
    assert {run.path for run in starts(t)} <= known
    assert [run.path for run in starts(t)] == [
        *("", "node:agent", "node:agent/seq:3", "node:tools", "node:agent", "node:agent/seq:3")
    ]
    updates = [event.output for event in t.recorder.events if isinstance(event, RunEnd) and event.run.name == "tools"]
    assert updates == [{"log": ["tools"]}]
    assert starts(t)[1].metadata["langgraph_step"] == 1


def test_a_fan_out_is_counted_at_its_node() -> None:
    graph = StateGraph(State).add_node("split", lambda _: {}).add_node("work", lambda s: {"log": [str(s["n"])]})
    graph.add_edge(START, "split").add_conditional_edges(
        "split", lambda _: [Send("work", {"n": n, "log": []}) for n in range(3)], ["work"]
    )
    app = graph.add_edge("work", END).compile()
    with chainviz.trace() as t:
        assert sorted(app.invoke({"n": 0, "log": []})["log"]) == ["0", "1", "2"]
    assert [run.path for run in starts(t)].count("node:work") == 3


def test_a_subgraph_is_a_graph_inside_of_its_node() -> None:
    inner = build()
    outer = StateGraph(State).add_node("team", inner).add_edge(START, "team").add_edge("team", END).compile()
    with chainviz.trace() as t:
        outer.invoke({"n": 0, "log": []})
    known = {node.id: node for node in graph_of(outer).root.walk()}
    assert {run.path for run in starts(t)} <= set(known)
    assert known["node:team/seq:1"].kind == "graph"
    assert known["node:team/seq:1"].links


def test_chains_are_nodes() -> None:
    chain = Theirs(agent) | Theirs(lambda update: update)
    app = StateGraph(State).add_node("chain", chain).add_edge(START, "chain").add_edge("chain", END).compile()
    with chainviz.trace() as t:
        app.invoke({"n": 0, "log": []})
    known = {node.id for node in graph_of(app).root.walk()}
    assert {run.path for run in starts(t)} <= known
    assert "node:chain/seq:2" in known


def test_a_chain_of_ours_is_a_node() -> None:
    ours = RunnableLambda(agent) | RunnableLambda(lambda update: update)
    app = StateGraph(State).add_node("ours", to_langchain(ours)).add_edge(START, "ours").add_edge("ours", END).compile()
    with chainviz.trace() as t:
        assert app.invoke({"n": 0, "log": []}) == {"n": 1, "log": ["agent"]}
    assert len(t.roots) == 1
    assert starts(t)[-1].path.startswith("node:ours/")


def test_a_graph_is_a_step_of_ours() -> None:
    chain = RunnableLambda(lambda n: {"n": n, "log": []}) | build() | RunnableLambda(lambda state: state["log"])
    assert chain.invoke(0) == ["agent", "tools", "agent"]
    assert list(chain.stream(0)) == [["agent", "tools", "agent"]]
    assert asyncio.run(chain.ainvoke(0)) == ["agent", "tools", "agent"]
    with chainviz.trace() as t:
        chain.invoke(0)
    assert "seq:2/node:agent" in [run.path for run in starts(t)]


def test_an_interrupt_waits_and_is_taken_up_again() -> None:
    def ask(state: State) -> dict[str, Any]:
        return {"log": [interrupt("how many?")]}

    graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").add_edge("ask", END)
    app = graph.compile(checkpointer=MemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    with chainviz.trace() as t:
        app.invoke({"n": 0, "log": []}, config)
        app.invoke(Command(resume="two"), config)
    waiting, resumed = t.tree
    assert (waiting.children[0].status, waiting.children[0].error) == ("waiting", "waiting for an answer: how many?")
    assert (resumed.children[0].status, resumed.output["log"]) == ("done", ["two"])
    assert t.errors == []
    assert waiting.children[0].run.metadata["thread_id"] == "1"
    assert waiting.children[0].run.metadata["langgraph_checkpoint_ns"].startswith("ask:")
    first = waiting.children[0].run.metadata["checkpoint_id"]
    assert (waiting.status, waiting.error) == ("waiting", f"waiting for an answer: how many?, at checkpoint {first}")
    assert waiting.output == {"n": 0, "log": []}


STOPS: list[dict[str, Any]] = [{"interrupt_before": ["tools"]}, {"interrupt_after": ["agent"]}]


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("stop", STOPS)
def test_a_graph_that_stops_where_it_was_told_to_waits_before_what_is_next(stop: Any, asynchronous: bool) -> None:
    app = build(saved=True)
    config: Any = {"configurable": {"thread_id": "1"}}

    def call(given: Any) -> Any:
        return asyncio.run(app.ainvoke(given, config, **stop)) if asynchronous else app.invoke(given, config, **stop)

    with chainviz.trace() as t:
        output = call({"n": 0, "log": []})
    (root,) = t.tree
    checkpoint = app.get_state(config).config["configurable"]["checkpoint_id"]
    assert (root.status, root.error) == ("waiting", f"waiting for an answer before tools, at checkpoint {checkpoint}")
    assert t.result() == output
    done, waits = root.children
    assert (done.status, waits.status, waits.run.path) == ("done", "waiting", "node:tools")
    assert (waits.inputs["n"], waits.error) == (1, "waiting for an answer before it runs")
    assert waits.run.metadata["checkpoint_id"] == checkpoint
    assert t.errors == []
    with chainviz.trace() as t:
        call(None)
    assert t.tree[0].children[0].run.name == "tools"


def test_a_graph_waits_once_at_the_node_whose_subgraph_stops() -> None:
    outer = StateGraph(State).add_node("team", build(saved=True)).add_edge(START, "team").add_edge("team", END)
    outer.nodes["team"].runnable.interrupt_before_nodes = ["tools"]
    with chainviz.trace() as t:
        outer.compile(checkpointer=MemorySaver()).invoke({"n": 0, "log": []}, {"configurable": {"thread_id": "1"}})
    (root,) = t.tree
    assert [(child.run.name, child.status) for child in root.children] == [("team", "waiting")]
    assert root.status == "waiting"


def named(t: Trace) -> list[tuple[str, Any]]:
    """The checkpoints that are events of their own, with the path of the graph that each is of."""
    return [(event.run.path, event.data) for event in t.recorder.events if isinstance(event, CustomEvent)]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_checkpoints_of_a_graphs_steps_have_names(asynchronous: bool) -> None:
    app = build(saved=True)
    config: Any = {"configurable": {"thread_id": "1"}}
    given = {"n": 0, "log": []}
    with chainviz.trace() as t:
        asyncio.run(app.ainvoke(given, config)) if asynchronous else app.invoke(given, config)
    kept = [
        (state.config["configurable"]["checkpoint_id"], (state.metadata or {})["step"])
        for state in reversed([*app.get_state_history(config)])
        if state.next and state.next != ("__start__",)
    ]
    assert [(path, data["checkpoint_id"], data["step"]) for path, data in named(t)] == [("", *one) for one in kept]
    nodes = [run for run in starts(t) if run.path in ("node:agent", "node:tools")]
    assert [run.metadata["checkpoint_id"] for run in nodes] == [id for id, _ in kept]


def test_the_checkpoint_of_parallel_tasks_is_named_once_and_that_of_a_subgraph_with_its_namespace() -> None:
    outer: Any = StateGraph(State).add_node("team", build()).add_node("beside", tools)
    outer.add_edge(START, "team").add_edge(START, "beside").add_node("join", lambda _: {"log": []})
    app = outer.add_edge(["team", "beside"], "join").compile(checkpointer=MemorySaver())
    with chainviz.trace() as t:
        app.invoke({"n": 0, "log": []}, {"configurable": {"thread_id": "1"}})
    spaces = [(path, data["checkpoint_ns"].split(":")[0], data["step"]) for path, data in named(t)]
    assert spaces == [("", "", 0), *(("node:team/seq:1", "team", step) for step in range(3)), ("", "", 1)]


def test_checkpoints_that_are_not_kept_have_no_names() -> None:
    with chainviz.trace() as t:
        build().invoke({"n": 0, "log": []})
        build(saved=True).invoke({"n": 0, "log": []}, {"configurable": {"thread_id": "1"}}, durability="exit")
    assert named(t) == []
    assert not any("checkpoint_id" in run.metadata for run in starts(t))


def test_handlers_beside_ours_are_told_of_stops_as_ever() -> None:
    told: list[str] = []

    class Other(GraphCallbackHandler):
        def on_interrupt(self, event: Any) -> None:
            told.append(event.status)

    others: list[Any] = [Other()]
    config: Any = {"configurable": {"thread_id": "1"}, "callbacks": others}
    with chainviz.trace() as t:
        build(saved=True).invoke({"n": 0, "log": []}, config, interrupt_before=["tools"])
    assert told == ["interrupt_before"]
    assert t.tree[0].status == "waiting"
    assert len(others) == 1


def test_attempts_of_a_node_are_counted_in_each_of_its_tasks() -> None:
    calls: dict[int, int] = {}

    def flaky(state: State) -> dict[str, Any]:
        calls[state["n"]] = calls.get(state["n"], 0) + 1
        if calls[state["n"]] <= state["n"]:
            raise ValueError("not yet")
        return {"log": []}

    policy = RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=3, retry_on=ValueError)
    graph: Any = StateGraph(State).add_node("flaky", flaky, retry_policy=policy).add_edge("flaky", END)
    graph.add_conditional_edges(START, lambda _: [Send("flaky", {"n": n, "log": []}) for n in range(3)], ["flaky"])
    with chainviz.trace() as t:
        graph.compile().invoke({"n": 0, "log": []})
    attempts = [tag for run in starts(t) for tag in run.tags if tag.startswith("retry")]
    assert sorted(attempts) == ["retry:attempt:2", "retry:attempt:2", "retry:attempt:3"]
    assert {run.path for run in starts(t) if run.name == "flaky"} == {"node:flaky"}


def test_a_router_without_a_name_has_its_functions() -> None:
    def choose(target: str, _: State) -> str:
        return target

    graph: Any = StateGraph(State).add_node("agent", agent).add_node("tools", tools)
    graph.add_edge(START, "agent").add_edge("tools", END)
    graph.add_conditional_edges("agent", partial(choose, "tools"), ["tools"])
    app = graph.compile()
    names = [node.name for node in graph_of(app).root.walk()]
    with chainviz.trace() as t:
        app.invoke({"n": 0, "log": []})
    assert "choose" in names
    assert "choose" in [run.name for run in starts(t)]


def test_a_node_that_fails() -> None:
    def fail(_: State) -> dict[str, Any]:
        raise ValueError("no")

    app = StateGraph(State).add_node("fail", fail).add_edge(START, "fail").add_edge("fail", END).compile()
    with chainviz.trace() as t, pytest.raises(ValueError, match="no"):
        app.invoke({"n": 0, "log": []})
    assert [found.run.path for found in t.errors] == ["node:fail", ""]
