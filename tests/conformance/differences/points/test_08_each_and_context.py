"""A map streams, and the context follows into what is called inside."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import upper
from ..told import events_of, named


def test_each_streams() -> None:
    assert list(REFERENCE.RunnableLambda(upper).map().stream(["a", "b"])) == [["A", "B"]]
    assert list(OURS.RunnableLambda(upper).map().stream(["a", "b"])) == [["A"], ["B"]]


def test_context_follows_into_every_thread() -> None:
    chain = OURS.RunnableLambda(lambda x: threading.get_ident())
    outer = OURS.RunnableLambda(lambda x: OURS.RunnableParallel(a=chain, b=chain).invoke(x))
    events = events_of(OURS, outer)
    inside = [event for event in events if event["event"] == "on_chain_start" and len(event["parent_ids"]) == 2]
    assert len(inside) == 2


def test_context_follows_into_a_component() -> None:
    """What a retriever calls is its child; in the reference it is a root of its own, which the events do not show."""

    def shelf(core: Core) -> Any:
        class Shelf(core.BaseRetriever):
            def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
                return [core.Document(page_content=core.RunnableLambda(upper).invoke(query))]

        return Shelf()

    assert [name for _, name in named(events_of(REFERENCE, shelf(REFERENCE)))] == ["Shelf"] * 2
    ours = events_of(OURS, shelf(OURS))
    assert [(event["name"], len(event["parent_ids"])) for event in ours] == [
        ("Shelf", 0),
        ("upper", 1),
        ("upper", 1),
        ("Shelf", 0),
    ]


def test_what_a_passthrough_calls_stands_under_it() -> None:
    """The context follows into its function. In the reference that is called outside of its run: at a root it can tell
    nobody anything."""

    def chain(core: Core) -> Any:
        def tell(x: Any, config: Any) -> None:
            core.dispatch_custom_event("seen", x, config=config)

        return core.RunnablePassthrough(tell)

    ours = events_of(OURS, OURS.RunnableLambda(upper) | chain(OURS))
    custom = next(event for event in ours if event["event"] == "on_custom_event")
    assert custom["run_id"] == next(event["run_id"] for event in ours if event["name"] == "RunnablePassthrough")
    assert chain(OURS).invoke("x", {"callbacks": [OURS.BaseCallbackHandler()]}) == "x"
    with pytest.raises(RuntimeError, match="without a parent run"):
        chain(REFERENCE).invoke("x", {"callbacks": [REFERENCE.BaseCallbackHandler()]})
