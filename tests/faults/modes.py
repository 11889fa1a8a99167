"""The ways of running a chain, and what must hold after each of them, whatever the fault was."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import chainviz
from chainviz.config import CURRENT

from ..tracing.watching import Watcher

PATIENCE = 5.0
_HOMES = (os.path.dirname(chainviz.__file__), os.path.dirname(__file__))


async def _drained(stream: Any) -> list[Any]:
    return [chunk async for chunk in stream]


async def _one(value: Any) -> Any:
    yield value


MODES: dict[str, Callable[[Any, Any], Any]] = {
    "invoke": lambda chain, config: chain.invoke("x", config),
    "batch": lambda chain, config: chain.batch(["x", "y"], config),
    "batch completed": lambda chain, config: list(chain.batch_as_completed(["x", "y"], config)),
    "stream": lambda chain, config: list(chain.stream("x", config)),
    "transform": lambda chain, config: list(chain.transform(iter(["x"]), config)),
    "sync events": lambda chain, config: list(chain.stream_events("x", config)),
    "sync log": lambda chain, config: list(chain.stream_log("x", config)),
}
"""What runs a chain on the caller's thread."""

AMODES: dict[str, Callable[[Any, Any], Awaitable[Any]]] = {
    "ainvoke": lambda chain, config: chain.ainvoke("x", config),
    "abatch": lambda chain, config: chain.abatch(["x", "y"], config),
    "abatch completed": lambda chain, config: _drained(chain.abatch_as_completed(["x", "y"], config)),
    "astream": lambda chain, config: _drained(chain.astream("x", config)),
    "atransform": lambda chain, config: _drained(chain.atransform(_one("x"), config)),
    "events v2": lambda chain, config: _drained(chain.astream_events("x", config)),
    "events v1": lambda chain, config: _drained(chain.astream_events("x", config, version="v1")),
    "log": lambda chain, config: _drained(chain.astream_log("x", config)),
    "log states": lambda chain, config: _drained(chain.astream_log("x", config, diff=False)),
}
"""What runs it on an event loop."""

EVERY_MODE = [*MODES, *AMODES]


class Watch:
    """Somebody who watches, and knows what must hold whatever happens: I1 to I3."""

    def __init__(self, *others: Any, streaming: bool = False) -> None:
        self.watcher = Watcher(streaming=streaming)
        self.config: Any = {"callbacks": [*others, self.watcher]}

    def run(self, mode: str, chain: Any) -> Any:
        """What the mode gives. Raises what it raises."""
        if mode in MODES:
            return self.call(lambda: MODES[mode](chain, self.config))
        return self.acall(lambda: AMODES[mode](chain, self.config))

    def run_unwatched(self, mode: str, chain: Any) -> Any:
        """`run` with nobody watching: what is shorter then must keep the same promises."""
        if mode in MODES:
            return self.call(lambda: MODES[mode](chain, None))
        return self.acall(lambda: AMODES[mode](chain, None))

    def call(self, function: Callable[[], Any]) -> Any:
        try:
            return function()
        finally:
            self.check()
            nothing_at_work()

    def acall(self, function: Callable[[], Awaitable[Any]], *, leaves_threads: bool = False) -> Any:
        given: list[Any] = []
        complaints: list[Any] = []

        async def run() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            try:
                given.append(await function())  # not returned: `asyncio.run` makes a repr of what it returns
            finally:
                self.check()
                assert asyncio.all_tasks() == {asyncio.current_task()}

        try:
            asyncio.run(run())
        finally:
            assert complaints == []
            if not leaves_threads:
                nothing_at_work()
        return given[0]

    def check(self) -> None:
        """What must hold as soon as the caller has control again."""
        assert self.watcher.violations() == []
        assert CURRENT.get() is None


def nothing_at_work() -> None:
    """No thread but this one is in our code or in that of a test: those of a pool may only idle. The outbox's is the
    process's: whatever test was the first to show a trace has started it."""
    give_up = time.perf_counter() + PATIENCE
    while (busy := _threads_at_work()) and time.perf_counter() < give_up:
        time.sleep(0.001)
    assert busy == []


def _threads_at_work() -> list[str]:
    frames = sys._current_frames()
    found: list[str] = []
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        while frame is not None and thread is not threading.current_thread() and thread.name != "chainviz outbox":
            if frame.f_code.co_filename.startswith(_HOMES):
                found.append(f"{thread.name} in {frame.f_code.co_filename}:{frame.f_lineno}")
            frame = frame.f_back
    return found
