from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from chainviz import ChatOpenAI
from chainviz.errors import InvalidConfigError, OutputParserError
from tests.integrations.server import Server, chunks, completion, reply, stream
from tests.integrations.verbs import ANSWERS, STREAMS, parts

Chat = Callable[..., ChatOpenAI]


class Joke(BaseModel):
    """A joke."""

    setup: str
    stars: int = 3


SCHEMA = {"title": "Joke", "type": "object", "properties": {"setup": {"type": "string"}}, "required": ["setup"]}
TEXT = '{"setup": "bears"}'


def called(arguments: str) -> Any:
    call = {"id": "1", "type": "function", "function": {"name": "Joke", "arguments": arguments}}
    return reply(completion("", finish_reason="tool_calls", tool_calls=[call]))


@pytest.mark.parametrize("verb", ANSWERS)
async def test_by_a_tool_call(server: Server, chat: Chat, verb: str) -> None:
    server.expect(called(TEXT), called(TEXT))
    assert await parts(chat().with_structured_output(Joke), "hi", verb) == [Joke(setup="bears")]
    assert server.body["tool_choice"] == "required"
    assert [tool["function"]["name"] for tool in server.body["tools"]] == ["Joke"]
    assert await parts(chat().with_structured_output(SCHEMA), "hi", verb) == [{"setup": "bears"}]


@pytest.mark.parametrize("verb", ANSWERS)
async def test_by_the_server(server: Server, chat: Chat, verb: str) -> None:
    server.expect(reply(completion(TEXT)), reply(completion(TEXT)))
    model = chat().with_structured_output(Joke, method="json_schema", strict=True)
    assert await parts(model, "hi", verb) == [Joke(setup="bears")]
    assert server.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Joke",
            "description": "A joke.",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "setup": {"title": "Setup", "type": "string"},
                    "stars": {"title": "Stars", "type": "integer"},
                },
                "required": ["setup", "stars"],
                "additionalProperties": False,
            },
        },
    }
    model = chat().with_structured_output(SCHEMA, method="json_schema")
    assert await parts(model, "hi", verb) == [{"setup": "bears"}]
    assert "strict" not in server.body["response_format"]["json_schema"]


def test_in_json_mode(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("[1]")), reply(completion(TEXT)))
    assert chat().with_structured_output(method="json_mode").invoke("hi") == [1]
    assert server.body["response_format"] == {"type": "json_object"}
    assert chat().with_structured_output(Joke, method="json_mode").invoke("hi") == Joke(setup="bears")


@pytest.mark.parametrize("verb", STREAMS)
async def test_json_grows_key_by_key(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(chunks('{"setup": "be', 'ars", "st', 'ars": 4}')))
    model = chat().with_structured_output(SCHEMA, method="json_schema")
    assert await parts(model, "hi", verb) == [{"setup": "be"}, {"setup": "bears"}, {"setup": "bears", "stars": 4}]


@pytest.mark.parametrize("method", ["function_calling", "json_schema", "json_mode"])
def test_with_the_raw_answer(server: Server, chat: Chat, method: Any) -> None:
    by_call = method == "function_calling"
    wrong = '{"setup": 3}'
    server.expect(*[called(text) if by_call else reply(completion(text)) for text in (TEXT, wrong)])
    model = chat().with_structured_output(Joke, method=method, include_raw=True)
    good, bad = model.invoke("hi"), model.invoke("hi")
    assert (good["parsed"], good["parsing_error"]) == (Joke(setup="bears"), None)
    assert good["raw"].usage_metadata["total_tokens"] == 10
    assert bad["parsed"] is None
    assert isinstance(bad["parsing_error"], OutputParserError)
    assert "setup: Input should be a valid string" in str(bad["parsing_error"])


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
@pytest.mark.parametrize("schema", [Joke, SCHEMA])
async def test_an_answer_that_is_cut_short_is_none(server: Server, chat: Chat, verb: str, schema: Any) -> None:
    if verb in STREAMS:
        server.expect(stream(chunks('{"setup": "be', finish_reason="length")))
    else:
        server.expect(reply(completion('{"setup": "be', finish_reason="length")))
    with pytest.raises(OutputParserError, match="ran into its length limit"):
        await parts(chat().with_structured_output(schema, method="json_schema"), "hi", verb)


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_a_model_that_refuses(server: Server, chat: Chat, verb: str) -> None:
    if verb in STREAMS:
        events = chunks("I can", "not")
        for event in events[1:3]:
            delta = event["choices"][0]["delta"]
            delta["refusal"] = delta.pop("content")
        server.expect(stream(events))
    else:
        server.expect(reply(completion("", refusal="I cannot")))
    with pytest.raises(OutputParserError, match=r"the model refuses: I cannot$"):
        await parts(chat().with_structured_output(Joke, method="json_schema"), "hi", verb)


def test_an_answer_of_another_form(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("no tool")), called(json.dumps({"stars": 1})), reply(completion("no json")))
    assert chat().with_structured_output(Joke).invoke("hi") is None
    with pytest.raises(OutputParserError, match="Joke: setup: Field required"):
        chat().with_structured_output(Joke).invoke("hi")
    with pytest.raises(OutputParserError, match="expected JSON, got 'no json'"):
        chat().with_structured_output(Joke, method="json_mode").invoke("hi")


def test_a_method_that_there_is_not(chat: Chat) -> None:
    method: Any = "xml"
    with pytest.raises(
        InvalidConfigError, match="expected 'function_calling', 'json_schema' or 'json_mode', got 'xml'"
    ):
        chat().with_structured_output(Joke, method=method)
    with pytest.raises(InvalidConfigError, match="schema: expected one for the method 'function_calling', got None"):
        chat().with_structured_output()
