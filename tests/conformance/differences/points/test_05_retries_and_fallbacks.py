"""A stream is retried until its first chunk, and what fallbacks try keeps its parent."""

from __future__ import annotations

from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import fail, flaky, twice, upper
from ..told import events_of


def test_a_stream_is_retried_until_its_first_chunk() -> None:
    def chain(core: Core) -> Any:
        return flaky(core).with_retry(wait_exponential_jitter=False)

    with pytest.raises(ValueError, match="not yet"):
        list(chain(REFERENCE).stream("x"))
    assert list(chain(OURS).stream("x")) == ["x at last"]
    events = events_of(OURS, chain(OURS))
    children = [event for event in events if event["parent_ids"]]
    assert [event["event"] for event in children] == [
        "on_chain_start",
        "on_chain_error",
        "on_chain_start",
        "on_chain_stream",
        "on_chain_end",
    ]
    assert [event["tags"] for event in children] == [[]] * 2 + [["retry:attempt:2"]] * 3


def test_batches_as_they_complete_are_retried() -> None:
    """In the reference they are not, either."""

    def outputs(core: Core) -> Any:
        step = flaky(core).with_retry(wait_exponential_jitter=False)
        return list(step.batch_as_completed(["x"], return_exceptions=True))

    assert outputs(OURS) == [(0, "x at last")]
    assert isinstance(outputs(REFERENCE)[0][1], ValueError)


def test_fallbacks_keep_their_parent() -> None:
    chain = OURS.RunnableLambda(fail).with_fallbacks([OURS.RunnableLambda(upper)])
    ours = events_of(OURS, chain)
    assert [len(event["parent_ids"]) for event in ours if event["name"] in ("fail", "upper")] == [1] * 5


def test_what_fallbacks_try_bears_its_own_name() -> None:
    """As a child of theirs does in the reference's own streams and batches; where it is invoked, the reference gives
    it their config instead, and with it their name and their parent."""

    def names(core: Core) -> set[str]:
        told: set[str] = set()

        class Handler(core.BaseCallbackHandler):
            def on_chain_start(self, *args: Any, name: str, **kwargs: Any) -> None:
                told.add(name)

        step = core.RunnableLambda(upper).with_fallbacks([core.RunnableLambda(twice)])
        step.invoke("x", {"run_name": "careful", "callbacks": [Handler()]})
        return told

    assert names(OURS) == {"careful", "upper"}
    assert names(REFERENCE) == {"careful"}
