"""Where ours means to differ: prompts."""

from __future__ import annotations

from typing import Any

import pytest

from ..cores import OURS, REFERENCE, Core


def test_a_template_that_nothing_fills_in_is_refused_when_it_is_made() -> None:
    """The reference's has a variable of no name, and fails when it is filled in."""
    with pytest.raises(IndexError):
        REFERENCE.PromptTemplate.from_template("{}").format(a=1)
    with pytest.raises(ValueError, match="expected the name of a variable in braces"):
        OURS.PromptTemplate.from_template("{}")


def test_a_prompt_is_saved_as_code() -> None:
    """`Graph.draw_python` writes the chain; the reference's `save` is deprecated."""
    prompt = OURS.PromptTemplate.from_template("{a}")
    assert hasattr(REFERENCE.PromptTemplate, "save")
    assert not hasattr(prompt, "save")
    assert "from_template" in prompt.get_graph().draw_python()


def test_a_dump_of_a_prompt_has_its_messages() -> None:
    """The reference leaves them empty; its `validate_template` is for what ours always checks."""

    def dumped(core: Core) -> dict[str, Any]:
        return core.ChatPromptTemplate([("human", "{a}")]).model_dump()

    assert (dumped(REFERENCE)["messages"], dumped(REFERENCE)["validate_template"]) == ([{}], False)
    assert dumped(OURS)["messages"][0]["prompt"]["template"] == "{a}"
    assert "validate_template" not in dumped(OURS)


def test_a_role_and_a_text_in_a_list() -> None:
    """As JSON has them, which knows no tuples."""
    with pytest.raises(NotImplementedError):
        REFERENCE.ChatPromptTemplate([["human", "{a}"]])
    assert OURS.ChatPromptTemplate([["human", "{a}"]]).invoke({"a": "x"}).messages[0].content == "x"


def test_one_name_for_messages_and_a_text() -> None:
    """A text needs it though messages may do without; the reference's text then shows an empty list."""

    def prompt(core: Core) -> Any:
        return core.ChatPromptTemplate([("placeholder", "{a}"), ("human", "{a}")])

    assert prompt(REFERENCE).invoke({}).messages[0].content == "[]"
    with pytest.raises(ValueError, match="'a' is missing"):
        prompt(OURS).invoke({})


def test_nothing_is_shown_as_nothing() -> None:
    """`{{.}}` is all the values there are: of none, the reference shows Python's braces."""

    def text(core: Core) -> str:
        return core.PromptTemplate.from_template("{{.}}", template_format="mustache").format()

    assert [str(text(core)) for core in (REFERENCE, OURS)] == ["{}", ""]
