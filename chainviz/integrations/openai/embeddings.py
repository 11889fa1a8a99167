"""OpenAIEmbeddings: vectors from a server that speaks OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chainviz.embeddings import Embeddings
from chainviz.errors import InvalidInputError
from chainviz.integrations.openai.connection import Connection
from chainviz.runnables.serializable import refuse_unknown

if TYPE_CHECKING:
    from openai.types import CreateEmbeddingResponse


class OpenAIEmbeddings(Connection, Embeddings):
    """Embeddings of OpenAI, or of any other server that speaks its protocol at `base_url`.

    `dimensions` asks for shorter vectors; `chunk_size` is how many texts go into one request.

    Raises MissingPackageError without the extra `openai`. Errors of the client come through as they are.
    """

    model: str = Field(default="text-embedding-3-small", validation_alias="model_name")
    dimensions: int | None = Field(default=None, ge=1)
    chunk_size: int = Field(default=1000, ge=1, le=2048)
    model_kwargs: dict[str, Any] = Field(default_factory=dict)

    def __init__(self, **parameters: Any) -> None:
        refuse_unknown(type(self), parameters)
        super().__init__(**parameters)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = []
        for part in self._parts(texts):
            vectors += _vectors(self._client().embeddings.create(**self._request(part)), len(part))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        client = await self._async_client()
        vectors: list[list[float]] = []
        for part in self._parts(texts):
            vectors += _vectors(await client.embeddings.create(**self._request(part)), len(part))
        return vectors

    async def aembed_query(self, text: str) -> list[float]:
        return (await self.aembed_documents([text]))[0]

    def _parts(self, texts: list[str]) -> Iterator[list[str]]:
        for start in range(0, len(texts), self.chunk_size):
            yield texts[start : start + self.chunk_size]

    def _request(self, texts: list[str]) -> dict[str, Any]:
        shorter = {} if self.dimensions is None else {"dimensions": self.dimensions}
        return {"model": self.model, **shorter, **self.model_kwargs, "input": texts}


def _vectors(response: CreateEmbeddingResponse, expected: int) -> list[list[float]]:
    """The vectors in the order of the texts. Raises InvalidInputError where there is not one for each."""
    found = sorted(response.data or (), key=lambda item: item.index)
    if len(found) != expected:
        raise InvalidInputError(f"OpenAIEmbeddings: expected {expected} vectors from the server, got {len(found)}")
    return [item.embedding for item in found]


__all__ = ["OpenAIEmbeddings"]
