"""Running a chain in order to see its run events, without an event loop: the sync twins of `tracing.observe`."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, cast

from chainviz.config import merge_callbacks
from chainviz.errors import InvalidConfigError
from chainviz.runnables.feed import Feed
from chainviz.tracing.log_projection import LogProjection
from chainviz.tracing.run_log import RunLog, RunLogPatch, log_of
from chainviz.tracing.stream_events import EventProjection

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable
    from chainviz.tracing.events import RunEvent
    from chainviz.tracing.run_filter import RunFilter
    from chainviz.tracing.stream_events import Called, StreamEvent

READ_AHEAD = 1_000
"""How many events the chain may be ahead of a slow reader before it has to wait."""


class _Inbox:
    """The sink of one reader."""

    streaming = True

    def __init__(self, feed: Feed[RunEvent]) -> None:
        self._put = feed.put

    def __call__(self, event: RunEvent) -> None:
        self._put(event)

    def __repr__(self) -> str:
        return "the reader of stream_events"


def observed(
    step: Runnable[Any, Any], input: Any, config: RunnableConfig | None, kwargs: dict[str, Any]
) -> Generator[list[RunEvent]]:
    """Stream the chain's output to its end, on a thread, and give every run event in it, each time those that have come
    meanwhile.

    What the chain raises is raised after its last event. Leaving early stops the chain between two chunks, and waits
    until it has ended; a chain that is busy is abandoned. Either way its runs end as cancelled.
    """
    feed: Feed[RunEvent] = Feed(READ_AHEAD)
    watched = cast("RunnableConfig", {**(config or {})})
    watched["callbacks"] = merge_callbacks(watched.get("callbacks"), [_Inbox(feed)])
    feed.start(lambda: step.stream(input, watched, **kwargs))
    try:
        while feed.wait():
            events = feed.take()
            if not events:
                break
            yield events
    except KeyboardInterrupt:
        feed.gate.close("interrupted")
        raise
    finally:
        feed.stop("the consumer stopped reading")
    feed.finish()


def stream_events(
    step: Runnable[Any, Any],
    input: Any,
    config: RunnableConfig | None,
    kwargs: dict[str, Any],
    version: Literal["v1", "v2"],
    chosen: RunFilter,
    called: Called,
) -> Iterator[StreamEvent]:
    """What `astream_events` gives. Raises InvalidConfigError for another version."""
    if version not in ("v1", "v2"):
        raise InvalidConfigError(f"stream_events: expected version 'v1' or 'v2', got {version!r}")
    projection = EventProjection(version, chosen, input, called)
    with closing(observed(step, input, config, kwargs)) as batches:
        for events in batches:
            for event in events:
                yield from projection.feed(event)


def stream_log(
    step: Runnable[Any, Any],
    input: Any,
    config: RunnableConfig | None,
    kwargs: dict[str, Any],
    with_streamed_output_list: bool,
    chosen: RunFilter,
) -> Generator[RunLogPatch]:
    """What `astream_log` gives."""
    projection = LogProjection(chosen, with_streamed_output_list=with_streamed_output_list)
    with closing(observed(step, input, config, kwargs)) as batches:
        for events in batches:
            for event in events:
                patch = projection.feed(event)
                if patch is not None:
                    yield patch


def stream_states(patches: Generator[RunLogPatch]) -> Iterator[RunLog]:
    """The states that the patches make, one after each."""
    log: RunLog | None = None
    with closing(patches):
        for patch in patches:
            log = log_of([patch]) if log is None else log + patch
            yield log


__all__ = ["observed", "stream_events", "stream_log", "stream_states"]
