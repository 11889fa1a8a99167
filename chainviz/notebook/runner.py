"""`watch`: a chain run in the background, seen live.

The runs go on a thread of their own with an event loop of its own, so that the kernel is free to answer the page while
they last, and a cell may end, or wait, as it likes.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from chainviz.config import RunnableConfig, merge_callbacks
from chainviz.errors import InvalidInputError, shorten
from chainviz.notebook.show import show_trace
from chainviz.runnables.coerce import adopted
from chainviz.runnables.functions import streams_sync_only
from chainviz.runnables.streams import whole
from chainviz.runnables.threaded import threaded
from chainviz.tracing.trace import Trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Generator

_STOPPED = "the run was stopped before it had an output"

logger = logging.getLogger("chainviz")


class Runner:
    """An event loop on a daemon thread, started with the first thing to run."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = Lock()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                Thread(target=self._loop.run_forever, name="chainviz runner", daemon=True).start()
            return self._loop

    def start(self, work: Coroutine[Any, Any, Any], future: Future[Any]) -> Future[asyncio.Task[None]]:
        """Run a coroutine under the caller's context variables; `future` gets what comes of it."""
        context = contextvars.copy_context()
        started: Future[asyncio.Task[None]] = Future()

        def begin() -> None:
            started.set_result(self.loop.create_task(_settle(work, future), context=context))

        self.loop.call_soon_threadsafe(begin)
        return started


async def _settle(work: Coroutine[Any, Any, Any], future: Future[Any]) -> None:
    try:
        result = await work
    except asyncio.CancelledError:
        future.cancel()
        raise
    except BaseException as error:
        future.set_exception(error)
        if not isinstance(error, Exception):
            raise
    else:
        future.set_result(result)


RUNNER = Runner()


class Watch(Trace):
    """The trace of one call that runs in the background."""

    stoppable = True

    def __init__(self, chain: Any, input: Any, config: RunnableConfig | None) -> None:
        super().__init__()
        self._state = "open"
        self._future: Future[Any] = Future()
        watched: RunnableConfig = {**(config or {})}
        watched["callbacks"] = merge_callbacks(watched.get("callbacks"), [self])
        self._task = RUNNER.start(self._run(_stream(chain, input, watched)), self._future)

    async def _run(self, stream: AsyncIterator[Any]) -> Any:
        try:
            chunks = [chunk async for chunk in stream]
        except Exception as error:
            if not self.recorder.events:
                logger.exception("chainviz.watch: the chain did not start: %s", error)
            raise
        finally:
            self.leave()
        return _as_invoked(whole(chunks))

    def result(self, timeout: float | None = None) -> Any:
        """The chain's output; waits for it.

        Raises what the chain raised, the same object; CancelledError where it was stopped; TimeoutError after
        `timeout` seconds.
        """
        try:
            return self._future.result(timeout)
        except FutureCancelled:
            raise FutureCancelled(_STOPPED) from None

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._wait().__await__()

    async def _wait(self) -> Any:
        # Who stops waiting must not stop the run.
        try:
            return await asyncio.shield(asyncio.wrap_future(self._future))
        except asyncio.CancelledError:
            if self._future.cancelled():
                raise asyncio.CancelledError(_STOPPED) from None
            raise

    def stop(self) -> None:
        """Cancel the run, wherever it is; does nothing once it has ended."""
        if not self._future.done():
            task = self._task.result()
            RUNNER.loop.call_soon_threadsafe(task.cancel, "stopped")


def _stream(chain: Any, input: Any, config: RunnableConfig) -> AsyncIterator[Any]:
    """The chain's stream. Where a generator function serves the sync verbs only, it is read on a thread."""
    if streams_sync_only(chain):
        return threaded(lambda: chain.stream(input, config))
    return chain.astream(input, config)


def _as_invoked(output: Any) -> Any:
    """A stream's sum as `invoke` gives it: of a model's message chunks the message."""
    if hasattr(output, "message_class"):
        from chainviz.messages.convert import message_chunk_to_message

        return message_chunk_to_message(output)
    return output


def watch(chain: Any, input: Any, config: RunnableConfig | None = None) -> Watch:
    """Run a chain, ours or LangChain's or a LangGraph graph, in the background and show it live; returns at once.

    `t.result()` or `await t` gives its output or raises what it raised, `t.stop()` stops it, and `t` is its trace.
    Raises InvalidInputError where `chain` is no Runnable.
    """
    chain = adopted(chain) or chain
    if not callable(getattr(chain, "astream", None)):
        raise InvalidInputError(f"watch: expected a Runnable, got {shorten(chain)}")
    if config is not None and not isinstance(config, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"watch: expected config to be a dict with keys like 'tags', got {shorten(config)}")
    trace = Watch(chain, input, config)
    show_trace(trace)
    return trace


__all__ = ["Watch", "watch"]
