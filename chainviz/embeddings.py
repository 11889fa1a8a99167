"""Embeddings: texts as vectors, near to each other where the texts are alike."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from math import sqrt
from typing import TYPE_CHECKING, Any

from chainviz.runnables.work import in_thread

if TYPE_CHECKING:
    from chainviz.integrations.openai import OpenAIEmbeddings

_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = frozenset(
    _WORD.findall("a an and are as at be by did do does for from in is it of on or that the this to was")
)


class Embeddings(ABC):
    """A class of one's own gives `embed_documents` and `embed_query`."""

    @abstractmethod
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of texts that will be searched."""

    @abstractmethod
    def embed_query(self, text: str) -> list[float]:
        """The vector of a text to search by."""

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await in_thread(self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        return await in_thread(self.embed_query, text)


@dataclass
class HashingEmbeddings(Embeddings):
    """Vectors of length 1 from the words of a text and the letter groups in them, without a model.

    Each feature adds to one of `dimensions` places, which its hash chooses: texts with common words or word stems are
    near to each other, in every process alike.
    """

    dimensions: int = 512

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for feature, weight in _features(text):
            number = _hash(feature)
            vector[(number >> 1) % self.dimensions] += weight if number & 1 else -weight
        length = sqrt(sum(value * value for value in vector)) or 1.0
        return [value / length for value in vector]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed_documents(texts)

    async def aembed_query(self, text: str) -> list[float]:
        return self.embed_query(text)


@dataclass
class DeterministicFakeEmbedding(Embeddings):
    """For tests: random vectors of `size` numbers, the same for the same text."""

    size: int

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        from numpy.random import default_rng

        seed = int(sha256(text.encode()).hexdigest(), 16) % 10**8
        return default_rng(seed).normal(size=self.size).tolist()


def _features(text: str) -> Iterator[tuple[str, float]]:
    """The words, and with less weight the groups of three letters in them."""
    for word in _WORD.findall(text.lower()):
        weight = 0.2 if word in _SMALL_WORDS else 1.0
        yield word, weight
        framed = f"^{word}$"
        groups = [framed[start : start + 3] for start in range(len(framed) - 2)]
        for group in groups:
            yield group, 0.7 * weight / sqrt(len(groups))


@lru_cache(maxsize=65536)
def _hash(feature: str) -> int:
    return int.from_bytes(blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


__all__ = ["DeterministicFakeEmbedding", "Embeddings", "HashingEmbeddings", "OpenAIEmbeddings"]


def __getattr__(name: str) -> Any:
    if name == "OpenAIEmbeddings":  # comes with an extra, and is there for whoever asks for it
        import chainviz

        return chainviz.OpenAIEmbeddings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
