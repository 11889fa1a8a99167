"""LangChain and LangGraph in JupyterLab: their objects are our graphs, and what a cell runs of theirs is seen live."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from .lab import Lab
from .panel import Panel

LCEL = """%load_ext chainviz
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel, RunnablePassthrough

def look_up(question):
    return "harrison worked at kensho"

def chain(sleep=None):
    return (
        RunnableParallel(context=RunnableLambda(look_up), question=RunnablePassthrough())
        | ChatPromptTemplate.from_template("{context}: {question}")
        | FakeListChatModel(responses=["At Kensho."], sleep=sleep).with_config(run_name="my_llm")
        | StrOutputParser()
    )
"""
LCEL_STEPS = ["look_up", "RunnablePassthrough", "ChatPromptTemplate", "my_llm", "StrOutputParser"]

AGENT = """%load_ext chainviz
import pathlib, time
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

class Scripted(BaseChatModel):
    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        asked = any(message.type == "tool" for message in messages)
        calls = [{"name": "weather", "args": {"city": city}, "id": city} for city in ("Lima", "Oslo")]
        message = AIMessage("Lima is warmer.") if asked else AIMessage("", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=message)])

    @property
    def _llm_type(self):
        return "scripted"

@tool
def weather(city: str) -> str:
    "How warm it is in a city."
    while not pathlib.Path("go").exists():
        time.sleep(0.05)
    return "24 degrees"

def agent(state: MessagesState):
    return {"messages": [Scripted().invoke(state["messages"])]}

def goes_on(state):
    return "look up" if state["messages"][-1].tool_calls else "answer"

graph = StateGraph(MessagesState).add_node("agent", agent).add_node("tools", ToolNode([weather]))
graph.add_edge(START, "agent").add_edge("tools", "agent")
graph.add_conditional_edges("agent", goes_on, {"look up": "tools", "answer": END})
app = graph.compile()
pathlib.Path("go").unlink(missing_ok=True)
"""
ASK = 'answer = app.invoke({"messages": [("user", "Lima or Oslo?")]})["messages"][-1].content'

ORDER = """%load_ext chainviz
from typing import TypedDict
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, RetryPolicy, interrupt

class State(TypedDict):
    order: str

tries = []

def look_up(state):
    tries.append(state)
    if len(tries) == 1:
        raise ConnectionError("the shop did not answer")
    return {"order": "two owls"}

def confirm(state):
    return {"order": f"{state['order']}: {interrupt('Shall I order ' + state['order'] + '?')}"}

again = RetryPolicy(initial_interval=0.01, retry_on=ConnectionError)
graph = StateGraph(State).add_node("look up", look_up, retry_policy=again)
graph.add_node("confirm", confirm).add_node("pay", lambda state: state)
graph.add_edge(START, "look up").add_edge("look up", "confirm").add_edge("confirm", "pay").add_edge("pay", END)
app = graph.compile(checkpointer=MemorySaver(), interrupt_before=["pay"])
thread = {"configurable": {"thread_id": "1"}}
"""


def expect_no_picture(output: Locator) -> None:
    """What LangGraph and LangChain would show of themselves: a picture that a web service draws, or a repr."""
    expect(output.locator("img, .jp-RenderedImage")).to_have_count(0)
    expect(output).not_to_contain_text("object at 0x")


def test_a_chain_of_langchains_is_a_graph(lab: Lab) -> None:
    lab.notebook([LCEL, "chain()"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    for name in LCEL_STEPS:
        expect(panel.step(name)).to_be_visible()
    expect(panel.step("look_up")).to_have_accessible_name(re.compile("^context: look_up"))
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile("chat model"))
    panel.step("ChatPromptTemplate").click()
    expect(panel.details.get_by_role("tree", name="Input schema")).to_contain_text("question")
    expect_no_picture(lab.output(1))


def test_a_chain_of_langchains_is_watched_token_by_token(lab: Lab) -> None:
    lab.notebook([LCEL, "%%trace\nanswer = chain(0.5).invoke('where?')"])
    lab.run(0)
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    expect(panel.lane("my_llm").locator(".cv-text")).to_have_text(re.compile(r"\w+"))
    expect(panel.step("my_llm")).to_have_accessible_name(re.compile(", streaming"))
    expect(panel.step("look_up")).to_have_accessible_name(re.compile(", done"))
    assert "Kensho." not in lab.text_while_running(1, panel.tokens)
    lab.wait_idle()
    lab.raise_error_of(1)
    expect(panel.status).to_have_text("done")
    for name in LCEL_STEPS:
        expect(panel.step(name)).to_have_accessible_name(re.compile(", done"))
    expect(panel.lane("my_llm")).to_contain_text("At Kensho.")


def test_an_agent_of_langgraphs_is_a_graph(lab: Lab) -> None:
    lab.notebook([AGENT, "app"])
    lab.run(0, 1)
    panel = Panel(lab.view(1))
    for name in ("start", "agent", "tools", "end"):
        expect(node(panel, name)).to_be_visible()
    expect(panel.graph.locator("svg text")).to_have_text(["answer", "look up"])
    expect_no_picture(lab.output(1))


@pytest.mark.parametrize("width", [700, 1200])
def test_an_agent_of_langgraphs_is_seen_while_it_runs(lab: Lab, width: int) -> None:
    lab.notebook([AGENT, f"%%trace\n{ASK}"])
    lab.run(0)
    lab.output_width(width, height=1500)
    lab.run_cell(1)
    panel = Panel(lab.view(1))
    expect(node(panel, "tools")).to_have_accessible_name(re.compile(", running"))
    expect(node(panel, "agent")).to_have_accessible_name(re.compile(", done"))
    expect(node(panel, "end")).not_to_have_accessible_name(re.compile("done"))
    expect(panel.status).to_have_text(re.compile("running"))
    expect(panel.step("weather")).to_be_in_viewport(ratio=1)
    lab.text_while_running(1, panel.root)
    in_two_themes(lab, f"agent-running-{width}", lab.cell(1))

    (lab.server.notebooks / "go").touch()
    lab.wait_idle()
    lab.raise_error_of(1)
    expect(panel.status).to_have_text("done")
    expect(node(panel, "agent")).to_have_accessible_name(re.compile("done.*2"))
    expect(node(panel, "tools")).to_have_accessible_name(re.compile(", done"))
    expect(panel.run("weather")).to_have_count(2)
    expect_no_picture(lab.output(1))
    in_two_themes(lab, f"agent-done-{width}", lab.cell(1))
    for part in (panel.root, panel.graph.locator("..")):
        assert part.evaluate("(part) => part.scrollWidth <= part.clientWidth"), "nothing scrolls sideways"


def test_a_graph_of_langgraphs_waits_at_the_node_where_it_has_stopped_with_the_checkpoint(lab: Lab) -> None:
    cells = [ORDER]
    cells += [f"%%trace\napp.invoke({given}, thread)" for given in ("{'order': ''}", "Command(resume='yes')", "None")]
    lab.notebook(cells)
    lab.run(0, 1, 2, 3)

    asks = Panel(lab.view(1))
    expect(asks.status).to_have_text("waiting")
    expect(asks.step("look up")).to_have_accessible_name(re.compile(", done, 2 runs"))
    expect(asks.step("confirm")).to_have_accessible_name(re.compile(", waiting, "))
    expect(asks.step("pay")).to_have_accessible_name(re.compile(", not run"))
    asks.step("confirm").click()
    expect(asks.details).to_contain_text("waiting for an answer: Shall I order two owls?")
    checkpoint = lab.kernel_eval("[*app.get_state_history(thread)][2].config['configurable']['checkpoint_id']")
    expect(asks.details).to_contain_text(f"checkpoint{checkpoint}")
    expect(asks.rows("checkpoint_id")).to_have_count(2)
    in_two_themes(lab, "graph-waiting", lab.cell(1))

    stops = Panel(lab.view(2))
    expect(stops.status).to_have_text("waiting")
    expect(stops.step("confirm")).to_have_accessible_name(re.compile(", done, "))
    expect(stops.step("pay")).to_have_accessible_name(re.compile(", waiting, "))
    stops.step("pay").click()
    expect(stops.details).to_contain_text("waiting for an answer before it runs")

    ends = Panel(lab.view(3))
    expect(ends.status).to_have_text("done")
    expect(ends.step("pay")).to_have_accessible_name(re.compile(", done, "))


def node(panel: Panel, name: str) -> Locator:
    return panel.graph.get_by_role("treeitem", name=re.compile(rf"^{name}(,|$)"))


def in_two_themes(lab: Lab, name: str, of: Locator) -> None:
    for theme in ("dark", "light"):
        lab.theme(theme)
        lab.screenshot(f"{name}-{theme}", of)
