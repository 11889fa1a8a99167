"""Components: each concrete step of the core is offered, has a form, is written as code and as JSON, and runs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import chainviz
from chainviz import InMemoryChatMessageHistory, LocalChatModel, Runnable, RunnableWithMessageHistory, tool
from chainviz.builder.catalog import core
from chainviz.builder.editor import Editor, FieldsError
from chainviz.builder.ops import Place
from chainviz.builder.runs import Runs
from chainviz.errors import InvalidConfigError
from chainviz.tracing.trace import Trace, trace
from chainviz.wire.builder import StateEncoder

BASES = {
    "BaseLanguageModel": "what chat models and text models have in common",
    "BaseChatPromptTemplate": "what the chat prompts have in common",
    "BasePromptTemplate": "what all prompts have in common",
    "StringPromptTemplate": "what the text prompts have in common",
    "Runnable": "what all steps have in common",
    "RunnableSerializable": "what the steps with fields have in common",
    "Tool": "an older way to make a tool of a function: StructuredTool is offered",
    "RunnableBinding": "a step with options, which every step can be given",
}
"""Classes that are no components, and why."""


def exported() -> Iterator[type[Any]]:
    for name in chainviz.__all__:
        thing: Any = getattr(chainviz, name)
        if isinstance(thing, type) and issubclass(thing, Runnable) and not inspect.isabstract(thing):
            yield thing


def test_every_step_of_the_core_is_offered() -> None:
    offered = {entry.component.name for entry in Editor().palette(Place(Editor().root.id, 0))} | {"RunnableSequence"}
    assert {cls.__name__ for cls in exported()} - offered == BASES.keys()


class Store(dict[str, InMemoryChatMessageHistory]):
    def __missing__(self, key: str) -> InMemoryChatMessageHistory:
        self[key] = InMemoryChatMessageHistory()
        return self[key]


store = Store()


def get_history(session_id: str) -> InMemoryChatMessageHistory:
    return store[session_id]


def loudly(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk.upper()


def again(text: str) -> str:
    return text * 2


def search(query: str) -> str:
    """Search for what is asked."""
    return f"about {query}"


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The variables of a notebook with these functions."""
    functions = {function.__name__: function for function in (get_history, again, loudly, search)}
    for function in functions.values():
        monkeypatch.setattr(function, "__module__", "__main__")
    store.clear()
    return {**functions, "add": add}


EXAMPLE = {"question": "Why?", "answer": "So."}
RAN: dict[str, tuple[Any, Any]] = {
    "FewShotPromptTemplate": (EXAMPLE, "4\n\nQuestion: Why?\nAnswer:"),
    "FewShotChatMessagePromptTemplate": ({}, "AI: 4"),
    "FakeMessagesListChatModel": ("", "an answer"),
    "GenericFakeChatModel": ("", "an answer"),
    "FakeStreamingListLLM": ("", "an answer"),
    "RunnableGenerator": ("ab", "AB"),
    "StructuredTool": ({"query": "bears"}, "about bears"),
}


def said(output: Any) -> str:
    text = output.to_string() if hasattr(output, "to_string") else getattr(output, "content", output)
    return str(text)


@pytest.mark.parametrize("name", sorted(core().keys() - {"RunnableSequence", "VectorStoreRetriever", "ChatOpenAI"}))
def test_each_is_put_in_written_read_and_saved(name: str, notebook: dict[str, Any]) -> None:
    editor = Editor(lambda: notebook)
    editor.insert(Place(editor.root.id, 0), name)
    code, spec = editor.code, editor.spec
    assert code.count("\n") < 20
    editor.code = code
    assert editor.code == code
    editor.spec = spec
    assert (editor.code, editor.spec) == (code, spec)
    if name in RAN:
        input, output = RAN[name]
        assert output in said(editor.chain.invoke(input))
        assert StateEncoder(editor).state()["root"]["children"][0]["form"] is not None


def test_examples_tools_and_histories_read_as_a_person_would_write_them(notebook: dict[str, Any]) -> None:
    editor = Editor(lambda: notebook)
    editor.insert(Place(editor.root.id, 0), "FewShotPromptTemplate")
    assert editor.code.endswith(
        """\
chain = FewShotPromptTemplate(
    example_prompt=PromptTemplate.from_template(
        "Question: {question}\\nAnswer: {answer}",
    ),
    examples=[{"question": "What is 2 + 2?", "answer": "4"}],
    suffix="Question: {question}\\nAnswer:",
)
"""
    )
    before = editor.code
    editor.chain = editor.chain
    assert editor.code == before
    editor.chain = add
    assert editor.code == "chain = add\n"
    editor.code = 'chain = StructuredTool.from_function(search, name="find")'
    assert editor.code.endswith('chain = StructuredTool.from_function(search, name="find")\n')
    editor.chain = editor.chain
    assert editor.code.endswith('chain = StructuredTool.from_function(search, name="find")\n')


CHAT = """\
chain = RunnableWithMessageHistory(
    (
        ChatPromptTemplate.from_messages([
            ("placeholder", "{history}"),
            ("human", "{question}"),
        ])
        | LocalChatModel()
    ),
    get_history,
    input_messages_key="question",
    history_messages_key="history",
)
"""


def run(chain: Any, input: Any) -> Trace:
    with trace() as t:
        chain.invoke(input)
    return t


def test_a_history_is_wrapped_around_a_chain_and_remembers_in_the_builders_session(notebook: dict[str, Any]) -> None:
    editor = Editor(lambda: notebook)
    editor.code = 'ChatPromptTemplate([("placeholder", "{history}"), ("human", "{question}")]) | LocalChatModel()'
    wrapper = editor.wrap(editor.root.id, "history") or ""
    assert editor.code.endswith(CHAT)
    assert not editor.problems(editor.edges())
    runs = Runs(editor, run)
    for _ in range(2):
        runs.run({"question": "hello"})
    assert set(runs.news()) == {node.id for node in editor.root.children[0].walk()}
    assert len(store["builder"].messages) == 4
    editor.set(wrapper, options={"configurable": {"session_id": "me"}})
    runs.run({"question": "hello"})
    assert len(store["me"].messages) == 2 and editor.code.endswith(').with_config(configurable={"session_id": "me"})\n')
    editor.chain = editor.chain
    assert editor.root.children[0].options == {"configurable": {"session_id": "me"}}
    editor.undo()
    editor.undo()
    model = editor.root.children[0].children[0].children[1].id
    runs.run({"question": "hello"}, upto=model)
    assert len(store["builder"].messages) == 6


def test_a_history_with_more_to_it_than_a_form_can_say_is_kept_as_it_is() -> None:
    editor = Editor()
    editor.chain = RunnableWithMessageHistory(LocalChatModel(), get_history, config={"tags": ["a"]})
    assert "# model: your own RunnableWithMessageHistory\n" in editor.code or "your own" in editor.code
    assert editor.chain.invoke("hi", {"configurable": {"session_id": "a"}}).content


def test_another_function_is_chosen_by_name(notebook: dict[str, Any]) -> None:
    editor = Editor(lambda: notebook)
    id = editor.insert(Place(editor.root.id, 0), "RunnableGenerator") or ""
    assert editor.root.children[0].component == "loudly"
    state = StateEncoder(editor).state()
    choice = state["forms"][state["root"]["children"][0]["form"]]["properties"]["function"]["enum"]
    assert [kept["name"] for kept in choice] == ["get_history", "again", "loudly", "search"]
    editor.set(id, params={"function": {"$type": "kept", "name": "again"}})
    assert editor.code.endswith("chain = RunnableLambda(again)\n") and editor.root.children[0].id == id
    assert editor.chain.invoke("a") == "aa"
    editor.undo()
    assert editor.root.children[0].component == "loudly"
    editor.replace(id, "again")
    assert editor.code.endswith("chain = RunnableLambda(again)\n")


@pytest.mark.parametrize(
    ("name", "field", "said"),
    [
        ("RunnableGenerator", "function", "expected a generator function, got none"),
        ("RunnableWithMessageHistory", "get_session_history", "expected a function that gives the chat history"),
        ("StructuredTool", "func", "expected a function with a docstring, got none"),
    ],
)
def test_where_a_function_is_missing_it_is_said_and_nothing_runs(name: str, field: str, said: str) -> None:
    editor = Editor()
    id = editor.insert(Place(editor.root.id, 0), name) or ""
    (problem,) = editor.problems(editor.edges())
    assert said in problem.message
    with pytest.raises(InvalidConfigError, match=said):
        editor.chain.invoke("x")
    with pytest.raises(FieldsError) as refused:
        editor.set(id, params={})
    assert refused.value.fields[0].path == (field,)
    state = StateEncoder(editor).state()
    form = next(form for form in state["forms"] if field in form["properties"])
    assert form["properties"][field]["enum"] == []
    assert form["properties"][field]["description"].endswith("and the notebook has none.")


def test_a_spec_of_another_notebook_names_what_is_missing_here(notebook: dict[str, Any]) -> None:
    there = Editor(lambda: notebook)
    there.code = f"from chainviz import *\n{CHAT}"
    here = Editor()
    here.spec = there.spec
    (problem,) = here.problems(here.edges())
    assert problem.message == "expected 'get_history' to be kept here or in the notebook, got no such value"
    assert "# get_history: not known here\n" in here.code


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"responses": [{"role": "ai", "text": "a"}, {"role": "boss", "text": "a"}]}, ("responses", 1, "text")),
        ({"responses": [3]}, ("responses", 0, "text")),
    ],
)
def test_what_is_wrong_in_a_made_parameter_is_said_at_its_place(params: Any, path: Any) -> None:
    editor = Editor()
    id = editor.insert(Place(editor.root.id, 0), "FakeMessagesListChatModel") or ""
    with pytest.raises(FieldsError) as refused:
        editor.set(id, params=params)
    assert refused.value.fields[0].path == path


def test_examples_of_code_with_variables_are_understood() -> None:
    editor = Editor()
    editor.code = """
example_prompt = PromptTemplate.from_template("{a}")
FewShotPromptTemplate(example_prompt=example_prompt, examples=[], suffix="") | SimpleJsonOutputParser()
"""
    assert [node.component for node in editor.root.children] == ["FewShotPromptTemplate", "JsonOutputParser"]
    assert editor.root.children[0].params["example_prompt"] == {"template": "{a}"}
