"""Documents, embeddings, retrievers and vector stores."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..cores import Core
from ..observe import HANDLERS, MODES, OTHER_LOGS, PLAIN, Program, value
from ..steps import retriever

ALL = (*MODES, *OTHER_LOGS)
TEXTS = ["a b", "b c", "c d", "d e"]


def store(core: Core) -> Any:
    return core.InMemoryVectorStore.from_texts(
        TEXTS,
        embedding=core.DeterministicFakeEmbedding(size=6),
        metadatas=[{"n": n} for n in range(4)],
        ids=["1", "2", "3", "4"],
    )


@cache
def awaited_shelf(core: Core) -> Any:
    class Shelf(core.BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return [core.Document(page_content="sync")]

        async def _aget_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return [core.Document(page_content="async", metadata={"query": query})]

    return Shelf


@cache
def lengths(core: Core) -> Any:
    """Embeddings of one's own."""

    class Lengths(core.Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [self.embed_query(text) for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return [float(len(text)), 1.0, float(text.count("a"))]

    return Lengths()


def scored(pairs: Any) -> Any:
    return [(document, round(score, 9)) for document, score in pairs]


@value
def documents(core: Core) -> Any:
    document = core.Document(page_content="a", metadata={"k": 1}, id="7")
    return [
        document,
        str(document),
        document == core.Document(page_content="a", metadata={"k": 1}, id="7"),
        document.type,
    ]


@value
def embedded(core: Core) -> Any:
    embedding = core.DeterministicFakeEmbedding(size=4)
    vectors = embedding.embed_documents(["a", "b"])
    return [[round(number, 9) for number in vector] for vector in [*vectors, embedding.embed_query("a")]]


@value
async def searches(core: Core) -> Any:
    made = store(core)
    return [
        scored(made.similarity_search_with_score("b c", k=3)),
        made.similarity_search("b c"),
        made.similarity_search("a b", k=1),
        made.similarity_search("a", filter=lambda document: document.metadata["n"] > 1),
        made.max_marginal_relevance_search("a b", k=2, fetch_k=4, lambda_mult=0.2),
        await made.asimilarity_search("b c", k=2),
        scored(await made.asimilarity_search_with_score("b c", k=2)),
        await made.amax_marginal_relevance_search("x y", k=3),
        made.search("b c", "similarity", k=1),
        made.search("b c", "mmr", k=1),
    ]


@value
async def contents(core: Core) -> Any:
    made = store(core)
    ids = made.add_texts(["e f"], [{"n": 4}], ids=["5"])
    more = made.add_documents([core.Document(page_content="f g", id="6")])
    before = made.get_by_ids(["4", "7", "5"])
    made.delete(["1", "2"])
    await made.adelete(["3"])
    added = await made.aadd_texts(["g h"], ids=["8"])
    return [ids, more, before, made.get_by_ids(["1", "4"]), added, made.similarity_search("a b", k=9)]


@value
def replaced(core: Core) -> Any:
    made = store(core)
    made.add_documents([core.Document(page_content="new", id="1")])
    return made.get_by_ids(["1"])


@value
async def made_otherwise(core: Core) -> Any:
    embedding = lengths(core)
    of_documents = core.InMemoryVectorStore.from_documents([core.Document(page_content="aa", id="1")], embedding)
    of_texts = await core.InMemoryVectorStore.afrom_texts(["a", "bbbb", "aaaa"], embedding)
    return [
        of_documents.similarity_search("a"),
        of_texts.similarity_search("aaaa", k=2),
        scored(of_texts.similarity_search_with_score("aaaa", k=3)),
    ]


@value
def another_search(core: Core) -> Any:
    return store(core).search("x", "no such search")


@value
def another_search_type(core: Core) -> Any:
    return store(core).as_retriever(search_type="no such search")


@value
def a_threshold_without_a_score(core: Core) -> Any:
    return store(core).as_retriever(search_type="similarity_score_threshold")


@value
def names_of_retrievers(core: Core) -> Any:
    made = store(core).as_retriever(tags=["mine"])
    return [made.tags, made.get_name(), made.search_type, made.search_kwargs, retriever(core).get_name()]


KINDS = {
    "similarity": {"search_kwargs": {"k": 2}},
    "mmr": {"search_type": "mmr", "search_kwargs": {"k": 2, "fetch_k": 4, "lambda_mult": 0.2}},
    "filtered": {"search_kwargs": {"filter": lambda document: document.metadata["n"] != 1}},
}

PROGRAMS = [
    Program("retriever", retriever, modes=ALL),
    Program("retriever_awaited", lambda c: awaited_shelf(c)()),
    Program("retriever_tagged", lambda c: retriever(c, tags=["own"], metadata={"k": 1})),
    Program("retriever_named", lambda c: retriever(c).with_config(run_name="Docs", tags=["t"])),
    Program(
        "retriever_in_parallel", lambda c: c.RunnableParallel(d=retriever(c), q=c.RunnablePassthrough()), unordered=True
    ),
    Program("retriever_twice", lambda c: retriever(c) | (lambda d: d[1].page_content) | retriever(c)),
    *(
        Program(
            f"store_{name}", lambda c, o=options: store(c).as_retriever(**o), "b c", modes=(*PLAIN, *HANDLERS, "v2")
        )
        for name, options in KINDS.items()
    ),
    documents,
    embedded,
    searches,
    contents,
    replaced,
    made_otherwise,
    another_search,
    another_search_type,
    a_threshold_without_a_score,
    names_of_retrievers,
    Program("retriever_bound", lambda c: retriever(c).bind(k=3), modes=PLAIN),
]
