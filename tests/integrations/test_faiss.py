from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chainviz import FAISS, Document, HashingEmbeddings, InMemoryVectorStore
from chainviz.embeddings import Embeddings
from chainviz.errors import InvalidConfigError, InvalidInputError

TEXTS = ["harrison worked at kensho", "bears like honey", "harrison worked there for years", "cats sleep"]


class Points(Embeddings):
    """Texts that say where they are: '1 0' is at (1, 0)."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(number) for number in text.split()] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


@pytest.fixture
def store() -> FAISS:
    return FAISS.from_texts(
        TEXTS, embedding=HashingEmbeddings(), metadatas=[{"n": n} for n in range(4)], ids=list("abcd")
    )


def texts(documents: list[Document]) -> list[str]:
    return [document.page_content for document in documents]


# --- searching ------------------------------------------------------------------------------------------------------


async def test_the_most_alike_comes_first(store: FAISS) -> None:
    found = store.similarity_search("where did harrison work?", k=2)
    assert found == await store.asimilarity_search("where did harrison work?", k=2)
    assert set(texts(found)) == {TEXTS[0], TEXTS[2]}
    assert store.similarity_search("bears like honey", k=1) == [Document(TEXTS[1], {"n": 1}, id="b")]
    vector = HashingEmbeddings().embed_query("bears like honey")
    assert texts(store.similarity_search_by_vector(vector, k=1)) == [TEXTS[1]]
    assert len(store.similarity_search("bears", k=99)) == 4
    assert store.similarity_search("bears", k=0) == []


def test_the_order_is_that_of_the_store_in_memory(store: FAISS) -> None:
    plain = InMemoryVectorStore.from_texts(TEXTS, embedding=HashingEmbeddings())
    for query in ("harrison", "honey for cats", "years"):
        assert texts(store.similarity_search(query)) == texts(plain.similarity_search(query))
        ours = store.max_marginal_relevance_search(query, k=3, lambda_mult=0.3)
        assert texts(ours) == texts(plain.max_marginal_relevance_search(query, k=3, lambda_mult=0.3))


@pytest.mark.parametrize(
    ("distance", "scores"),
    [("l2", [2.0, 9.0, 13.0]), ("cosine", [1.0, math.sqrt(0.5), math.sqrt(0.5)]), ("inner_product", [8.0, 6.0, 4.0])],
)
async def test_scores(distance: Any, scores: list[float]) -> None:
    store = FAISS.from_texts(["1 1", "0 4", "3 0"], Points(), distance=distance)
    found = store.similarity_search_with_score("2 2")
    assert sorted((score for _, score in found), reverse=distance != "l2") == [score for _, score in found]
    if distance == "l2":
        assert [(document.page_content, score) for document, score in found] == [
            ("1 1", 2.0),
            ("3 0", 5.0),
            ("0 4", 8.0),
        ]
        relevant = await store.asimilarity_search_with_relevance_scores("2 2", score_threshold=0.2)
        assert [score for _, score in relevant] == pytest.approx([1 / 3])
    elif distance == "cosine":
        assert [score for _, score in found] == pytest.approx(scores)
    else:
        assert [(document.page_content, score) for document, score in found] == [
            ("0 4", 8.0),
            ("3 0", 6.0),
            ("1 1", 4.0),
        ]
    assert found == await store.asimilarity_search_with_score("2 2")


async def test_filters(store: FAISS) -> None:
    assert texts(store.similarity_search("harrison", filter={"n": 3})) == [TEXTS[3]]
    assert texts(store.similarity_search("harrison", k=1, filter=lambda document: document.metadata["n"] > 1)) == [
        TEXTS[2]
    ]
    assert store.similarity_search("harrison", filter={"n": 3, "m": 1}) == []
    assert texts(store.max_marginal_relevance_search("harrison", filter={"n": 3})) == [TEXTS[3]]


async def test_mmr_prefers_what_differs() -> None:
    store = FAISS.from_texts(["1 0", "1 0.01", "0.6 0.8"], Points(), distance="cosine")
    assert texts(store.max_marginal_relevance_search("1 0", k=2, lambda_mult=1)) == ["1 0", "1 0.01"]
    found = await store.amax_marginal_relevance_search("1 0", k=2, lambda_mult=0.1)
    assert texts(found) == ["1 0", "0.6 0.8"]
    assert len(store.max_marginal_relevance_search("1 0", k=2, fetch_k=1)) == 1


async def test_as_a_retriever(store: FAISS) -> None:
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert retriever.tags == ["FAISS", "HashingEmbeddings"]
    assert texts(retriever.invoke("honey")) == texts(await retriever.ainvoke("honey")) == [TEXTS[1]]
    assert len(store.as_retriever(search_type="mmr", search_kwargs={"k": 2}).invoke("harrison")) == 2
    threshold = {"score_threshold": 0.9}
    near = store.as_retriever(search_type="similarity_score_threshold", search_kwargs=threshold)
    assert texts(near.invoke(TEXTS[1])) == [TEXTS[1]]


def test_searches_on_many_threads(store: FAISS) -> None:
    with ThreadPoolExecutor(8) as pool:
        adding = [pool.submit(store.add_texts, [f"text {n}"], ids=[str(n)]) for n in range(40)]
        found = list(pool.map(lambda _: store.similarity_search("honey", k=1)[0].id, range(40)))
        for each in adding:
            each.result()
    assert set(found) == {"b"}
    assert len(store.documents) == store.index.ntotal == 44


# --- filling --------------------------------------------------------------------------------------------------------


async def test_documents_come_and_go(store: FAISS) -> None:
    (given,) = store.add_documents([Document("dogs bark")])
    assert texts(store.similarity_search("dogs bark", k=1)) == ["dogs bark"]
    assert await store.aadd_texts(["dogs howl"], ids=[given]) == [given]
    assert texts(store.get_by_ids([given, "missing"])) == ["dogs howl"]
    store.delete([given, "a", "missing", "a"])
    await store.adelete(["b"])
    assert texts(store.get_by_ids(list("abcd"))) == TEXTS[2:]
    assert store.index.ntotal == 2
    assert set(texts(store.similarity_search("dogs"))) == set(TEXTS[2:])


async def test_of_documents() -> None:
    documents = [Document("1 0", {"a": 1}, id="x"), Document("0 1")]
    for store in (
        FAISS.from_documents(documents, Points()),
        await FAISS.afrom_documents(documents, Points()),
        await FAISS.afrom_texts(["1 0", "0 1"], Points(), [{"a": 1}, {}], ids=["x", "y"]),
    ):
        assert store.similarity_search("1 0", k=1) == [Document("1 0", {"a": 1}, id="x")]
        assert store.embeddings is not None


def test_one_id_twice_leaves_the_last() -> None:
    store = FAISS.from_texts(["1 0", "0 1"], Points(), ids=["x", "x"])
    assert texts(list(store.documents.values())) == ["0 1"]


def test_an_empty_store() -> None:
    store = FAISS.from_texts([], Points())
    assert store.similarity_search("1 0") == store.max_marginal_relevance_search("1 0") == []
    store.delete(["x"])
    assert store.add_texts([]) == []


def test_what_is_found_may_be_changed(store: FAISS) -> None:
    store.similarity_search("bears", k=1)[0].metadata["n"] = 99
    assert store.similarity_search("bears", k=1)[0].metadata == {"n": 1}


def test_other_kinds_of_index() -> None:
    points = [f"{n} {n % 3}" for n in range(100)]
    graph = FAISS.from_texts(points, Points(), factory="HNSW8", ids=points)
    assert texts(graph.similarity_search("7 1", k=1)) == ["7 1"]
    with pytest.raises(RuntimeError, match="remove_ids not implemented"):
        graph.delete(["7 1"])
    assert texts(graph.similarity_search("7 1", k=1)) == texts(graph.get_by_ids(["7 1"])) == ["7 1"]
    trained = FAISS.from_texts(points, Points(), factory="IVF1,Flat", ids=points)
    trained.delete(["7 1"])
    assert texts(trained.similarity_search("7 1", k=1)) != ["7 1"]


def test_wrong_input(store: FAISS) -> None:
    distance: Any = "far"
    with pytest.raises(InvalidConfigError, match="distance: expected 'l2', 'cosine', 'inner_product', got 'far'"):
        FAISS(Points(), distance=distance)
    with pytest.raises(InvalidInputError, match="expected vectors of length 512, got 2"):
        store.similarity_search_by_vector([1, 0])
    with pytest.raises(InvalidInputError, match=r"expected vectors of one length, got \[1, 2\]"):
        FAISS.from_texts(["1", "1 0"], Points())
    with pytest.raises(InvalidInputError, match="an id for each of 1 documents, got 2"):
        store.add_documents([Document("a")], ids=["1", "2"])


# --- keeping --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", ["l2", "cosine", "inner_product"])
def test_saved_and_loaded(tmp_path: Path, distance: Any) -> None:
    store = FAISS.from_texts(["1 0", "0 1", "1 1"], Points(), [{"é": [1]}, {}, {}], ids=list("abc"), distance=distance)
    store.delete(["b"])
    store.save_local(tmp_path / "new", "points")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"points.faiss", "points.json"}
    loaded = FAISS.load_local(str(tmp_path / "new"), Points(), "points")
    assert loaded.similarity_search_with_score("1 0") == store.similarity_search_with_score("1 0")
    assert loaded.distance == distance
    loaded.add_texts(["5 5"], ids=["a"])
    assert {document.id: document.page_content for document in loaded.documents.values()} == {"a": "5 5", "c": "1 1"}
    loaded.save_local(tmp_path / "new", "points")
    assert len(FAISS.load_local(tmp_path / "new", Points(), "points").documents) == 2


def test_an_empty_store_saved_and_loaded(tmp_path: Path) -> None:
    FAISS(Points()).save_local(tmp_path)
    loaded = FAISS.load_local(tmp_path, Points())
    assert loaded.similarity_search("1 0") == []
    loaded.add_texts(["1 0"])


def test_odd_texts_survive(tmp_path: Path) -> None:
    odd = ["\ud800", "\x00\n\u2028", "</script>"]
    FAISS.from_texts(odd, HashingEmbeddings(), [{"x": math.inf}, {}, {}]).save_local(tmp_path)
    loaded = FAISS.load_local(tmp_path, HashingEmbeddings())
    assert texts(list(loaded.documents.values())) == odd
    assert loaded.documents[0].metadata == {"x": math.inf}


def test_metadata_that_json_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"expected metadata that JSON has, .* of the document 'x'"):
        FAISS.from_texts(["1 0"], Points(), [{"a": {1}}], ids=["x"]).save_local(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "..", "a/b", "../a", "/a"])
def test_a_name_that_leaves_the_folder(tmp_path: Path, store: FAISS, name: str) -> None:
    with pytest.raises(InvalidInputError, match="index_name: expected the name of a file"):
        store.save_local(tmp_path / "a" / "b", name)
    with pytest.raises(InvalidInputError, match="index_name: expected the name of a file"):
        FAISS.load_local(tmp_path, Points(), name)


def test_damaged_files(tmp_path: Path, store: FAISS) -> None:
    with pytest.raises(FileNotFoundError):
        FAISS.load_local(tmp_path, Points())
    store.save_local(tmp_path)
    index, documents = tmp_path / "index.faiss", tmp_path / "index.json"
    good_index, good_documents = index.read_bytes(), documents.read_bytes()
    given = json.loads(good_documents)

    for bad in (
        b"",
        b"[]",
        b"\x80\x04.",
        good_documents[:-20],
        b"[" * 100_000,
        json.dumps({**given, "format": "other"}).encode(),
        json.dumps({**given, "documents": [[1, "a"]]}).encode(),
        json.dumps({**given, "documents": [[1, "a", 3, {}]]}).encode(),
    ):
        documents.write_bytes(bad)
        with pytest.raises(InvalidInputError, match=r"index\.json: expected the documents of a saved store"):
            FAISS.load_local(tmp_path, Points())
    documents.write_text(json.dumps({**given, "documents": given["documents"][1:]}))
    with pytest.raises(InvalidInputError, match="an index of the 3 documents saved beside it"):
        FAISS.load_local(tmp_path, Points())
    documents.write_text(json.dumps({**given, "distance": "far"}))
    with pytest.raises(InvalidConfigError, match="distance"):
        FAISS.load_local(tmp_path, Points())

    documents.write_bytes(good_documents)
    index.write_bytes(good_index[:-1] + b"x")
    with pytest.raises(InvalidInputError, match="was saved with, got another"):
        FAISS.load_local(tmp_path, Points())
    index.write_bytes(pickle.dumps("index"))
    from hashlib import sha256

    documents.write_text(json.dumps({**given, "sha256": sha256(index.read_bytes()).hexdigest()}))
    with pytest.raises(InvalidInputError, match="expected an index of FAISS"):
        FAISS.load_local(tmp_path, Points())


def test_loading_executes_nothing(tmp_path: Path, store: FAISS) -> None:
    store.save_local(tmp_path)
    program = """
import os, sys
from chainviz import FAISS, HashingEmbeddings
FAISS.from_texts(["a"], HashingEmbeddings()).save_local(sys.argv[1] + "/other")
FAISS.load_local(sys.argv[1] + "/other", HashingEmbeddings()).similarity_search("a")
seen = []
sys.addaudithook(lambda event, arguments: seen.append((event, arguments)))
FAISS.load_local(sys.argv[1], HashingEmbeddings())
for event, arguments in seen[:]:
    if event.startswith(("exec", "compile", "import", "marshal", "pickle", "socket", "subprocess", "os.", "ctypes")):
        print(event, arguments)
files = [arguments for event, arguments in seen if event == "open"]
print("opened", len(files), {mode for _, mode, _ in files}, {flags & (os.O_WRONLY | os.O_RDWR) for *_, flags in files})
"""
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert (run.stdout.split("\n")[:-1], run.stderr) == (["opened 2 {'r'} {0}"], "")


def test_pickled_for_another_process(store: FAISS) -> None:
    retriever = pickle.loads(pickle.dumps(store.as_retriever()))
    assert retriever.invoke("honey") == store.as_retriever().invoke("honey")
    retriever.vectorstore.add_texts(["more"])
