"""What the reference refuses or can not do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import twice, upper


def test_documents_above_a_score() -> None:
    """Ours reads scores of a store in memory too; the reference's has none to compare."""

    def found(core: Core) -> list[str]:
        store = core.InMemoryVectorStore.from_texts(["a", "b"], core.DeterministicFakeEmbedding(size=4))
        options = {"search_type": "similarity_score_threshold", "search_kwargs": {"score_threshold": 0.99}}
        return [document.page_content for document in store.as_retriever(**options).invoke("a")]

    with pytest.raises(NotImplementedError):
        found(REFERENCE)
    assert found(OURS) == ["a"]


def test_arguments_of_a_retriever_reach_it_when_it_is_awaited() -> None:
    """As when it is invoked; the reference's default for the async verbs takes none."""

    def found(core: Core) -> Any:
        class Shelf(core.BaseRetriever):
            def _get_relevant_documents(self, query: str, *, run_manager: Any, k: int = 2) -> list[Any]:
                return [core.Document(page_content=query)] * k

        return len(asyncio.run(Shelf().ainvoke("a", k=3)))

    with pytest.raises(TypeError, match="'k'"):
        found(REFERENCE)
    assert found(OURS) == 3


def test_a_graph_is_drawn_in_text_as_a_tree() -> None:
    """With what each step holds. The reference's boxes need a package that is not among its requirements."""

    def drawn(core: Core) -> str:
        return (core.RunnableLambda(upper) | core.RunnableParallel(a=upper, b=twice)).get_graph().draw_ascii()

    with pytest.raises(ImportError, match="grandalf"):
        drawn(REFERENCE)
    assert [line for line in drawn(OURS).splitlines() if "-" in line] == [
        "+- upper - RunnableLambda",
        "`- parallel",
        "   +- a: upper - RunnableLambda",
        "   `- b: twice - RunnableLambda",
    ]
