from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import BaseModel

from chainviz.errors import InvalidInputError, OutputParserError
from chainviz.messages import AIMessage, AIMessageChunk
from chainviz.output_parsers import (
    BaseOutputParser,
    CommaSeparatedListOutputParser,
    JsonOutputParser,
    MarkdownListOutputParser,
    NumberedListOutputParser,
    PydanticOutputParser,
    StrOutputParser,
)


class Person(BaseModel):
    name: str
    age: int


PERSON = '{"name": "Ada", "age": 36}'


async def both_streams(parser: Any, chunks: list[Any]) -> list[Any]:
    async def source() -> AsyncIterator[Any]:
        for chunk in chunks:
            yield chunk

    streamed = list(parser.transform(iter(chunks)))
    assert streamed == [chunk async for chunk in parser.atransform(source())]
    return streamed


@pytest.mark.parametrize("input", ["hi", AIMessage("hi"), AIMessage([{"type": "text", "text": "hi"}])])
async def test_text(input: Any) -> None:
    parser = StrOutputParser()
    assert parser.invoke(input) == await parser.ainvoke(input) == "hi"
    assert await both_streams(parser, [AIMessageChunk("h"), "i"]) == ["h", "i"]


def test_what_is_no_answer() -> None:
    with pytest.raises(InvalidInputError, match="StrOutputParser: expected a str or a message, got 3"):
        StrOutputParser().invoke(3)


@pytest.mark.parametrize(
    "text", [PERSON, f"```json\n{PERSON}\n```", f"Here it is:\n```\n{PERSON}\n```\nDone.", PERSON[:-1]]
)
async def test_json(text: str) -> None:
    parser = JsonOutputParser()
    assert parser.invoke(text) == await parser.ainvoke(AIMessage(text)) == {"name": "Ada", "age": 36}


async def test_json_grows() -> None:
    chunks = [AIMessageChunk(part) for part in ("", '{"na', 'me": "A', 'da"', ', "age"', ": 36}")]
    assert await both_streams(JsonOutputParser(), chunks) == [
        {},
        {"name": "A"},
        {"name": "Ada"},
        {"name": "Ada", "age": 36},
    ]


async def test_json_patches() -> None:
    import jsonpatch

    patches = await both_streams(JsonOutputParser(diff=True), ['{"a": [1', ", 2]", ', "b": "x"}'])
    value: Any = None
    for patch in patches:
        value = jsonpatch.apply_patch(value, patch)
    assert value == {"a": [1, 2], "b": "x"}


def test_no_json() -> None:
    with pytest.raises(OutputParserError, match="JsonOutputParser: expected JSON, got 'hello'") as caught:
        JsonOutputParser().invoke("hello")
    assert caught.value.llm_output == "hello"


async def test_objects() -> None:
    parser = PydanticOutputParser(pydantic_object=Person)
    assert parser.invoke(AIMessage(PERSON)) == Person(name="Ada", age=36)
    assert await both_streams(parser, [PERSON[:-2], PERSON[-2:]]) == [
        Person(name="Ada", age=3),
        Person(name="Ada", age=36),
    ]
    assert parser.OutputType is Person
    with pytest.raises(
        OutputParserError, match=r"PydanticOutputParser: Person: age: .* got {'name': 'Ada', 'age': 'x'}"
    ):
        parser.invoke('{"name": "Ada", "age": "x"}')


@pytest.mark.parametrize(
    "parser", [JsonOutputParser(pydantic_object=Person), PydanticOutputParser(pydantic_object=Person)]
)
def test_format_instructions_name_the_fields(parser: Any) -> None:
    assert '"age"' in parser.get_format_instructions()


@pytest.mark.parametrize(
    ("parser", "text", "items"),
    [
        (CommaSeparatedListOutputParser(), "a, b,c", ["a", "b", "c"]),
        (CommaSeparatedListOutputParser(), 'a, "b, c", d', ["a", "b, c", "d"]),
        (CommaSeparatedListOutputParser(), "a", ["a"]),
        (NumberedListOutputParser(), "Sure:\n\n1. a b\n\n2. c\n10. d", ["a b", "c", "d"]),
        (MarkdownListOutputParser(), "Sure:\n- a b\n* c\n  - d", ["a b", "c", "d"]),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
async def test_lists(parser: Any, text: str, items: list[str], size: int) -> None:
    assert parser.invoke(text) == items
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert await both_streams(parser, chunks) == [[item] for item in items]
    assert parser.invoke(AIMessage(text)) == items
    assert parser.get_format_instructions()


async def test_a_list_comes_item_by_item() -> None:
    seen: list[str] = []

    def source() -> Any:
        for part in ("a, b", ", c"):
            seen.append(part)
            yield part

    stream = CommaSeparatedListOutputParser().transform(source())
    assert next(stream) == ["a"]
    assert seen == ["a, b"]


class Shout(BaseOutputParser[str]):
    def parse(self, text: str) -> str:
        return text.upper()


async def test_a_parser_of_ones_own() -> None:
    assert Shout().invoke(AIMessage("hi")) == "HI"
    assert await both_streams(Shout(), ["h", "i"]) == ["HI"]
    assert Shout().OutputType is str
    assert JsonOutputParser().OutputType is Any
    assert CommaSeparatedListOutputParser().OutputType == list[str]


async def test_its_run_is_of_type_parser() -> None:
    events = [event async for event in StrOutputParser().astream_events("hi")]
    assert {event["event"] for event in events} >= {"on_parser_start", "on_parser_end"}
