from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from chainviz.embeddings import DeterministicFakeEmbedding, Embeddings, HashingEmbeddings


@pytest.mark.parametrize("embeddings", [HashingEmbeddings(), DeterministicFakeEmbedding(size=8)])
async def test_the_same_text_has_the_same_vector(embeddings: Embeddings) -> None:
    vector = embeddings.embed_query("harrison")
    assert embeddings.embed_documents(["harrison"]) == [vector] == await embeddings.aembed_documents(["harrison"])
    assert await embeddings.aembed_query("harrison") == vector


def test_alike_texts_are_near() -> None:
    embed = HashingEmbeddings().embed_query
    query = np.array(embed("Where did Harrison work?"))
    near, stem, far = (query @ np.array(embed(text)) for text in ("harrison worked", "workers", "bears like honey"))
    assert near > stem > far
    assert np.isclose(query @ query, 1)


def test_the_hash_is_the_same_in_every_process() -> None:
    program = "from chainviz.embeddings import HashingEmbeddings; print(HashingEmbeddings(16).embed_query('harrison'))"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == str(HashingEmbeddings(16).embed_query("harrison"))


def test_empty_text() -> None:
    assert HashingEmbeddings(4).embed_query("") == [0.0] * 4
