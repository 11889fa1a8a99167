"""Prompts that the reference refuses, or of which it forgets a part."""

from __future__ import annotations

from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core


def test_a_dump_of_a_prompt_has_its_messages() -> None:
    """The reference's has an empty dict for each."""

    def dumped(core: Core) -> dict[str, Any]:
        return core.ChatPromptTemplate([("human", "{a}")]).model_dump()

    assert dumped(REFERENCE)["messages"] == [{}]
    assert dumped(OURS)["messages"][0]["prompt"]["template"] == "{a}"


def test_a_role_and_a_text_in_a_list() -> None:
    """As JSON has them, which knows no tuples."""
    with pytest.raises(NotImplementedError):
        REFERENCE.ChatPromptTemplate([["human", "{a}"]])
    assert OURS.ChatPromptTemplate([["human", "{a}"]]).invoke({"a": "x"}).messages[0].content == "x"


def test_the_variables_of_what_is_appended() -> None:
    """The reference's says only those that it began with."""

    def variables(core: Core) -> list[str]:
        prompt = core.ChatPromptTemplate([("human", "{a}")])
        prompt.append(("ai", "{b}"))
        return prompt.input_variables

    assert variables(REFERENCE) == ["a"]
    assert variables(OURS) == ["a", "b"]


def test_a_variable_of_any_name() -> None:
    """The reference refuses `stop`, which its models take as an argument; no variable of a prompt gets there."""
    with pytest.raises(ValueError, match="Cannot have an input variable named 'stop'"):
        REFERENCE.PromptTemplate.from_template("{stop}")
    assert OURS.PromptTemplate.from_template("{stop}").format(stop=1) == "1"


def test_examples_in_mustache() -> None:
    """Which the reference knows in every other prompt."""

    def text(core: Core) -> str:
        example = core.PromptTemplate.from_template("{{a}}", template_format="mustache")
        fields: dict[str, Any] = {"suffix": "{{b}}", "template_format": "mustache", "input_variables": ["b"]}
        return core.FewShotPromptTemplate(examples=[{"a": 1}], example_prompt=example, **fields).format(b=2)

    with pytest.raises(ValueError, match="template_format"):
        text(REFERENCE)
    assert text(OURS) == "1\n\n2"
