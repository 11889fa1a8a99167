from __future__ import annotations

from operator import itemgetter
from typing import Any, TypedDict

import pytest
from pydantic import BaseModel

from chainviz.documents import Document
from chainviz.language_models import FakeListChatModel
from chainviz.output_parsers import StrOutputParser
from chainviz.prompts import ChatPromptTemplate
from chainviz.runnables import RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.runnables.schema import fields_of, keys_read, object_schema, type_schema

PROMPT = ChatPromptTemplate.from_template("tell me a joke about {topic}")


class ChatOpenAI(FakeListChatModel):
    responses: list[str] = ["a"]  # noqa: RUF012 (a pydantic field)


MODEL = ChatOpenAI()
MESSAGES = ["AIMessage", "HumanMessage", "ChatMessage", "SystemMessage", "FunctionMessage", "ToolMessage"]


def message(kind: str, type: str, description: str, extra: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """What the page prints of a message class."""
    parts = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object"}]}}
    return {
        "title": kind,
        "description": description,
        "type": "object",
        "properties": {
            "content": {"title": "Content", "anyOf": [{"type": "string"}, parts]},
            "additional_kwargs": {"title": "Additional Kwargs", "type": "object"},
            "type": {"title": "Type", "default": type, "enum": [type], "type": "string"},
            **extra,
        },
        "required": ["content", *required],
    }


EXAMPLE = {"example": {"title": "Example", "default": False, "type": "boolean"}}
DEFINITIONS = {
    "AIMessage": message("AIMessage", "ai", "A Message from an AI.", EXAMPLE, []),
    "HumanMessage": message("HumanMessage", "human", "A Message from a human.", EXAMPLE, []),
    "ChatMessage": message(
        "ChatMessage",
        "chat",
        "A Message that can be assigned an arbitrary speaker (i.e. role).",
        {"role": {"title": "Role", "type": "string"}},
        ["role"],
    ),
    "SystemMessage": message(
        "SystemMessage",
        "system",
        "A Message for priming AI behavior, usually passed in as the first of a sequence\nof input messages.",
        {},
        [],
    ),
    "FunctionMessage": message(
        "FunctionMessage",
        "function",
        "A Message for passing the result of executing a function back to a model.",
        {"name": {"title": "Name", "type": "string"}},
        ["name"],
    ),
    "ToolMessage": message(
        "ToolMessage",
        "tool",
        "A Message for passing the result of executing a tool back to a model.",
        {"tool_call_id": {"title": "Tool Call Id", "type": "string"}},
        ["tool_call_id"],
    ),
}
ANY_MESSAGE = [{"$ref": f"#/definitions/{name}"} for name in MESSAGES]


def constant(name: str) -> dict[str, Any]:
    return {"title": "Type", "default": name, "enum": [name], "type": "string"}


def same(schema: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Equal, and their keys in the same order."""
    return repr(schema) == repr(expected)


@pytest.mark.parametrize("step", [PROMPT, PROMPT | MODEL], ids=["prompt", "chain"])
def test_the_input_of_a_prompt(step: Any) -> None:
    assert same(
        step.input_schema.schema(),
        {"title": "PromptInput", "type": "object", "properties": {"topic": {"title": "Topic", "type": "string"}}},
    )


def test_the_input_of_a_chat_model() -> None:
    text = {
        "title": "StringPromptValue",
        "description": "String prompt value.",
        "type": "object",
        "properties": {"text": {"title": "Text", "type": "string"}, "type": constant("StringPromptValue")},
        "required": ["text"],
    }
    messages = {
        "title": "ChatPromptValueConcrete",
        "description": "Chat prompt value which explicitly lists out the message types it accepts.\n"
        "For use in external schemas.",
        "type": "object",
        "properties": {
            "messages": {"title": "Messages", "type": "array", "items": {"anyOf": ANY_MESSAGE}},
            "type": constant("ChatPromptValueConcrete"),
        },
        "required": ["messages"],
    }
    assert same(
        MODEL.input_schema.schema(),
        {
            "title": "ChatOpenAIInput",
            "anyOf": [
                {"type": "string"},
                {"$ref": "#/definitions/StringPromptValue"},
                {"$ref": "#/definitions/ChatPromptValueConcrete"},
                {"type": "array", "items": {"anyOf": ANY_MESSAGE}},
            ],
            "definitions": {"StringPromptValue": text, **DEFINITIONS, "ChatPromptValueConcrete": messages},
        },
    )


@pytest.mark.parametrize("step", [MODEL, PROMPT | MODEL], ids=["model", "chain"])
def test_the_output_of_a_chat_model(step: Any) -> None:
    expected = {"title": "ChatOpenAIOutput", "anyOf": ANY_MESSAGE, "definitions": DEFINITIONS}
    assert same(step.output_schema.schema(), expected)


def test_the_newer_form() -> None:
    schema = MODEL.output_schema.model_json_schema()
    assert set(schema["$defs"]) == set(MESSAGES)
    assert schema["$defs"]["AIMessage"]["properties"]["type"]["const"] == "ai"


def test_the_models_validate() -> None:
    assert PROMPT.input_schema.model_validate({"topic": "bears"})
    with pytest.raises(ValueError, match="topic"):
        PROMPT.input_schema.model_validate({})
    assert MODEL.input_schema.model_validate(PROMPT.invoke("bears"))
    assert MODEL.input_schema.model_validate([{"type": "human", "content": "hi"}])


def test_it_is_made_once() -> None:
    assert PROMPT.input_schema is PROMPT.input_schema
    assert MODEL.input_schema is MODEL.input_schema


def format_docs(docs: list[Document]) -> str:
    return ", ".join(document.page_content for document in docs)


class Point(TypedDict):
    x: int


class Sum(BaseModel):
    total: int


def add(point: Point) -> Sum:
    return Sum(total=point["x"])


def test_functions() -> None:
    step: Any = RunnableLambda(format_docs)
    schema = step.input_schema.schema()
    assert (schema["title"], schema["items"]) == ("format_docs_input", {"$ref": "#/definitions/Document"})
    assert step.output_schema.schema() == {"title": "format_docs_output", "type": "string"}
    assert RunnableLambda(add).output_schema is Sum


def test_the_keys_that_a_function_reads() -> None:
    step: Any = RunnableLambda(lambda given: given["b"] + given["a"] + str(given.get("c")))
    assert step.input_schema.model_json_schema() == {
        "title": "RunnableLambdaInput",
        "type": "object",
        "properties": {"a": {"title": "A"}, "b": {"title": "B"}},
        "required": ["a", "b"],
    }
    assert keys_read(itemgetter("a", "b")) == ["a", "b"]
    assert keys_read(len) == []
    assert keys_read(lambda: 1) == []


def test_parallel_steps() -> None:
    step = RunnableParallel(joke=PROMPT, poem=PROMPT | MODEL | StrOutputParser())
    assert step.input_schema.schema()["title"] == "RunnableParallel<joke,poem>Input"
    assert step.input_schema.schema()["properties"] == {"topic": {"title": "Topic", "type": "string"}}
    output = step.output_schema.schema()
    assert (output["title"], output["required"]) == ("RunnableParallel<joke,poem>Output", ["joke", "poem"])
    assert output["properties"]["poem"] == {"title": "Poem", "type": "string"}


def test_parallel_steps_that_take_no_object() -> None:
    step = RunnableParallel(text=StrOutputParser(), same=RunnablePassthrough())
    assert step.input_schema.schema()["anyOf"][0] == {"type": "string"}


def test_assigned_keys() -> None:
    step = RunnablePassthrough.assign(x=lambda given: given["a"])
    assert set(step.output_schema.model_json_schema()["properties"]) == {"a", "x"}


class Own:
    pass


@pytest.mark.parametrize("type_", [Own, list[Own], dict[str, "Nothing"], "Nothing"])  # type: ignore[name-defined]  # noqa: F821
def test_what_json_does_not_know(type_: Any) -> None:
    assert type_schema("AnyInput", type_).schema()["title"] == "AnyInput"


def test_names_that_a_model_cannot_have() -> None:
    fields = dict.fromkeys(("schema", "_hidden", "two words", "model_fields", "a/b"), (str, ...))
    schema = object_schema("Odd", fields)
    assert list(schema.schema()["properties"]) == list(fields)
    assert fields_of(schema) == fields
    assert schema.model_validate(dict.fromkeys(fields, "x"))


def test_a_model_of_ones_own_is_its_own_schema() -> None:
    assert type_schema("Input", Sum) is Sum


def test_a_type_has_one_json_schema_whatever_the_model_is_called() -> None:
    def schema(name: str, type_: Any) -> dict[str, Any]:
        made = type_schema(name, type_).model_json_schema()
        assert made == type_schema(name, type_).model_json_schema()
        return made

    first, second = schema("FirstInput", list[Document] | str), schema("SecondInput", list[Document] | str)
    assert (first.pop("title"), second.pop("title")) == ("FirstInput", "SecondInput")
    assert first == second
    first["$defs"].clear()  # nobody else's
    assert schema("FirstInput", list[Document] | str)["$defs"].keys() == {"Document"}
    assert [option["type"] for option in schema("A", int | str)["anyOf"]] == ["integer", "string"]
    assert [option["type"] for option in schema("A2", str | int)["anyOf"]] == ["string", "integer"]
