"""Prompts as data, the check of their variables, and one name for what is needed and what is not."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ..cores import Core
from ..observe import Program, value


def text(core: Core, template: str = "{a} x", **fields: Any) -> Any:
    return core.PromptTemplate.from_template(template, **fields)


def few(core: Core, **fields: Any) -> Any:
    examples = {"examples": [{"a": "1"}], "example_prompt": text(core), "suffix": "{b}", "input_variables": ["b"]}
    return core.FewShotPromptTemplate(**{**examples, **fields})


def chat(core: Core, **fields: Any) -> Any:
    return core.ChatPromptTemplate([("human", "{a}")], **fields)


def saved(prompt: Any, name: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in" / name
        prompt.save(path if name == "a.json" else str(path))
        return path.read_text()


@value
def saved_prompts(core: Core) -> Any:
    return [json.loads(saved(prompt, "a.json")) for prompt in (text(core), few(core))], saved(text(core), "a.json")


@value
def messages_are_not_saved(core: Core) -> Any:
    try:
        saved(chat(core), "a.json")
    except NotImplementedError:
        return "not implemented"


@value
def prompts_as_dicts(core: Core) -> Any:
    return [[*text(core).model_dump().items()], [*text(core).asdict().items()], list(chat(core).model_dump())]


@value
def checked_templates(core: Core) -> Any:
    checked: dict[str, Any] = {"validate_template": True}
    return [
        text(core, **checked).validate_template,
        core.PromptTemplate(template="{a}", input_variables=["a", "b"], **checked).input_variables,
        few(core, **checked).validate_template,
        chat(core, input_variables=["a"], **checked).validate_template,
        text(core).validate_template,
    ]


@value
def one_name_twice(core: Core) -> Any:
    """For messages that may be left out, and for a text."""
    prompt = core.ChatPromptTemplate([("placeholder", "{a}"), ("human", "{a} {b}")])
    given = core.ChatPromptTemplate([("placeholder", "{a}"), ("human", "{a}")])
    return [
        prompt.input_variables,
        prompt.optional_variables,
        prompt.invoke({"b": 1}),
        given.invoke({"a": ["x"]}).messages[0],
    ]


@value
def all_of_nothing(core: Core) -> Any:
    return [text(core, "{{.}}", template_format="mustache").format(**values) for values in ({}, {"a": 1})]


REFUSED: dict[str, Any] = {
    "saved_as_text": lambda c: saved(text(c), "a.txt"),
    "saved_in_part": lambda c: saved(text(c, partial_variables={"a": 1}), "a.json"),
    "unlike_its_variables": lambda c: c.PromptTemplate(template="{a}", input_variables=["b"], validate_template=True),
    "unlike_its_examples": lambda c: few(c, input_variables=["c"], validate_template=True),
    "unlike_its_messages": lambda c: chat(c, input_variables=["b"], validate_template=True),
    "checked_mustache": lambda c: text(c, "{{a}}", template_format="mustache", validate_template=True),
}

PROGRAMS = [
    saved_prompts,
    messages_are_not_saved,
    prompts_as_dicts,
    checked_templates,
    one_name_twice,
    all_of_nothing,
    *(Program(f"a_prompt_{name}", make, modes=("value",)) for name, make in REFUSED.items()),
]
