"""`config["timeout"]`: one deadline for a call and all in it, in every verb."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chainviz import RunnableGenerator, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.errors import ChainvizError, InvalidConfigError, StepTimeoutError
from chainviz.tracing.events import RunCancel, RunStart

from ..tracing.watching import Watcher

SHORT = 0.25
LONG = 5.0
VERBS = ("invoke", "stream", "batch", "ainvoke", "astream", "abatch")


class Work:
    """Steps that take long, and know how often they came to their end. Threads wait until `close`."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.finished = 0
        self.cancelled = 0

    def slow(self, x: Any) -> Any:
        self.go_on.wait(LONG)
        self.finished += 1
        return x

    async def aslow(self, x: Any) -> Any:
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.finished += 1
        return x

    def letters(self, chunks: Iterator[Any]) -> Iterator[str]:
        for _ in chunks:
            yield "a"
            self.go_on.wait(LONG)
            yield "b"

    async def aletters(self, chunks: AsyncIterator[Any]) -> AsyncIterator[str]:
        async for _ in chunks:
            yield "a"
            await self.aslow("")
            yield "b"


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.go_on.set()


def call(chain: Any, verb: str, given: Any = "x", config: Any = None) -> Any:
    """What the verb gives; of a stream all chunks, of a batch the one output."""
    if verb in ("invoke", "stream", "batch"):
        if verb == "batch":
            return chain.batch([given], config)[0]
        return list(chain.stream(given, config)) if verb == "stream" else chain.invoke(given, config)

    async def acall() -> Any:
        if verb == "abatch":
            return (await chain.abatch([given], config))[0]
        if verb == "astream":
            return [chunk async for chunk in chain.astream(given, config)]
        return await chain.ainvoke(given, config)

    return asyncio.run(acall())


def reasons(watcher: Watcher) -> dict[str, str]:
    return {event.run.name: event.reason for event in watcher.events if isinstance(event, RunCancel)}


@pytest.mark.parametrize("coroutine", [False, True])
@pytest.mark.parametrize("verb", VERBS)
def test_a_call_that_takes_too_long_ends_as_cancelled(work: Work, verb: str, coroutine: bool) -> None:
    if coroutine and not verb.startswith("a"):
        return
    step = RunnableLambda(work.slow, work.aslow if coroutine else None, name="slow")
    chain = RunnablePassthrough() | step
    watcher = Watcher()
    with pytest.raises(TimeoutError, match=r"RunnableSequence: expected an end within 0\.25 s, got none") as caught:
        call(chain, verb, config={"timeout": SHORT, **watcher.config})
    assert not work.finished
    assert isinstance(caught.value, ChainvizError)
    assert not watcher.violations()
    assert list(reasons(watcher)) == ["slow", "RunnableSequence"]
    assert reasons(watcher)["RunnableSequence"].split("; ")[0] == "timeout after 0.25 s"
    assert work.cancelled == coroutine


@pytest.mark.parametrize("verb", VERBS)
def test_a_call_in_time_is_as_without(verb: str) -> None:
    chain = RunnablePassthrough() | RunnableLambda(lambda x: x + "!") | RunnableGenerator(each_letter, aeach_letter)
    watched, timed = Watcher(), Watcher()
    assert call(chain, verb, config={"timeout": LONG, **timed.config}) == call(chain, verb, config=watched.config)
    assert timed.story(chunks=True) == watched.story(chunks=True)
    assert not timed.violations()


def each_letter(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield from chunk


async def aeach_letter(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        for letter in chunk:
            yield letter


@pytest.mark.parametrize("verb", ["stream", "astream"])
def test_a_stream_gives_what_came_in_time(work: Work, verb: str) -> None:
    chain = RunnableGenerator(work.letters, work.aletters)
    watcher, seen = Watcher(), []
    config: Any = {"timeout": SHORT, **watcher.config}

    async def read() -> None:
        async for chunk in chain.astream("x", config):
            seen.append(chunk)

    with pytest.raises(StepTimeoutError):
        if verb == "stream":
            for chunk in chain.stream("x", config):
                seen.append(chunk)
        else:
            asyncio.run(read())
    assert seen == ["a"]
    assert reasons(watcher) == {"letters": "timeout after 0.25 s"}
    assert not watcher.violations()


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("verb", ["stream", "astream"])
def test_time_goes_by_while_the_consumer_is_busy(verb: str, watched: bool) -> None:
    chain = RunnableGenerator(each_letter, aeach_letter)
    watcher = Watcher()
    config: Any = {"timeout": SHORT, **(watcher.config if watched else {})}

    async def read() -> None:
        async for _ in chain.astream("abc", config):
            time.sleep(2 * SHORT)

    with pytest.raises(StepTimeoutError):
        if verb == "stream":
            for _ in chain.stream("abc", config):
                time.sleep(2 * SHORT)
        else:
            asyncio.run(read())
    if watched:
        assert reasons(watcher) == {"each_letter": "timeout after 0.25 s"}
        assert not watcher.violations()


def test_a_sync_stream_is_as_lazy_as_without() -> None:
    made: list[str] = []

    def letters(chunks: Iterator[str]) -> Iterator[str]:
        for letter in "abc":
            made.append(letter)
            yield letter

    stream = RunnableGenerator(letters).stream("x", {"timeout": LONG})
    assert made == []
    assert next(stream) == "a"
    time.sleep(0.02)
    assert made == ["a"]
    assert next(stream) == "b"
    assert threading.active_count() >= 2
    stream.close()
    assert made == ["a", "b"]


def test_leaving_a_timed_stream_ends_its_thread() -> None:
    watcher = Watcher()
    stream = RunnableGenerator(each_letter, aeach_letter).stream("abc", {"timeout": LONG, **watcher.config})
    assert next(stream) == "a"
    stream.close()
    assert reasons(watcher) == {"each_letter": "the consumer stopped reading"}
    assert not [thread for thread in threading.enumerate() if thread.name == "chainviz-own"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_late_result_is_thrown_away(work: Work, verb: str) -> None:
    watcher, ended = Watcher(), threading.Event()

    def slow(x: Any) -> Any:
        work.slow(x)
        RunnableLambda(lambda x: x, name="later").invoke(x)
        ended.set()
        return x

    with pytest.raises(StepTimeoutError):
        call(RunnableLambda(slow), verb, config={"timeout": SHORT, **watcher.config})
    work.go_on.set()
    assert ended.wait(LONG)
    assert watcher.story() == ["start slow", "cancel slow"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_part_of_a_chain_times_out_as_any_error(work: Work, verb: str) -> None:
    step = RunnableLambda(work.slow, work.aslow, name="slow").with_config(timeout=SHORT)
    watcher = Watcher()
    chain = RunnablePassthrough() | step.with_fallbacks([lambda x: f"{x} instead"])
    assert "".join(call(chain, verb, config={"timeout": LONG, **watcher.config})) == "x instead"
    assert reasons(watcher) == {"slow": "timeout after 0.25 s"}
    assert not watcher.violations()


@pytest.mark.parametrize("verb", VERBS)
def test_each_attempt_has_its_time(work: Work, verb: str) -> None:
    step = RunnableLambda(work.slow, work.aslow, name="slow").with_config(timeout=SHORT)
    watcher = Watcher()
    chain = step.with_retry(stop_after_attempt=2, wait_exponential_jitter=False)
    with pytest.raises(StepTimeoutError, match=r"^slow: "):
        call(chain, verb, config=watcher.config)
    assert watcher.story() == ["start slow", "start slow", "cancel slow", "start slow", "cancel slow", "error slow"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("inner", "outer", "late"), [(SHORT, LONG, "slow"), (LONG, SHORT, "RunnableSequence")])
def test_the_nearer_of_two_deadlines_counts(work: Work, verb: str, inner: float, outer: float, late: str) -> None:
    step = RunnableLambda(work.slow, work.aslow, name="slow").with_config(timeout=inner)
    watcher = Watcher()
    with pytest.raises(StepTimeoutError, match=f"^{late}: "):
        call(RunnablePassthrough() | step, verb, config={"timeout": outer, **watcher.config})
    assert reasons(watcher)["slow"] == "timeout after 0.25 s"
    assert not watcher.violations()


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_inside_does_not_inherit_it(verb: str) -> None:
    seen: list[Any] = []

    def look(x: Any, config: Any) -> Any:
        seen.append(config.get("timeout"))
        return RunnableLambda(lambda y, config: seen.append(config.get("timeout")) or y).invoke(x)

    call(RunnablePassthrough() | look, verb, config={"timeout": LONG})
    assert seen == [None, None]


def test_the_items_of_a_batch_have_it_each(work: Work) -> None:
    step = RunnableLambda(lambda x: work.slow(x) if x == "slow" else time.sleep(SHORT / 2) or x)
    config: Any = {"timeout": 4 * SHORT, "max_concurrency": 1}
    quick = [str(number) for number in range(9)]  # more than the timeout together, an eighth of it each
    outputs = step.batch([*quick, "slow"], config, return_exceptions=True)
    assert outputs[:-1] == quick
    assert isinstance(outputs[-1], StepTimeoutError)


async def test_the_callers_cancellation_stays_one(work: Work) -> None:
    watcher = Watcher()
    step = RunnableLambda(work.slow, work.aslow, name="slow")
    task = asyncio.create_task(step.ainvoke("x", {"timeout": LONG, **watcher.config}))
    await asyncio.sleep(0.01)
    task.cancel("enough")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reasons(watcher) == {"slow": "enough"}
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(SHORT):
            await step.ainvoke("x", {"timeout": LONG})
    assert not isinstance(caught.value, StepTimeoutError)


async def test_a_deadline_leaves_no_cancellation_behind(work: Work) -> None:
    with pytest.raises(StepTimeoutError):
        await RunnableLambda(work.slow, work.aslow).ainvoke("x", {"timeout": SHORT})
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0
    await asyncio.sleep(0)


async def test_who_survives_the_cancellation_gives_his_output() -> None:
    async def stubborn(x: Any) -> Any:
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            return "saved"

    watcher = Watcher()
    assert await RunnableLambda(stubborn).ainvoke("x", {"timeout": SHORT, **watcher.config}) == "saved"
    assert watcher.story() == ["start stubborn", "end stubborn"]


@pytest.mark.parametrize("verb", VERBS)
def test_branches_end_before_their_parent(work: Work, verb: str) -> None:
    step = RunnableLambda(work.slow, work.aslow)
    watcher = Watcher()
    with pytest.raises(StepTimeoutError):
        call(RunnableParallel(a=step, b=step, c=step), verb, config={"timeout": SHORT, **watcher.config})
    assert not watcher.violations()
    assert len(reasons(watcher)) == 2
    assert sum(isinstance(event, RunCancel) for event in watcher.events) == 4


async def test_the_events_and_the_log_tell_it(work: Work) -> None:
    chain = RunnablePassthrough() | RunnableLambda(work.slow, work.aslow, name="slow")
    events: list[Any] = []
    with pytest.raises(StepTimeoutError):
        async for event in chain.astream_events("x", {"timeout": SHORT}):
            events.append(event)
    ends = [(event["event"], event["name"], event["data"]["reason"]) for event in events[-2:]]
    assert ends == [("on_chain_cancel", name, "timeout after 0.25 s") for name in ("slow", "RunnableSequence")]
    log: Any = None
    with pytest.raises(StepTimeoutError):
        async for patch in chain.astream_log("x", {"timeout": SHORT}):
            log = patch if log is None else log + patch
    assert log.state["logs"]["slow"]["error"] == "cancelled: timeout after 0.25 s"


@pytest.mark.parametrize("seconds", [0, -1, True, "2", float("nan"), float("inf")])
def test_a_timeout_is_seconds(seconds: Any) -> None:
    with pytest.raises(InvalidConfigError, match=r"config\['timeout'\]: expected seconds, more than 0, got"):
        RunnableLambda(lambda x: x).invoke(1, {"timeout": seconds})
    with pytest.raises(InvalidConfigError):
        RunnableLambda(lambda x: x).with_config(timeout=seconds)


def test_none_is_no_timeout() -> None:
    here: list[int] = []
    RunnableLambda(lambda x: here.append(threading.get_ident())).invoke(1, {"timeout": None})
    assert here == [threading.get_ident()]


def test_the_error_pickles() -> None:
    error = pickle.loads(pickle.dumps(StepTimeoutError("slow: expected an end within 1 s, got none")))
    assert str(error) == "slow: expected an end within 1 s, got none"


def test_nested_deadlines_in_full_pools_do_not_deadlock() -> None:
    leaf = RunnableLambda(lambda x: x)
    middle = RunnableLambda(lambda x: sum(leaf.batch(list(range(4)), {"timeout": LONG})))
    outer = RunnableLambda(lambda x: sum(middle.batch(list(range(40)), {"timeout": LONG})))
    assert outer.batch(list(range(40)), {"timeout": 4 * LONG}) == [6 * 40] * 40


def test_the_outcome_and_the_events_agree_at_the_last_moment() -> None:
    for _ in range(40):
        watcher = Watcher()
        try:
            RunnableLambda(lambda x: time.sleep(0.002) or x).invoke(1, {"timeout": 0.002, **watcher.config})
            kind = "end"
        except StepTimeoutError:
            kind = "cancel"
        assert not watcher.violations()
        if any(isinstance(event, RunStart) for event in watcher.events):
            assert watcher.story()[-1].split()[0] == kind
