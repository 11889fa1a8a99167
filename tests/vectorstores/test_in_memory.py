from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from chainviz.documents import Document
from chainviz.embeddings import HashingEmbeddings
from chainviz.errors import InvalidConfigError, InvalidInputError
from chainviz.vectorstores import InMemoryVectorStore
from chainviz.vectorstores.similarity import cosine_similarity, maximal_marginal_relevance

TEXTS = ["harrison worked at kensho", "bears like honey", "harrison worked there for years", "cats sleep"]


@pytest.fixture
def store() -> InMemoryVectorStore:
    return InMemoryVectorStore.from_texts(
        TEXTS, embedding=HashingEmbeddings(), metadatas=[{"n": n} for n in range(4)], ids=list("abcd")
    )


def texts(documents: list[Document]) -> list[str]:
    return [document.page_content for document in documents]


async def test_the_most_alike_comes_first(store: InMemoryVectorStore) -> None:
    found = store.similarity_search("where did harrison work?", k=2)
    assert found == await store.asimilarity_search("where did harrison work?", k=2)
    assert set(texts(found)) == {TEXTS[0], TEXTS[2]}
    scored = store.similarity_search_with_score("bears like honey", k=4)
    assert scored[0][0] == Document(TEXTS[1], {"n": 1}, id="b")
    assert scored[0][1] == pytest.approx(1)
    assert [score for _, score in scored] == sorted((score for _, score in scored), reverse=True)


def test_documents_are_added_while_a_filter_looks_at_others(store: InMemoryVectorStore) -> None:
    def count(document: Document) -> bool:
        store.add_texts(["added"], ids=["added"])
        return True

    assert len(store.similarity_search("harrison", k=9, filter=count)) == len(TEXTS)
    assert len(store.similarity_search("harrison", k=9)) == len(TEXTS) + 1


def test_a_filter(store: InMemoryVectorStore) -> None:
    assert texts(store.similarity_search("harrison", filter=lambda document: document.metadata["n"] == 3)) == [TEXTS[3]]


async def test_documents_come_and_go(store: InMemoryVectorStore) -> None:
    (given,) = store.add_documents([Document("dogs bark")])
    assert texts(store.get_by_ids([given, "missing"])) == ["dogs bark"]
    assert await store.aadd_texts(["dogs howl"], ids=[given]) == [given]
    assert texts(await store.aget_by_ids([given])) == ["dogs howl"]
    store.delete([given, "a"])
    await store.adelete(["b"])
    assert set(store.store) == {"c", "d"}


def test_what_is_found_may_be_changed(store: InMemoryVectorStore) -> None:
    store.similarity_search("bears", k=1)[0].metadata["n"] = 99
    assert store.similarity_search("bears", k=1)[0].metadata == {"n": 1}


def test_lists_of_different_lengths(store: InMemoryVectorStore) -> None:
    with pytest.raises(InvalidInputError, match="expected one of the metadatas for each of 2 texts, got 1"):
        store.add_texts(["a", "b"], [{}])
    with pytest.raises(InvalidInputError, match="expected an id for each of 1 documents, got 2"):
        store.add_documents([Document("a")], ids=["1", "2"])


async def test_marginal_relevance(store: InMemoryVectorStore) -> None:
    alike = texts(store.max_marginal_relevance_search("harrison worked", k=2, lambda_mult=1.0))
    differing = texts(store.max_marginal_relevance_search("harrison worked", k=2, lambda_mult=0.0))
    assert set(alike) == {TEXTS[0], TEXTS[2]}
    assert len(set(differing) & {TEXTS[0], TEXTS[2]}) == 1
    assert texts(await store.amax_marginal_relevance_search("harrison worked", k=2, lambda_mult=0.0)) == differing


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"search_kwargs": {"k": 1}}, [TEXTS[1]]),
        ({"search_type": "mmr", "search_kwargs": {"k": 1}}, [TEXTS[1]]),
        ({"search_type": "similarity_score_threshold", "search_kwargs": {"score_threshold": 0.9}}, [TEXTS[1]]),
    ],
)
async def test_as_a_retriever(store: InMemoryVectorStore, options: dict[str, Any], found: list[str]) -> None:
    retriever = store.as_retriever(**options)
    assert texts(retriever.invoke("bears like honey")) == texts(await retriever.ainvoke("bears like honey")) == found
    assert retriever.tags == ["InMemoryVectorStore", "HashingEmbeddings"]


def test_wrong_searches(store: InMemoryVectorStore) -> None:
    with pytest.raises(ValueError, match=r"search_type: expected 'similarity', .* got 'nearest'"):
        store.as_retriever(search_type="nearest")
    with pytest.raises(ValueError, match="expected a float from 0 to 1, got None"):
        store.as_retriever(search_type="similarity_score_threshold")
    with pytest.raises(InvalidConfigError, match="got 'nearest'"):
        store.search("x", "nearest")
    with pytest.raises(InvalidInputError, match="VectorStoreRetriever: expected the query to be a str, got 3"):
        store.as_retriever().invoke(3)  # type: ignore[arg-type]


async def test_its_events(store: InMemoryVectorStore) -> None:
    retriever = store.as_retriever(search_kwargs={"k": 1})
    start, *_ = [event async for event in retriever.astream_events("bears", version="v2")]
    assert start["tags"] == ["InMemoryVectorStore", "HashingEmbeddings"]


async def test_other_ways_to_fill() -> None:
    documents = [Document("a", {"n": 1}, id="1"), Document("b")]
    one = InMemoryVectorStore.from_documents(documents, HashingEmbeddings())
    two = await InMemoryVectorStore.afrom_documents(documents, HashingEmbeddings())
    assert one.get_by_ids(["1"]) == two.get_by_ids(["1"]) == [documents[0]]
    assert len(two.store) == 2
    assert one.similarity_search("a", k=5)


def test_an_empty_store() -> None:
    assert InMemoryVectorStore(HashingEmbeddings()).similarity_search("a") == []


def test_similarity() -> None:
    assert cosine_similarity([[1, 0]], [[1, 0], [0, 1], [0, 0]]).tolist() == [[1, 0, 0]]
    assert maximal_marginal_relevance([1, 0], [[1, 0], [1, 0.01], [0, 1]], 0.1, 2) == [0, 2]
    with pytest.raises(InvalidInputError, match="expected the same length, got 1 and 2"):
        cosine_similarity([[1]], [[1, 2]])


def test_importing_a_store_loads_no_numpy() -> None:
    program = "import sys, chainviz.vectorstores, chainviz.embeddings; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False\n"
