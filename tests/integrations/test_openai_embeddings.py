from __future__ import annotations

import asyncio
import base64
import struct
from typing import Any

import openai
import pytest

from chainviz import InMemoryVectorStore, OpenAIEmbeddings
from chainviz.errors import InvalidConfigError, InvalidInputError
from tests.integrations.server import Server, embedding, failure, hang, reply


def embeddings(server: Server, **parameters: Any) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(**{"api_key": "sk-secret", "base_url": server.url, **parameters})


async def embed(model: OpenAIEmbeddings, texts: list[str], asynchronous: bool) -> list[list[float]]:
    return await model.aembed_documents(texts) if asynchronous else model.embed_documents(texts)


BOTH = pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])


@BOTH
async def test_vectors_in_the_order_of_the_texts(server: Server, asynchronous: bool) -> None:
    server.expect(embedding, embedding)
    model = embeddings(server, dimensions=3, chunk_size=2, model_kwargs={"user": "me"})
    assert await embed(model, ["a", "bb", "ccc"], asynchronous) == [[1, 0, 3], [2, 1, 3], [3, 0, 3]]
    assert [request.body["input"] for request in server.requests] == [["a", "bb"], ["ccc"]]
    assert server.requests[0].path == "/v1/embeddings"
    assert server.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert (server.body["model"], server.body["dimensions"]) == ("text-embedding-3-small", 3)
    assert server.body["user"] == "me"


async def test_a_query(server: Server) -> None:
    server.expect(embedding, embedding)
    assert embeddings(server).embed_query("abc") == [3, 0, 0]
    assert await embeddings(server).aembed_query("abcd") == [4, 0, 0]
    assert embeddings(server).embed_documents([]) == []


def test_vectors_in_binary(server: Server) -> None:
    packed = base64.b64encode(struct.pack("<2f", 0.5, 2.0)).decode()
    data = [{"object": "embedding", "index": 0, "embedding": packed}]
    server.expect(reply({"object": "list", "model": "m", "data": data, "usage": {}}))
    assert embeddings(server).embed_query("a") == [0.5, 2.0]


@BOTH
async def test_faults(server: Server, asynchronous: bool) -> None:
    server.expect(failure(429, retry_after_ms=5), embedding, failure(400, "too long"), hang)
    assert await embed(embeddings(server), ["a"], asynchronous) == [[1, 0, 0]]
    with pytest.raises(openai.BadRequestError, match="too long"):
        await embed(embeddings(server), ["a"], asynchronous)
    with pytest.raises(openai.APITimeoutError):
        await embed(embeddings(server, timeout=0.4, max_retries=0), ["a"], asynchronous)
    assert await asyncio.to_thread(server.left.wait, 5)


@BOTH
async def test_too_few_vectors(server: Server, asynchronous: bool) -> None:
    data = [{"object": "embedding", "index": 0, "embedding": [1.0]}]
    server.expect(reply({"object": "list", "model": "m", "data": data, "usage": {}}))
    with pytest.raises(InvalidInputError, match="expected 2 vectors from the server, got 1"):
        await embed(embeddings(server), ["a", "b"], asynchronous)


def test_the_key_is_never_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env-secret")
    for model in (embeddings(server), OpenAIEmbeddings()):
        assert model.api_key is not None
        assert "secret" not in f"{model!r}{model}{model.model_dump()}"


def test_a_parameter_that_it_does_not_have(server: Server) -> None:
    with pytest.raises(InvalidConfigError, match="got 'dimension'; did you mean 'dimensions'"):
        embeddings(server, dimension=3)


def test_in_a_vector_store(server: Server) -> None:
    server.expect(embedding, embedding)
    store = InMemoryVectorStore.from_texts(["a", "bbbb"], embedding=embeddings(server))
    assert store.as_retriever().tags == ["InMemoryVectorStore", "OpenAIEmbeddings"]
    assert store.similarity_search("c", k=1)[0].page_content == "a"
