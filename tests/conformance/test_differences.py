"""Where ours means to differ from the reference: each test says how both behave."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from typing import Any

import jsonpatch
import pytest

from .cores import OURS, REFERENCE, Core
from .observe import adrained
from .steps import aletters, fail, flaky, letters, shout, two_models, upper


def events_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        items = asyncio.run(adrained(chain.astream_events(given, version="v2", **options)))
        return [item for item in items if not isinstance(item, Exception)]


def named(events: list[Any]) -> list[tuple[str, str]]:
    return [(event["event"], event["name"]) for event in events]


def patches_of(core: Core, chain: Any, given: Any = "x", **options: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [p for p in asyncio.run(adrained(chain.astream_log(given, **options))) if not isinstance(p, Exception)]


def test_failing_runs_end_in_the_events() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper) | fail

    assert not any("error" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))
    ours = named(events_of(OURS, chain(OURS)))
    assert ("on_chain_error", "fail") in ours
    assert ours[-1] == ("on_chain_error", "RunnableSequence")
    entry = jsonpatch.apply_patch(
        {}, [op for patch in patches_of(OURS, chain(OURS)) for op in patch.ops if op["path"].count("/") < 4]
    )["logs"]["fail"]
    assert entry["end_time"] is not None
    assert entry["error"] == "ValueError: no X"


def test_filtered_events_keep_their_own_input() -> None:
    def first(core: Core) -> Any:
        return events_of(core, two_models(core), {"topic": "bears"}, include_types=["chat_model"])[0]

    assert first(REFERENCE)["data"]["input"] == {"topic": "bears"}
    assert first(OURS)["data"]["input"]["messages"][0][0].content.endswith("about bears")


def test_log_keys_survive_any_name() -> None:
    names = ["Docs", "Docs", "Docs:2", "a/b", "~tilde", "__proto__"]

    def chain(core: Core) -> Any:
        steps = [core.RunnableLambda(upper).with_config(run_name=name) for name in names]
        return core.RunnableSequence(*steps)

    ours = patches_of(OURS, chain(OURS))
    state: Any = None
    for patch in ours:
        state = jsonpatch.apply_patch(state, patch.ops)
    assert list(state["logs"]) == ["Docs", "Docs:2", "Docs:2:2", "a/b", "~tilde", "__proto__"]
    assert [entry["name"] for entry in state["logs"].values()] == names
    assert all(entry["end_time"] for entry in state["logs"].values())
    lost = None
    try:
        for patch in patches_of(REFERENCE, chain(REFERENCE)):
            lost = jsonpatch.apply_patch(lost, patch.ops)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return  # the reference names a place that is not there
    assert len(lost["logs"]) < len(names)


def test_filters_by_metadata() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper).with_config(metadata={"team": "a", "n": 1}) | (lambda x: x)

    ours = events_of(OURS, chain(OURS), include_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"upper"}
    ours = events_of(OURS, chain(OURS), exclude_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"RunnableSequence", "RunnableLambda"}
    with pytest.raises(TypeError):
        chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        events = chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        raise asyncio.run(adrained(events))[-1]


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


def test_fallbacks_keep_their_parent_and_raise_the_first_error_in_a_batch_too() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(upper)])

    ours = events_of(OURS, chain(OURS))
    assert [len(event["parent_ids"]) for event in ours if event["name"] in ("fail", "upper")] == [1] * 5

    def in_vain(core: Core) -> Any:
        return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(lambda x: [][0])])

    with pytest.raises(IndexError):
        in_vain(REFERENCE).batch(["x"])
    with pytest.raises(ValueError, match="no x"):
        in_vain(OURS).batch(["x"])


def test_max_concurrency_is_one_limit_for_all_that_is_inside() -> None:
    def most_at_once(core: Core) -> int:
        lock, now, most = threading.Lock(), 0, 0

        def work(x: Any) -> Any:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            threading.Event().wait(0.02)
            with lock:
                now -= 1

        inner = core.RunnableParallel(a=work, b=work, c=work)
        core.RunnableLambda(lambda x: inner.invoke(x)).batch([1, 2, 3], {"max_concurrency": 3})
        return most

    assert most_at_once(REFERENCE) > 3
    assert most_at_once(OURS) <= 3


def test_leaving_a_stream_stops_the_work_and_ends_its_runs() -> None:
    async def leave(core: Core) -> tuple[bool, list[str]]:
        stopped = False

        async def count(chunks: Any) -> Any:
            nonlocal stopped
            try:
                async for _ in chunks:
                    for number in range(100):
                        yield number
                        await asyncio.sleep(0)
            finally:
                stopped = True

        seen: list[str] = []

        class Handler(core.BaseCallbackHandler):
            def on_chain_error(self, error: BaseException, **kwargs: Any) -> None:
                seen.append("ended")

            def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
                seen.append("ended")

        chain = core.RunnableGenerator(count) | core.RunnablePassthrough()
        stream = chain.astream("x", {"callbacks": [Handler()]})
        async for _ in stream:
            break
        await stream.aclose()
        return stopped, list(seen)

    gc.disable()
    try:
        assert asyncio.run(leave(OURS)) == (True, ["ended"] * 3)
        assert asyncio.run(leave(REFERENCE)) != (True, ["ended"] * 3)
    finally:
        gc.enable()


def test_each_streams() -> None:
    assert list(REFERENCE.RunnableLambda(upper).map().stream(["a", "b"])) == [["A", "B"]]
    assert list(OURS.RunnableLambda(upper).map().stream(["a", "b"])) == [["A"], ["B"]]


def test_context_follows_into_every_thread() -> None:
    chain = OURS.RunnableLambda(lambda x: threading.get_ident())
    outer = OURS.RunnableLambda(lambda x: OURS.RunnableParallel(a=chain, b=chain).invoke(x))
    events = events_of(OURS, outer)
    inside = [event for event in events if event["event"] == "on_chain_start" and len(event["parent_ids"]) == 2]
    assert len(inside) == 2


def test_sync_generators_serve_the_async_verbs() -> None:
    with pytest.raises(TypeError):
        asyncio.run(REFERENCE.RunnableLambda(letters).astream("x").__anext__())
    chunks = asyncio.run(adrained((OURS.RunnableLambda(letters) | OURS.RunnableGenerator(shout)).astream("x")))
    assert chunks == ["A", "B", "C"]


def test_a_custom_event_bears_the_tags_of_its_run() -> None:
    def chain(core: Core) -> Any:
        def work(x: Any) -> Any:
            core.dispatch_custom_event("progress", 1)

        return core.RunnableLambda(upper) | core.RunnableLambda(work).with_config(tags=["mine"])

    def tags(core: Core) -> Any:
        return next(e["tags"] for e in events_of(core, chain(core)) if e["event"] == "on_custom_event")

    assert (tags(REFERENCE), tags(OURS)) == (["mine"], ["seq:step:2", "mine"])


@pytest.mark.filterwarnings("error")
def test_no_verb_warns() -> None:
    async def all_verbs() -> None:
        chain = OURS.RunnableLambda(letters, aletters)
        await adrained(chain.astream_events("x", version="v1"))
        await adrained(chain.astream_events("x", version="v2"))
        await adrained(chain.astream_log("x"))

    asyncio.run(all_verbs())
