"""Dask: a batch on a local cluster of processes."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import dask
import pytest
from distributed import Client, LocalCluster

import chainviz
from chainviz import DaskExecutor, RunnableLambda
from chainviz.errors import ExecutorError
from chainviz.tracing.events import RunStart


class Watcher:
    """A sink that keeps the events."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)


def die(x: Any) -> Any:
    if x == "die":
        os._exit(3)
    return x


def chain() -> Any:
    return RunnableLambda(str.upper) | {"a": lambda x: x + "!", "b": RunnableLambda(die)} | (lambda d: d["a"] + d["b"])


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    # Its own log tells of every worker that dies, which is what is wanted here.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with (
        # A worker that a busy machine does not bring back fails what waits for it.
        dask.config.set(
            {"distributed.scheduler.allowed-failures": 1, "distributed.scheduler.no-workers-timeout": "60s"}
        ),
        LocalCluster(
            processes=True, n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(params=["DaskExecutor", "get_executor"])
def executor(request: Any, client: Client) -> Any:
    return DaskExecutor(client) if request.param == "DaskExecutor" else client.get_executor()


@pytest.mark.parametrize("verb", ["batch", "abatch", "batch_as_completed", "abatch_as_completed"])
def test_a_cluster_does_what_is_done_here(executor: Any, verb: str) -> None:
    config: Any = {"executor": executor, "tags": ["t"]}
    inputs = ["x", "y", "x", "z"]

    async def arun() -> list[Any]:
        if verb == "abatch":
            return await chain().abatch(inputs, config)
        return [pair async for pair in chain().abatch_as_completed(inputs, config)]

    with chainviz.trace() as trace:
        if verb == "batch":
            outputs = chain().batch(inputs, config)
        elif verb == "batch_as_completed":
            outputs = list(chain().batch_as_completed(inputs, config))
        else:
            outputs = asyncio.run(arun())
    if "completed" in verb:
        outputs = [output for _, output in sorted(outputs)]
    assert outputs == ["X!X", "Y!Y", "X!X", "Z!Z"] == chain().batch(inputs)
    assert [len(root.children) for root in trace.tree] == [3] * 4
    assert all(event["tags"][-1] == "t" or "t" in event["tags"] for event in trace.events())
    ids = [event["run_id"] for event in trace.events() if event["event"].endswith("_start")]
    assert len(ids) == len(set(ids)) == 24


def test_it_is_another_process(executor: Any) -> None:
    pids = RunnableLambda(lambda x: os.getpid()).batch([1, 2, 3], {"executor": executor})
    assert os.getpid() not in pids


def test_equal_inputs_are_not_one(executor: Any) -> None:
    assert len(set(RunnableLambda(lambda x: time.perf_counter_ns()).batch([1] * 4, {"executor": executor}))) == 4


def test_a_worker_that_dies_fails_its_item_only(client: Client) -> None:
    watcher = Watcher()
    step = RunnableLambda(die)
    config: Any = {"executor": DaskExecutor(client), "callbacks": [watcher]}
    outputs = step.batch(["a", "die", "b", "c"], config, return_exceptions=True)
    assert [outputs[0], *outputs[2:]] == ["a", "b", "c"]
    with pytest.raises(ExecutorError, match=r"^die, item 1: its worker died \(KilledWorker: "):
        raise outputs[1]
    assert sum(isinstance(event, RunStart) for event in watcher.events) == 4
    client.wait_for_workers(2, timeout=60)


def test_what_does_not_pickle_fails_its_item_only(executor: Any) -> None:
    outputs = RunnableLambda(lambda x: x).batch(
        [1, threading.Lock(), 3], {"executor": executor}, return_exceptions=True
    )
    assert (outputs[0], outputs[2]) == (1, 3)
    assert isinstance(outputs[1], ExecutorError)
    assert "item 1: its input or its config does not pickle" in str(outputs[1])


def test_a_steps_own_exception(executor: Any) -> None:
    def boom(x: Any) -> Any:
        raise KeyError(x)

    with pytest.raises(KeyError, match="a"):
        RunnableLambda(boom).batch(["a"], {"executor": executor})


def test_a_chain_is_sent_once(client: Client) -> None:
    executor = DaskExecutor(client)
    weight = os.urandom(1_000_000)
    sizes = RunnableLambda(lambda x: len(weight) + x).batch(list(range(6)), {"executor": executor})
    assert sizes == [1_000_000 + number for number in range(6)]
    client.wait_for_workers(2, timeout=60)
    assert executor.workers == 2
    assert len(executor._steps) == 1
    executor.shutdown()
