"""`config["executor"]`: the items of a batch on threads and in processes, as if they had run here."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextvars import ContextVar
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import chainviz
from chainviz import (
    BaseCallbackHandler,
    ChatPromptTemplate,
    Document,
    FakeListChatModel,
    HashingEmbeddings,
    InMemoryVectorStore,
    LocalChatModel,
    Runnable,
    RunnableBranch,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StrOutputParser,
)
from chainviz.config import config_list, ensure_config, merge_configs
from chainviz.errors import ExecutorError, InvalidConfigError, StepTimeoutError
from chainviz.tracing.events import CustomEvent, RunCancel, RunChunk, RunEnd, RunError, RunStart

from ..tracing.watching import WORDS, Watcher
from . import errands

PATIENCE = 30
COLOR: ContextVar[str] = ContextVar("color", default="none")
BATCHES = ("batch", "abatch", "batch_as_completed", "abatch_as_completed")


def pool_of(workers: int = 2) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("forkserver"))


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    with pool_of() as pool:
        list(pool.map(errands.sleepy, [0.3, 0.3]))  # both workers have begun, which takes long
        yield pool


def run(step: Any, inputs: Any, config: Any, verb: str, **options: Any) -> list[Any]:
    """The outputs in the order of the inputs, by any of the verbs."""
    if verb == "batch":
        return step.batch(inputs, config, **options)
    if verb == "batch_as_completed":
        return [output for _, output in sorted(step.batch_as_completed(inputs, config, **options), key=lambda p: p[0])]

    async def arun() -> list[Any]:
        if verb == "abatch":
            return await step.abatch(inputs, config, **options)
        pairs = [pair async for pair in step.abatch_as_completed(inputs, config, **options)]
        return [output for _, output in sorted(pairs, key=lambda pair: pair[0])]

    return asyncio.run(arun())


def retrieval() -> Any:
    store = InMemoryVectorStore(HashingEmbeddings())
    store.add_documents([Document("bears eat honey"), Document("cats eat fish")])
    prompt = ChatPromptTemplate.from_messages([("system", "Use: {context}"), ("human", "{question}")])
    context = store.as_retriever(search_kwargs={"k": 1}) | (lambda documents: documents[0].page_content)
    return {"context": context, "question": RunnablePassthrough()} | prompt | LocalChatModel() | StrOutputParser()


CHAINS = {
    "functions": lambda: RunnableLambda(errands.upper) | {"a": lambda x: x + "!", "b": RunnablePassthrough()},
    "generator": lambda: RunnableLambda(errands.upper) | RunnableGenerator(each_letter, aeach_letter),
    "branch": lambda: RunnableBranch((lambda x: x == "a", errands.upper), lambda x: x),
    "map": lambda: RunnableLambda(list) | RunnableLambda(errands.upper).map(),
    "retry": lambda: (RunnableLambda(errands.upper) | errands.upper).with_retry(),
    "fallbacks": lambda: RunnableLambda(errands.boom).with_fallbacks([errands.upper]),
    "model": lambda: ChatPromptTemplate.from_template("{x}") | FakeListChatModel(responses=["hi"]) | StrOutputParser(),
    "assign": lambda: RunnablePassthrough.assign(y=lambda d: d["x"]) | (lambda d: d["y"]),
    "bound": lambda: RunnableLambda(errands.upper).with_config(tags=["t"], run_name="loud"),
    "custom": lambda: RunnableLambda(errands.telling) | errands.upper,
    "nested": lambda: RunnableLambda(lambda x: RunnableLambda(errands.upper).invoke(x)),
}


def each_letter(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield from chunk


async def aeach_letter(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        for letter in chunk:
            yield letter


def inputs_of(name: str) -> list[Any]:
    return [{"x": "a"}, {"x": "b"}] if name in ("model", "assign") else ["a", "b"]


def story(watcher: Watcher) -> Any:
    """Each run's events with its place, tags and metadata, by roots; siblings in any order."""
    told: dict[Any, list[Any]] = {}
    for event in watcher.events:
        about = event.run
        key = about.root, about.path, about.name, about.type, tuple(about.tags), str(about.metadata)
        told.setdefault(key, []).append(WORDS[type(event)])
    roots: dict[Any, Any] = {}
    for (root, *place), words in told.items():
        roots.setdefault(root, []).append((*place, words))
    return sorted(sorted(runs) for runs in roots.values())


@pytest.mark.parametrize("verb", BATCHES)
@pytest.mark.parametrize("name", CHAINS)
def test_processes_do_what_is_done_here(processes: Executor, name: str, verb: str) -> None:
    chain, inputs = CHAINS[name](), inputs_of(name)
    here, there = Watcher(), Watcher()
    config: Any = {"tags": ["all"], "metadata": {"m": 1}, "max_concurrency": 2}
    expected = run(chain, inputs, {**config, **here.config}, verb)
    assert run(chain, inputs, {**config, **there.config, "executor": processes}, verb) == expected
    assert run(chain, inputs, {"executor": processes}, verb) == expected
    assert story(there) == story(here)
    assert not there.violations() or there.violations() == here.violations()


def test_a_retrieval_chain_in_processes(processes: Executor) -> None:
    chain = retrieval()
    here, there = Watcher(streaming=True), Watcher(streaming=True)
    questions = ["what do bears eat?", "what do cats eat?"]
    expected = chain.batch(questions, {"max_concurrency": 1, **here.config})
    assert chain.batch(questions, {"executor": processes, **there.config}) == expected
    assert [len(runs) for runs in story(there)] == [len(runs) for runs in story(here)]
    assert sum(isinstance(event, RunChunk) for event in there.events) > 8


def test_it_is_another_process(processes: Executor) -> None:
    pids = RunnableLambda(errands.process).batch([1, 2], {"executor": processes})
    assert os.getpid() not in pids


def test_events_stand_in_the_trace_around(processes: Executor) -> None:
    inner = (RunnableLambda(errands.upper) | errands.upper).with_config(executor=processes)
    with chainviz.trace() as trace:
        (RunnableLambda(list) | inner.map()).invoke("ab")
    [root] = trace.tree
    assert [child.run.path for child in root.children] == ["seq:1", "seq:2"]
    items = root.children[1].children
    assert [item.run.path for item in items] == ["seq:2/each"] * 2
    assert [child.run.path for child in items[0].children] == ["seq:2/each/seq:1", "seq:2/each/seq:2"]
    ids = [event["run_id"] for event in trace.events() if event["event"].endswith("_start")]
    assert len(ids) == len(set(ids)) == 9
    assert all(event["parent_ids"][0] == str(root.run.id) for event in trace.events() if event["parent_ids"])


def test_times_are_ours(processes: Executor) -> None:
    watcher = Watcher()
    before = time.perf_counter_ns()
    (RunnableLambda(errands.sleepy) | errands.sleepy).batch([0.02, 0.03], {"executor": processes, **watcher.config})
    after = time.perf_counter_ns()
    assert all(before <= event.t <= after for event in watcher.events)
    for root in {event.run.root for event in watcher.events}:
        times = [event.t for event in watcher.events if event.run.root is root]
        assert times == sorted(times)
    spans = [event.t - event.run.start for event in watcher.events if isinstance(event, RunEnd) and event.run.parent]
    assert all(span >= 20_000_000 for span in spans)


def test_an_item_is_seen_from_its_start(processes: Executor) -> None:
    watcher = Watcher()
    errand = threading.Thread(
        target=lambda: RunnableLambda(errands.sleepy).batch([0.5], {"executor": processes, **watcher.config})
    )
    errand.start()
    deadline = time.monotonic() + PATIENCE
    while not watcher.events and time.monotonic() < deadline:
        time.sleep(0.005)
    assert watcher.story() == ["start sleepy"]
    errand.join()
    assert watcher.story() == ["start sleepy", "end sleepy"]


def test_custom_events_come_back(processes: Executor) -> None:
    watcher = Watcher()
    RunnableLambda(errands.telling).batch(["a"], {"executor": processes, "tags": ["t"], **watcher.config})
    [event] = [event for event in watcher.events if isinstance(event, CustomEvent)]
    assert (event.name, event.data, event.run.name) == ("said", {"x": "a"}, "telling")
    assert (event.tags, event.metadata) == (["t"], {"m": 1})


@pytest.mark.parametrize("verb", BATCHES)
def test_a_steps_own_exception_comes_back(processes: Executor, verb: str) -> None:
    watcher = Watcher()
    chain = RunnablePassthrough() | errands.boom
    config: Any = {"executor": processes, **watcher.config}
    outputs = run(chain, ["a"], config, verb, return_exceptions=True)
    assert repr(outputs) == "[ValueError('no a')]"
    assert "errands.py" in outputs[0].__notes__[0]
    errors = [event for event in watcher.events if isinstance(event, RunError)]
    assert [event.run.name for event in errors] == ["boom", "RunnableSequence"]
    assert all(event.error is outputs[0] for event in errors)
    with pytest.raises(ValueError, match="no a"):
        run(chain, ["a"], config, verb)
    assert not watcher.violations()


CASES = {
    "input": (errands.upper, threading.Lock(), r"upper, item 1: its input or its config does not pickle \(TypeError"),
    "output": (lambda x: threading.Lock() if x else x, "x", r"item 1: its output does not pickle \(TypeError: cannot"),
    "exception": (errands.fragile, "x", r"fragile, item 1: it raised Fragile\('x x'\), which does not pickle"),
}


@pytest.mark.parametrize("verb", BATCHES)
@pytest.mark.parametrize("what", CASES)
def test_what_does_not_pickle_fails_its_item_only(processes: Executor, what: str, verb: str) -> None:
    function, bad, message = CASES[what]
    watcher = Watcher()
    step = RunnableLambda(lambda x: function(x) if x else x, name=getattr(function, "__name__", None))
    config: Any = {"executor": processes, **watcher.config}
    first, error, last = run(step, ["", bad, ""], config, verb, return_exceptions=True)
    assert (first, last) == ("", "")
    assert isinstance(error, ExecutorError)
    with pytest.raises(ExecutorError, match=message):
        raise error
    assert not watcher.violations()
    assert [event.error for event in watcher.events if isinstance(event, RunError)] == [error]


@pytest.mark.parametrize("verb", BATCHES)
def test_a_worker_that_dies_fails_its_item_only(verb: str) -> None:
    watcher = Watcher()
    with pool_of() as pool:
        config: Any = {"executor": pool, **watcher.config}
        outputs = run(RunnableLambda(errands.die), ["a", "die", "b", "c"], config, verb, return_exceptions=True)
        assert [outputs[0], *outputs[2:]] == ["a", "b", "c"]
        with pytest.raises(ExecutorError, match=r"^die, item 1: its worker died \(BrokenProcessPool: "):
            raise outputs[1]
        assert not watcher.violations()
        assert watcher.story().count("error die") == 1
        assert RunnableLambda(errands.upper).batch(["a"], config) == ["A"]  # the broken pool is replaced each time


@pytest.mark.parametrize("verb", ["batch", "abatch"])
def test_a_retry_tells_which_attempt(verb: str) -> None:
    watcher = Watcher()
    chain = RunnableLambda(errands.die).with_retry(stop_after_attempt=2, wait_exponential_jitter=False)
    with pool_of(1) as pool:
        outputs = run(chain, ["die", "a"], {"executor": pool, **watcher.config}, verb, return_exceptions=True)
    assert outputs[1] == "a"
    with pytest.raises(ExecutorError, match=r"^die, item 0, attempt 2: its worker died"):
        raise outputs[0]
    attempts = [event.run.tags for event in watcher.events if isinstance(event, RunStart) and event.run.parent]
    assert attempts.count(["retry:attempt:2"]) == 1
    assert not watcher.violations()


def test_a_death_by_accident_is_survived(tmp_path: Path) -> None:
    with pool_of() as pool:
        assert RunnableLambda(errands.die_once).batch([str(tmp_path / "seen")], {"executor": pool}) == ["alive"]


def test_a_fallback_serves_for_a_dead_worker() -> None:
    chain = RunnableLambda(errands.die).with_fallbacks([lambda x: f"{x} instead"])
    with pool_of(1) as pool:
        assert chain.batch(["die", "a"], {"executor": pool}) == ["die instead", "a"]


def test_without_cloudpickle_functions_need_a_name(processes: Executor, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    config: Any = {"executor": processes}
    assert (RunnableLambda(errands.upper) | errands.upper).batch(["a"], config) == ["A"]
    with pytest.raises(ExecutorError, match=r"item 0: the step does not pickle .* cloudpickle is installed$"):
        RunnableLambda(lambda x: x).batch(["a"], config)


@pytest.mark.parametrize("verb", BATCHES)
def test_a_deadline_in_processes(processes: Executor, verb: str) -> None:
    watcher = Watcher()
    config: Any = {"executor": processes, "timeout": 0.5, **watcher.config}
    quick, slow = run(RunnableLambda(errands.sleepy), [0.0, 1.0], config, verb, return_exceptions=True)
    assert quick == 0.0
    assert isinstance(slow, StepTimeoutError)
    [cancel] = [event for event in watcher.events if isinstance(event, RunCancel)]
    assert cancel.reason == "timeout after 0.5 s"
    assert not watcher.violations()
    time.sleep(0.5)  # let the worker come to its end


def begun(folder: Path) -> set[str]:
    """The items that `errands.held` was called with."""
    return {path.name for path in folder.iterdir()} - {"gate"}


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Path]:
    """What holds `errands.held` while it stands."""
    gate = tmp_path / "gate"
    gate.mkdir()
    yield gate
    if gate.exists():
        gate.rmdir()


async def test_cancelling_a_batch_in_processes(processes: Executor, tmp_path: Path, gate: Path) -> None:
    """The call is back while its items are held."""
    watcher = Watcher()
    paths = [str(tmp_path / name) for name in "abc"]
    task = asyncio.create_task(RunnableLambda(errands.held).abatch(paths, {"executor": processes, **watcher.config}))
    while not begun(tmp_path):
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not watcher.violations()


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_after_an_interrupt_pending_items_never_start(tmp_path: Path, gate: Path, kind: str) -> None:
    """The call is back while the item that is at work is held."""
    watcher = Watcher()
    back = threading.Event()

    def interrupt() -> None:
        while not begun(tmp_path):
            time.sleep(0.005)
        while not back.is_set():  # Python loses a signal that comes just as a thread begins to wait
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            back.wait(2)

    paths = [str(tmp_path / str(number)) for number in range(20)]
    with pool_of(1) if kind == "processes" else ThreadPoolExecutor(1) as pool:
        RunnableLambda(errands.upper).batch(["warm"], {"executor": pool})
        person = threading.Thread(target=interrupt)
        person.start()
        with pytest.raises(KeyboardInterrupt):
            RunnableLambda(errands.held).batch(paths, {"executor": pool, **watcher.config})
        back.set()
        person.join()
        gate.rmdir()
    assert len(begun(tmp_path)) < 5
    assert not watcher.violations()


@pytest.mark.parametrize("limit", [1, 2, None])
def test_no_more_items_are_open_than_run(processes: Executor, limit: int | None) -> None:
    watcher = Watcher()
    config: Any = {"executor": processes, "max_concurrency": limit, **watcher.config}
    RunnableLambda(errands.sleepy).batch([0.01] * 6, config)
    change = [1 if isinstance(event, RunStart) else -1 for event in watcher.events]
    assert max(itertools.accumulate(change)) == (limit or 2)


class Own(Runnable[str, str]):
    """A Runnable of one's own, which opens no run."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def invoke(self, input: str, config: Any = None, **kwargs: Any) -> str:
        return self.inside.invoke(input, config) + "!"


def test_a_runnable_of_ones_own(processes: Executor) -> None:
    here, there = Watcher(), Watcher()
    own = Own(RunnableLambda(errands.upper) | errands.upper)
    expected = own.batch(["a", "a"], {"max_concurrency": 1, "tags": ["t"], **here.config})
    assert own.batch(["a", "a"], {"executor": processes, "tags": ["t"], **there.config}) == expected == ["A!", "A!"]
    assert story(there) == story(here)
    assert not there.violations()


def test_listeners_of_the_whole_are_told_here(processes: Executor) -> None:
    heard: list[Any] = []
    step = RunnableLambda(errands.upper).with_listeners(on_end=lambda run: heard.append(run.outputs))
    assert step.batch(["a", "b"], {"executor": processes}) == ["A", "B"]
    assert sorted(str(one) for one in heard) == ["{'output': 'A'}", "{'output': 'B'}"]


# --- threads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", BATCHES)
def test_threads_do_what_is_done_here(verb: str) -> None:
    here, there = Watcher(), Watcher()
    chain = RunnableLambda(errands.upper) | RunnableParallel(a=RunnableLambda(list), b=RunnableLambda(errands.upper))
    expected = run(chain, ["a", "b"], here.config, verb)
    with ThreadPoolExecutor(2, "mine") as pool:
        assert run(chain, ["a", "b"], {"executor": pool, **there.config}, verb) == expected
        names = run(RunnableLambda(lambda x: threading.current_thread().name), [1, 2], {"executor": pool}, "batch")
    assert story(there) == story(here)
    assert not there.violations()
    assert all(name.startswith("mine") for name in names)


@pytest.mark.parametrize("verb", BATCHES)
def test_the_context_follows_to_threads(verb: str) -> None:
    COLOR.set("red")
    with ThreadPoolExecutor(2) as pool:
        assert run(RunnableLambda(lambda x: COLOR.get()), [1, 2], {"executor": pool}, verb) == ["red", "red"]
    COLOR.set("none")


def test_an_executor_inside_itself_does_not_deadlock() -> None:
    with ThreadPoolExecutor(1) as pool:
        inner = RunnableLambda(lambda x: x).with_config(executor=pool)
        outer = RunnableLambda(lambda x: sum(inner.batch([x, x])))
        assert outer.batch([1, 2], {"executor": pool}) == [2, 4]


async def test_cancelling_a_batch_on_threads() -> None:
    watcher = Watcher()
    with ThreadPoolExecutor(2) as pool:
        step = RunnableLambda(errands.sleepy, errands.asleepy)
        task = asyncio.create_task(step.abatch([PATIENCE] * 4, {"executor": pool, **watcher.config}))
        await asyncio.sleep(0.1)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not watcher.violations()
    reasons = {event.reason for event in watcher.events if isinstance(event, RunCancel)}
    assert "enough" in reasons and reasons <= {"enough", "cancelled"}


# --- other executors ---------------------------------------------------------------------------------------------


class Failing(Executor):
    """Does with its calls what `how` says."""

    def __init__(self, how: Any) -> None:
        self.how = how

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.how(future)
        return future


def test_an_executor_that_fails(recwarn: Any) -> None:
    def refuse(future: Future[Any]) -> None:
        raise RuntimeError("no more")

    hows = {
        "its executor failed (RuntimeError: no more)": refuse,
        "its executor failed (OSError: gone)": lambda future: future.set_exception(OSError("gone")),
        "its worker died (BrokenExecutor: all of them)": lambda future: future.set_exception(
            BrokenExecutor("all of them")
        ),
        "its executor cancelled it": lambda future: future.cancel(),
    }
    for message, how in hows.items():
        for verb in BATCHES:
            [error] = run(
                RunnableLambda(errands.upper), ["a"], {"executor": Failing(how)}, verb, return_exceptions=True
            )
            assert str(error) == f"upper, item 0: {message}"


def test_an_executor_is_an_executor() -> None:
    with pytest.raises(
        InvalidConfigError, match=r"config\['executor'\]: expected a concurrent.futures.Executor, got 3"
    ):
        RunnableLambda(errands.upper).batch(["a"], {"executor": 3})  # type: ignore[typeddict-item]


def test_it_is_for_batches_and_not_inherited() -> None:
    seen: list[Any] = []
    with ThreadPoolExecutor(1) as pool:
        step = RunnableLambda(lambda x, config: seen.append(config.get("executor")))
        step.batch([1], {"executor": pool})
        step.invoke(1, {"executor": pool})
    assert seen == [None, None]


def test_the_functions_of_configs_know_the_keys() -> None:
    with ThreadPoolExecutor(1) as pool:
        one: Any = {"timeout": 1.0, "executor": pool, "run_id": uuid4()}
        assert merge_configs({"timeout": 2.0}, one) == one
        assert merge_configs(one, {"timeout": None}) == one
        complete = ensure_config(one)
        assert (complete.get("timeout"), complete.get("executor"), complete["configurable"]) == (1.0, pool, {})
        first, second = config_list(one, 2)
        assert first == one and second == {"timeout": 1.0, "executor": pool}


def test_a_missing_dask_names_its_extra() -> None:
    program = """
import sys
sys.modules["distributed"] = None
from chainviz import DaskExecutor
try:
    DaskExecutor(None)
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == (
        "DaskExecutor needs the package 'distributed', which is not installed: pip install 'chainviz[dask]'"
    )


@pytest.mark.parametrize("chained", [False, True])
def test_what_a_provider_says_comes_back(processes: ProcessPoolExecutor, chained: bool) -> None:
    told: list[Any] = []

    class Handler(BaseCallbackHandler):
        def on_llm_end(self, response: Any, **kwargs: Any) -> None:
            told.append((response.llm_output, response.generations[0][0].generation_info))

    model = errands.Talkative(responses=["a"])
    step: Any = RunnableLambda(errands.upper) | model if chained else model
    step.batch(["x", "y"], {"executor": processes, "callbacks": [Handler()]})
    assert told == [({"tokens": 3}, {"reason": "stop"})] * 2
