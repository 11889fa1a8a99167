"""Where ours means to differ: how steps run."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from ..cores import OURS, REFERENCE, Core
from ..pauses import pauses
from ..steps import fail, flaky, upper
from .told import events_of


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


def test_what_is_configurable_inherits() -> None:
    """In the reference, `with_config` on a configurable step takes empty values for all that it is not given."""

    def seen(core: Core) -> Any:
        look = core.RunnableLambda(lambda x, config: (config["tags"], config["configurable"]))
        step = (core.RunnablePassthrough() | look).configurable_alternatives(core.ConfigurableField("k"))
        named = step.with_config(run_name="named")
        around = core.RunnableLambda(lambda x: named.invoke(x))
        return around.invoke("x", {"tags": ["call"], "configurable": {"a": 1}})

    assert seen(OURS) == (["call"], {"a": 1})
    assert seen(REFERENCE) == ([], {})


def test_batches_as_they_complete_are_retried() -> None:
    def outputs(core: Core) -> Any:
        step = flaky(core).with_retry(wait_exponential_jitter=False)
        return list(step.batch_as_completed(["x"], return_exceptions=True))

    assert outputs(OURS) == [(0, "x at last")]
    assert isinstance(outputs(REFERENCE)[0][1], ValueError)


# An item of a batch goes through the whole chain on its own, as it does when it is invoked. The reference takes all
# items through one step after another; where a step remembers, or some items fail, the two are told apart.


def test_a_batch_raises_what_invoke_raises() -> None:
    def in_vain(core: Core) -> Any:
        return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(lambda x: [][0])])

    with pytest.raises(IndexError):
        in_vain(REFERENCE).batch(["x"])
    with pytest.raises(ValueError, match="no x"):
        in_vain(OURS).batch(["x"])


def test_each_item_of_a_batch_is_retried_on_its_own() -> None:
    """The reference puts outputs in the places of others, and loses the exception."""

    def outputs(core: Core) -> Any:
        tried: list[int] = []

        def work(x: int) -> int:
            tried.append(x)
            if tried.count(x) < x:
                raise ValueError(f"{x} not yet")
            return x

        step = core.RunnableLambda(work).with_retry(wait_exponential_jitter=False, stop_after_attempt=3)
        return step.batch([1, 2, 3, 4], {"max_concurrency": 1}, return_exceptions=True)

    assert outputs(REFERENCE) == [1, 2, 3, 3]
    ours = outputs(OURS)
    assert ours[:3] == [1, 2, 3]
    assert isinstance(ours[3], ValueError)


def test_a_text_model_goes_on_with_one_prompt_at_a_time() -> None:
    """So that each of them has a run that ends when it is there. The reference's models are given all at once."""

    def asked(core: Core) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []

        class Counting(core.BaseLLM):
            _llm_type = "counting"

            def _generate(self, prompts: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
                seen.append((len(prompts), told[-1]))
                return core.LLMResult(generations=[[core.Generation(text=prompt)] for prompt in prompts])

        class Handler(core.BaseCallbackHandler):
            def on_llm_start(self, serialized: Any, prompts: Any, *, batch_size: int, **kwargs: Any) -> None:
                told.append(batch_size)

        told: list[int] = []
        assert Counting().batch(["a", "b"], {"callbacks": [Handler()]}) == ["a", "b"]
        return seen

    assert asked(REFERENCE) == [(2, 2)]
    assert asked(OURS) == [(1, 1), (1, 1)]


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


def test_a_retry_has_an_attempt() -> None:
    """The reference takes 0 for 1."""
    assert REFERENCE.RunnableLambda(upper).with_retry(stop_after_attempt=0).max_attempt_number == 0
    with pytest.raises(ValueError, match="at least 1 attempt"):
        OURS.RunnableLambda(upper).with_retry(stop_after_attempt=0)


def test_a_pause_is_at_most_a_minute() -> None:
    """In the reference it doubles on and on, where no `max` is given."""
    assert max(pauses(OURS)) == 60
    assert max(pauses(REFERENCE)) > 120


def test_a_function_has_the_verbs_of_every_step() -> None:
    """A function has nothing to configure, which ours says; in the reference it has no such verb."""
    with pytest.raises(AttributeError):
        REFERENCE.RunnableLambda(upper).configurable_fields(f=REFERENCE.ConfigurableField("f"))
    with pytest.raises(ValueError, match="no parameter 'f'"):
        OURS.RunnableLambda(upper).configurable_fields(f=OURS.ConfigurableField("f"))


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
    def found(core: Core) -> Any:
        class Shelf(core.BaseRetriever):
            def _get_relevant_documents(self, query: str, *, run_manager: Any, k: int = 2) -> list[Any]:
                return [core.Document(page_content=query)] * k

        return len(asyncio.run(Shelf().ainvoke("a", k=3)))

    with pytest.raises(TypeError, match="'k'"):
        found(REFERENCE)
    assert found(OURS) == 3
