"""Forms: the parameters of components as JSON Schemas, and what is wrong with what was filled in."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz.builder.catalog import core
from chainviz.builder.editor import Editor, FieldsError
from chainviz.builder.ops import Place


def form(name: str) -> Any:
    return core()[name].form


def test_a_form_says_bounds_choices_secrets_and_what_python_keeps() -> None:
    local = form("LocalChatModel")["properties"]
    assert local["tokens_per_second"] == {"exclusiveMinimum": 0, "type": "number", "title": "Tokens Per Second"}
    retriever = form("VectorStoreRetriever")
    assert retriever["properties"]["search_type"]["enum"] == ["similarity", "similarity_score_threshold", "mmr"]
    assert retriever["properties"]["vectorstore"] == {"title": "Vectorstore", "kept": True}
    assert retriever["required"] == ["vectorstore"]
    openai = form("ChatOpenAI")["properties"]
    assert openai["api_key"]["format"] == "password"
    assert openai["default_headers"]["additionalProperties"]["format"] == "password"
    assert form("StrOutputParser") is None


def node_of(editor: Editor, component: str) -> str:
    return editor.insert(Place(editor.root.id, 9), component) or ""


@pytest.mark.parametrize(
    ("component", "params", "errors"),
    [
        ("LocalChatModel", {"tokens_per_second": -1}, [(("tokens_per_second",), "Input should be greater than 0")]),
        ("LocalChatModel", {"oops": 1}, [((), "expected parameters like")]),
        ("FakeListChatModel", {"responses": ["a", 3]}, [(("responses", 1), "Input should be a valid string")]),
        ("FakeListChatModel", {}, [(("responses",), "Field required")]),
        (
            "ChatPromptTemplate",
            {"messages": [{"role": "human", "text": "a"}, {"role": "ai", "text": "{a.b}"}]},
            [(("messages", 1, "text"), "expected the name of a variable in braces")],
        ),
        ("ChatPromptTemplate", {"messages": [{"role": "boss", "text": ""}]}, [(("messages", 0, "text"), "the role")]),
        ("ChatPromptTemplate", {"messages": [3]}, [(("messages", 0, "text"), "expected a role and a text")]),
    ],
)
def test_wrong_values_are_refused_field_by_field(component: str, params: Any, errors: list[Any]) -> None:
    editor = Editor()
    node = node_of(editor, component)
    before = editor.root
    with pytest.raises(FieldsError) as refused:
        editor.set(node, params=params)
    assert [error.path for error in refused.value.fields] == [path for path, _ in errors]
    assert all(said in error.message for error, (_, said) in zip(refused.value.fields, errors, strict=True))
    assert editor.root is before


def test_what_is_as_by_default_is_not_written() -> None:
    editor = Editor()
    node = node_of(editor, "LocalChatModel")
    editor.set(node, params={"model": "local", "tokens_per_second": None}, options={"run_name": "", "tags": ["a"]})
    assert editor.code.endswith('chain = LocalChatModel().with_config(run_name="", tags=["a"])\n')
    editor.set(node, options={})
    assert editor.code.endswith("chain = LocalChatModel()\n")


def test_another_component_keeps_the_parameters_that_fit() -> None:
    editor = Editor()
    node = node_of(editor, "FakeListChatModel")
    editor.set(node, params={"responses": ["x"], "sleep": 0.5}, options={"run_name": "mine"})
    editor.replace(node, "FakeListLLM")
    assert editor.code.endswith('FakeListLLM(responses=["x"], sleep=0.5).with_config(run_name="mine")\n')
    editor.replace(node, "LocalChatModel")
    assert editor.code.endswith('LocalChatModel().with_config(run_name="mine")\n')


def test_the_options_of_a_combinator_are_checked_too() -> None:
    editor = Editor()
    node = editor.wrap(node_of(editor, "LocalChatModel"), "retry") or ""
    editor.set(node, params={"stop_after_attempt": 5})
    assert "with_retry(stop_after_attempt=5)" in editor.code
    with pytest.raises(FieldsError, match="did you mean 'initial'"):
        editor.set(node, params={"exponential_jitter_params": {"inital": 1.0}})
