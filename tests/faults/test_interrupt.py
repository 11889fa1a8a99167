"""The user interrupts: what waits never begins, what runs is not waited for, and every open run ends as cancelled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from chainviz import RunnableLambda, RunnableParallel
from chainviz.tracing.events import RunCancel

from .modes import MODES, PATIENCE, Watch, nothing_at_work
from .places import PLACES, Act

PROGRAM = """
import asyncio, json, sys, threading, time
from chainviz import RunnableGenerator, RunnableLambda, RunnableParallel
from chainviz.tracing.events import RunCancel, RunEnd, RunError, RunStart

begun, ended, counts = [], [], {"open": 0, "cancel": 0}

def watch(event):
    counts["open"] += isinstance(event, RunStart) - isinstance(event, (RunEnd, RunError, RunCancel))
    counts["cancel"] += isinstance(event, RunCancel)

def block(x):
    begun.append(x)
    if len(begun) == EXPECTED:
        print("begun", flush=True)
    time.sleep(30)
    ended.append(x)
    return x

async def ablock(x):
    begun.append(x)
    if len(begun) == EXPECTED:
        print("begun", flush=True)
    await asyncio.sleep(30)
    ended.append(x)

def blocks(chunks):
    for chunk in chunks:
        yield chunk
        yield block(chunk)

step, config = RunnableLambda(block), {"callbacks": [watch]}
astep = RunnableLambda(block, ablock)

async def read(stream):
    async for _ in stream:
        pass

def main():
    CALL

try:
    main()
except KeyboardInterrupt:
    print(json.dumps({"begun": len(begun), "ended": len(ended), **counts}), flush=True)
    import os
    os._exit(0)  # the workers sleep on, and a pool's threads would be joined
"""

CALLS = {
    "invoke": (1, "(step | step).invoke(1, config)"),
    "batch": (4, 'step.batch(list(range(100)), {**config, "max_concurrency": 4})'),
    "batch unlimited": (30, "step.batch(list(range(500)), config)"),
    "map": (4, 'step.map().invoke(list(range(100)), {**config, "max_concurrency": 4})'),
    "parallel": (3, "RunnableParallel(a=step, b=step, c=step).invoke(1, config)"),
    "stream": (1, "list(RunnableGenerator(blocks).stream(1, config))"),
    "stream of a parallel": (3, "list(RunnableParallel(a=step, b=step, c=step).stream(1, config))"),
    "batch in a batch": (
        4,
        'RunnableLambda(lambda x: step.batch([1] * 9)).batch([1] * 9, {**config, "max_concurrency": 4})',
    ),
    "ainvoke": (1, "asyncio.run(astep.ainvoke(1, config))"),
    "abatch": (3, "asyncio.run(astep.abatch([1, 2, 3], config))"),
    "astream": (1, "asyncio.run(read(astep.astream(1, config)))"),
    "events": (1, "asyncio.run(read(astep.astream_events(1, config)))"),
    "unwatched batch": (4, 'step.batch(list(range(100)), {"max_concurrency": 4})'),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_real_interrupt(call: str) -> None:
    expected, code = CALLS[call]
    program = PROGRAM.replace("EXPECTED", str(expected)).replace("CALL", code)
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
    assert told["ended"] == 0
    assert told["begun"] <= expected + 2
    assert told["open"] == 0
    assert told["cancel"] > 0 or call == "unwatched batch"


def interrupts(x: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupt_in_a_step(place: str, mode: str) -> None:
    watch = Watch(streaming=place == "model")
    with pytest.raises(KeyboardInterrupt):
        watch.run(mode, PLACES[place](Act(interrupts)))
    last = watch.watcher.last()
    assert isinstance(last, RunCancel)
    assert last.reason == "interrupted"


@pytest.mark.parametrize(("kind", "which"), [("batch", 1), ("map", 1), ("parallel", 1), ("stream", 1), ("stream", 3)])
def test_it_is_back_while_the_others_block_and_what_waits_never_begins(kind: str, which: int) -> None:
    begun: list[Any] = []
    ended: list[bool] = []
    gate, watch = threading.Event(), Watch()

    def work(x: Any) -> Any:
        begun.append(x)
        if len(begun) == which:
            time.sleep(0.02)
            raise KeyboardInterrupt
        ended.append(gate.wait(PATIENCE))
        return x

    step = RunnableLambda(work)
    config = {**watch.config, "max_concurrency": 3}
    calls = {
        "batch": lambda: step.batch(list(range(100)), config),
        "map": lambda: step.map().invoke(list(range(100)), config),
        "parallel": lambda: RunnableParallel({str(number): step for number in range(20)}).invoke(1, config),
        "stream": lambda: list(RunnableParallel({str(number): step for number in range(20)}).stream(1, config)),
    }
    with pytest.raises(KeyboardInterrupt):
        calls[kind]()
    assert not ended
    watch.check()
    story = watch.watcher.story()
    gate.set()
    nothing_at_work()
    assert len(begun) <= 3
    assert watch.watcher.story() == story
