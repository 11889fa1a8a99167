from __future__ import annotations

import asyncio
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from chainviz import (
    AIMessage,
    ChatMessage,
    ChatOpenAI,
    ChatPromptTemplate,
    FunctionMessage,
    HumanMessage,
    StrOutputParser,
    SystemMessage,
    ToolMessage,
)
from chainviz.errors import InvalidConfigError, InvalidInputError
from tests.integrations.server import Server, chunk, chunks, completion, reply, stream
from tests.integrations.verbs import ANSWERS, STREAMS, VERBS, answer, parts

Chat = Callable[..., ChatOpenAI]

METADATA = {"model_provider": "openai", "finish_reason": "stop", "model_name": "test-1", "system_fingerprint": "fp"}
USED = {
    "input_tokens": 7,
    "output_tokens": 3,
    "total_tokens": 10,
    "input_token_details": {"cache_read": 2},
    "output_token_details": {"reasoning": 1},
}


def reply_to(verb: str, *tokens: str) -> Any:
    """The same answer, whole or streamed, as the verb wants it."""
    return stream(chunks(*tokens)) if verb in STREAMS else reply(completion("".join(tokens)))


@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_gives_the_same_message(server: Server, chat: Chat, verb: str) -> None:
    server.expect(reply_to(verb, "Hello", " wörld"))
    message = await answer(chat(), "hi", verb)
    assert message == AIMessage("Hello wörld", id="chatcmpl-1", response_metadata=METADATA, usage_metadata=USED)
    request = server.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk-secret"
    asked = {"model": "test", "messages": [{"role": "user", "content": "hi"}]}
    if verb in STREAMS:
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
    assert request.body == asked


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_stream_comes_token_by_token(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(chunks("a", "b")))
    given = await parts(chat(), "hi", verb)
    assert [(part.content, part.chunk_position) for part in given] == [
        ("", None),
        ("a", None),
        ("b", None),
        ("", "last"),
    ]
    assert [bool(part.usage_metadata) for part in given] == [False, False, False, True]
    assert {part.id for part in given} == {"chatcmpl-1"}


def test_tokens_come_before_the_answer_is_whole(server: Server, chat: Chat) -> None:
    first, *_ = events = chunks("a", "b")
    gate = threading.Event()

    def slowly() -> Any:
        yield first
        assert gate.wait(5)
        yield from events[1:]

    server.expect(stream(slowly()))
    tokens = chat().stream("hi")
    assert next(tokens).content == ""
    gate.set()
    assert "".join(token.text for token in tokens) == "ab"


def test_usage_that_is_told_in_every_chunk_counts_once(server: Server, chat: Chat) -> None:
    def used(count: int) -> dict[str, int]:
        return {"prompt_tokens": 7, "completion_tokens": count, "total_tokens": 7 + count}

    server.expect(stream([chunk({"content": "a"}, usage=used(1)), chunk({"content": "b"}, "stop", usage=used(2))]))
    first, *rest = chat(stream_usage=False).stream("hi")
    assert (first + rest).usage_metadata == {"input_tokens": 7, "output_tokens": 2, "total_tokens": 9}
    assert (first + rest).content == "ab"
    assert "stream_options" not in server.body


@pytest.mark.parametrize("verb", ANSWERS)
async def test_parameters(server: Server, chat: Chat, verb: str) -> None:
    given = {"temperature": 0.0, "top_p": 0.5, "max_tokens": 5, "seed": 1, "reasoning_effort": "low"}
    model = chat(**given, stop=["END"], model_kwargs={"user": "me"}, organization="org", default_headers={"x-a": "b"})
    server.expect(reply(completion("a")), reply(completion("a")))
    await answer(model, "hi", verb)
    messages = [{"role": "user", "content": "hi"}]
    assert server.body == {"model": "test", "messages": messages, "stop": ["END"], "user": "me", **given}
    assert server.requests[0].headers["openai-organization"] == "org"
    assert server.requests[0].headers["x-a"] == "b"
    await answer(model.bind(stop=["NOW"], temperature=1.0, max_tokens=None), "hi", verb)
    assert (server.body["stop"], server.body["temperature"], server.body["max_tokens"]) == (["NOW"], 1.0, None)


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_of_several_answers_the_first_counts(server: Server, chat: Chat, verb: str) -> None:
    server.expect(reply(completion("one", "two")))
    first, *_ = await parts(chat(n=2), "hi", verb)
    assert first.text == "one"
    assert server.body["n"] == 2
    assert "stream" not in server.body


def test_all_answers_are_in_the_result(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("one", "two")))
    result = chat()._generate([HumanMessage("hi")], n=2)
    assert [generation.text for generation in result.generations] == ["one", "two"]


@pytest.mark.parametrize("verb", ANSWERS)
async def test_streaming_on_request(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(chunks("a", "b")))
    assert (await answer(chat(streaming=True), "hi", verb)).usage_metadata == USED
    assert server.body["stream"] is True


@pytest.mark.parametrize("verb", STREAMS)
async def test_streaming_forbidden(server: Server, chat: Chat, verb: str) -> None:
    server.expect(reply(completion("ab")))
    assert [part.text for part in await parts(chat(disable_streaming=True), "hi", verb)] == ["ab"]


def test_log_probabilities(server: Server, chat: Chat) -> None:
    def logprobs(token: str) -> Any:
        return {"content": [{"token": token, "logprob": -0.5, "bytes": None, "top_logprobs": []}], "refusal": None}

    events = [chunk({"content": token}) for token in "ab"]
    for event, token in zip(events, "ab", strict=True):
        event["choices"][0]["logprobs"] = logprobs(token)
    whole = completion("ab")
    whole["choices"][0]["logprobs"] = logprobs("ab")
    server.expect(stream([*events, chunk({}, "stop")]), reply(whole))
    first, *rest = chat(logprobs=True).stream("hi")
    streamed = (first + rest).response_metadata["logprobs"]["content"]
    assert [token["token"] for token in streamed] == ["a", "b"]
    asked = chat(logprobs=True, top_logprobs=0).invoke("hi")
    assert asked.response_metadata["logprobs"]["content"][0]["token"] == "ab"


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_what_stands_beside_the_text(server: Server, chat: Chat, verb: str) -> None:
    if verb in STREAMS:
        said = [{"reasoning_content": "h"}, {"reasoning_content": "m"}, {"refusal": "no"}]
        server.expect(stream([*map(chunk, said), chunk({}, "stop")]))
    else:
        server.expect(reply(completion("", reasoning_content="hm", refusal="no")))
    message = await answer(chat(), "hi", verb)
    assert message.additional_kwargs == {"reasoning_content": "hm", "refusal": "no"}


def test_every_kind_of_message_is_sent(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("a")))
    calls = [{"name": "add", "args": {"a": "é"}, "id": "1"}]
    invalid = [{"name": "add", "args": "{", "id": "2", "error": None}]
    chat().invoke(
        [
            SystemMessage("s"),
            {"role": "developer", "content": "d"},
            HumanMessage("h", name="ann"),
            AIMessage("a"),
            AIMessage("", tool_calls=calls, invalid_tool_calls=invalid),
            AIMessage([{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "t"}]),
            ToolMessage("r", tool_call_id="1"),
            FunctionMessage("f", name="fn"),
            ChatMessage("c", role="critic"),
        ]
    )
    sent_calls = [
        {"type": "function", "id": "1", "function": {"name": "add", "arguments": '{"a": "é"}'}},
        {"type": "function", "id": "2", "function": {"name": "add", "arguments": "{"}},
    ]
    assert server.body["messages"] == [
        {"role": "system", "content": "s"},
        {"role": "developer", "content": "d"},
        {"role": "user", "content": "h", "name": "ann"},
        {"role": "assistant", "content": "a"},
        {"role": "assistant", "content": None, "tool_calls": sent_calls},
        {"role": "assistant", "content": [{"type": "text", "text": "t"}]},
        {"role": "tool", "content": "r", "tool_call_id": "1"},
        {"role": "function", "content": "f", "name": "fn"},
        {"role": "critic", "content": "c"},
    ]


def test_images_sounds_and_files_are_sent(server: Server, chat: Chat) -> None:
    theirs = {"type": "image_url", "image_url": {"url": "https://a/b.png"}}
    given = [
        "look",
        {"type": "text", "text": "here"},
        theirs,
        {"type": "image", "url": "https://a/b.png"},
        {"type": "image", "base64": "QQ==", "mime_type": "image/png"},
        {"type": "audio", "base64": "QQ==", "mime_type": "audio/mpeg"},
        {"type": "file", "base64": "QQ==", "mime_type": "application/pdf", "filename": "a.pdf"},
        {"type": "file", "file_id": "file-1"},
    ]
    server.expect(reply(completion("a")))
    chat().invoke([HumanMessage(given)])
    assert server.body["messages"][0]["content"] == [
        {"type": "text", "text": "look"},
        {"type": "text", "text": "here"},
        theirs,
        theirs,
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}},
        {"type": "input_audio", "input_audio": {"data": "QQ==", "format": "mp3"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,QQ==", "filename": "a.pdf"}},
        {"type": "file", "file": {"file_id": "file-1"}},
    ]
    for part, complaint in [({"text": "a"}, "to have a type"), ({"type": "image"}, "base64 and mime_type")]:
        with pytest.raises(InvalidInputError, match=complaint):
            chat().invoke([HumanMessage([part])])


async def test_in_a_chain(server: Server, chat: Chat) -> None:
    chain = ChatPromptTemplate.from_template("say {word}") | chat() | StrOutputParser()
    server.expect(stream(chunks("a", "b")), stream(chunks("a", "b")))
    assert list(chain.stream({"word": "ab"})) == ["", "a", "b", ""]
    assert [token async for token in chain.astream({"word": "ab"})] == ["", "a", "b", ""]


# --- the key, and what else is configured ---------------------------------------------------------------------------


def test_the_key_is_never_shown(server: Server, chat: Chat) -> None:
    model = chat(default_headers={"x-token": "tok-secret"})
    graph = model.get_graph()
    shown = [repr(model), str(model), graph.to_json(), graph.draw_mermaid(), graph.draw_python(), model.model_dump()]
    assert "secret" not in "".join(map(str, shown))
    assert model.get_graph().root.params == {"model": "test"}
    assert "api_key=SecretStr('**********')" in repr(model)


def test_key_and_url_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    server.expect(reply(completion("a")))
    ChatOpenAI().invoke("hi")
    assert server.requests[0].headers["authorization"] == "Bearer sk-env"
    assert "sk-env" not in repr(ChatOpenAI())


def test_without_a_key_there_is_a_graph_but_no_answer(server: Server) -> None:
    from openai import OpenAIError

    model = ChatOpenAI()
    assert model.get_graph().root.kind == "chat_model"
    assert model.input_schema.__name__ == "ChatOpenAIInput"
    with pytest.raises(OpenAIError, match="api_key"):
        model.invoke("hi")


def test_older_names(server: Server) -> None:
    model = ChatOpenAI(model_name="m", openai_api_key="k", openai_api_base="http://a", request_timeout=3)
    assert (model.model, model.base_url, model.timeout) == ("m", "http://a", 3)
    assert model.api_key is not None and model.api_key.get_secret_value() == "k"


def test_parameters_that_are_wrong(chat: Chat) -> None:
    with pytest.raises(InvalidConfigError, match="got 'temprature'; did you mean 'temperature'"):
        chat(temprature=0)
    for wrong in ({"temperature": "hot"}, {"max_retries": -1}, {"timeout": 0}, {"n": 0}):
        with pytest.raises(ValidationError):
            chat(**wrong)


def test_a_model_that_is_pickled_asks_the_same_server(server: Server, chat: Chat) -> None:
    server.expect(reply(completion("a")), reply(completion("b")))
    model = chat()
    assert model.invoke("hi").content == "a"
    assert pickle.loads(pickle.dumps(model)).invoke("hi").content == "b"
    assert server.requests[1].headers["authorization"] == "Bearer sk-secret"


def test_models_of_one_server_share_its_client(chat: Chat) -> None:
    assert chat()._client() is chat(temperature=1)._client()
    assert chat()._client() is not chat(api_key="sk-other")._client()
    assert chat()._client() is not chat(max_retries=0)._client()


def test_each_event_loop_has_a_client_and_closes_it(server: Server, chat: Chat) -> None:
    model = chat()

    async def ask() -> Any:
        client = await model._async_client()
        assert client is await model._async_client()
        server.expect(reply(completion("a")))
        assert (await model.ainvoke("hi")).content == "a"
        return client

    first, second = asyncio.run(ask()), asyncio.run(ask())
    assert first is not second
    assert first.is_closed() and second.is_closed()
