"""Servers that fail, stall and lie: the client's errors come through, and no connection stays open."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import openai
import pytest

from chainviz import ChatOpenAI
from chainviz.errors import InvalidInputError
from tests.integrations.server import Server, chunk, chunks, completion, failure, hang, reply, stream
from tests.integrations.verbs import ANSWERS, STREAMS, VERBS, answer, parts

Chat = Callable[..., ChatOpenAI]
SHORT = 0.4
"""Seconds: little to wait for, and enough for a server that is not to blame."""
HALF = chunks("a", "b")[:2]


def fine(verb: str) -> Any:
    return stream(chunks("ok")) if verb in STREAMS else reply(completion("ok"))


@pytest.mark.parametrize("verb", VERBS)
async def test_too_many_requests_are_tried_again(server: Server, chat: Chat, verb: str) -> None:
    server.expect(failure(429, retry_after="0.05"), fine(verb))
    began = time.monotonic()
    assert (await answer(chat(), "hi", verb)).content == "ok"
    assert time.monotonic() - began >= 0.05
    assert len(server.requests) == 2
    assert server.requests[0].body == server.requests[1].body


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_a_server_error_that_passes(server: Server, chat: Chat, verb: str) -> None:
    server.expect(failure(500, retry_after_ms=5), failure(503, retry_after_ms=5), fine(verb))
    assert (await answer(chat(max_retries=2), "hi", verb)).content == "ok"


@pytest.mark.parametrize("verb", VERBS)
async def test_errors_that_stay(server: Server, chat: Chat, verb: str) -> None:
    passing, staying = (
        {429: openai.RateLimitError, 500: openai.InternalServerError},
        {
            400: openai.BadRequestError,
            401: openai.AuthenticationError,
            404: openai.NotFoundError,
        },
    )
    for status, error in {**passing, **staying}.items():
        server.begin()
        tries = 2 if status in passing else 1
        server.expect(*[failure(status, "because", retry_after_ms=5)] * tries)
        with pytest.raises(error, match="because") as raised:
            await answer(chat(max_retries=1), "hi", verb)
        assert type(raised.value) is error
        assert raised.value.status_code == status
        assert len(server.requests) == tries


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_nobody_listens(server: Server, chat: Chat, verb: str) -> None:
    with pytest.raises(openai.APIConnectionError):
        await answer(chat(max_retries=0, base_url="http://127.0.0.1:1/v1"), "hi", verb)


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_a_server_that_does_not_answer(server: Server, chat: Chat, verb: str) -> None:
    server.expect(hang)
    with pytest.raises(openai.APITimeoutError):
        await answer(chat(timeout=SHORT, max_retries=0), "hi", verb)
    assert await asyncio.to_thread(server.left.wait, 5)


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_stream_that_hangs(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(HALF, "hang"))
    seen: list[str] = []
    with pytest.raises(openai.APITimeoutError):
        await read_into(seen, chat(timeout=SHORT), verb)
    assert seen == ["", "a"]
    assert await asyncio.to_thread(server.left.wait, 5)
    assert len(server.requests) == 1


@pytest.mark.parametrize("verb", STREAMS)
@pytest.mark.parametrize(
    "broken",
    [
        stream(HALF, "cut"),
        stream(HALF, "cut", chunked=False),
        stream(HALF, "silent"),
        stream(HALF, "done"),
        stream([*HALF, 'data: {"id": "chatc'], "cut"),
    ],
    ids=[
        "cut",
        "cut without a length",
        "ended without a finish_reason",
        "done without a finish_reason",
        "cut in a line",
    ],
)
async def test_a_stream_that_breaks_off(server: Server, chat: Chat, verb: str, broken: Any) -> None:
    server.expect(broken)
    seen: list[str] = []
    with pytest.raises(openai.APIConnectionError):
        await read_into(seen, chat(), verb)
    assert seen == ["", "a"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_stream_without_its_last_line_is_whole(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream(chunks("a", "b"), "silent"))
    assert (await answer(chat(), "hi", verb)).content == "ab"


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_stream_that_is_no_json(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream([*HALF, "data: {not json\n\n", *chunks("c")]))
    seen: list[str] = []
    with pytest.raises(json.JSONDecodeError):
        await read_into(seen, chat(), verb)
    assert seen == ["", "a"]


@pytest.mark.parametrize("verb", STREAMS)
async def test_what_is_no_event_of_the_answer_is_passed_over(server: Server, chat: Chat, verb: str) -> None:
    first, *rest = chunks("a", "b")
    filter_results = chunk()
    server.expect(stream([": ping\n\n", filter_results, first, "data: {}\n\n", ": ping\n\n", *rest]))
    assert (await answer(chat(), "hi", verb)).content == "ab"


@pytest.mark.parametrize("verb", STREAMS)
async def test_an_error_in_the_stream(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream([*HALF, 'data: {"error": {"message": "overloaded", "code": "busy"}}\n\n'], "done"))
    with pytest.raises(openai.APIError, match="overloaded") as raised:
        await answer(chat(), "hi", verb)
    assert raised.value.code == "busy"


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("content", [completion(), {"error": {"message": "overloaded"}}])
async def test_an_answer_without_choices(server: Server, chat: Chat, verb: str, content: Any) -> None:
    server.expect(reply(content))
    with pytest.raises(InvalidInputError, match="expected an answer with choices from the server, got"):
        await answer(chat(), "hi", verb)


@pytest.mark.parametrize("verb", STREAMS)
async def test_a_stream_without_anything(server: Server, chat: Chat, verb: str) -> None:
    server.expect(stream([]))
    with pytest.raises(openai.APIConnectionError, match="no finish_reason came"):
        await answer(chat(), "hi", verb)


@pytest.mark.parametrize("verb", [*ANSWERS, *STREAMS])
async def test_a_fallback_takes_over(server: Server, chat: Chat, verb: str) -> None:
    model = chat(max_retries=0).with_fallbacks([chat(model="other")])
    server.expect(failure(500), fine(verb))
    assert (await answer(model, "hi", verb)).content == "ok"
    assert server.body["model"] == "other"


# --- leaving early --------------------------------------------------------------------------------------------------


def test_leaving_a_stream_closes_its_connection(server: Server, chat: Chat) -> None:
    server.expect(stream(HALF, "hang"))
    for token in chat().stream("hi"):
        if token.content == "a":
            break
    assert server.left.wait(5)


async def test_leaving_an_asynchronous_stream_closes_its_connection(server: Server, chat: Chat) -> None:
    server.expect(stream(HALF, "hang"))
    tokens = chat().astream("hi")
    assert [(await anext(tokens)).content, (await anext(tokens)).content] == ["", "a"]
    await tokens.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await asyncio.to_thread(server.left.wait, 5)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("verb", ["ainvoke", "astream", "abatch"])
@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "in the middle of it"])
async def test_cancelling_closes_the_connection(server: Server, chat: Chat, verb: str, answered: bool) -> None:
    server.expect(stream(HALF, "hang") if answered else hang)
    seen: list[str] = []
    threads = threading.active_count()
    model = chat(streaming=answered)
    task = asyncio.create_task(read_into(seen, model, verb))
    while not (len(seen) == 2 if answered and verb == "astream" else server.requests):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await asyncio.to_thread(server.left.wait, 5)
    assert threading.active_count() <= threads + 2


async def test_after_a_cancelled_call_the_client_still_works(server: Server, chat: Chat) -> None:
    server.expect(hang, reply(completion("ok")))
    task = asyncio.create_task(chat().ainvoke("hi"))
    while not server.requests:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert (await chat().ainvoke("hi")).content == "ok"


async def read_into(seen: list[str], model: Any, verb: str) -> None:
    """Read a stream, and keep its texts even where it fails."""
    if verb == "stream":
        for token in model.stream("hi"):
            seen.append(token.content)
    elif verb == "astream":
        async for token in model.astream("hi"):
            seen.append(token.content)
    else:
        await parts(model, "hi", verb)
