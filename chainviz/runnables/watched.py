"""The stream that is one run: each part is reported as it passes, and the run ends when the stream does."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from chainviz.addable import total_of
from chainviz.config import CURRENT, ambient
from chainviz.missing import MISSING
from chainviz.runnables.pipeline import APipeline, Pipeline
from chainviz.runnables.streams import aclose, close

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from chainviz.tracing.active import ActiveRun


class Seen:
    """The chunks that have passed. What one run gives the next one takes, so both read the same list."""

    __slots__ = ("_count", "_total", "chunks")

    def __init__(self) -> None:
        self.chunks: list[Any] = []
        self._total: Any = MISSING
        self._count = 0

    def total(self) -> Any:
        """Their sum for a report: the last of them where they cannot be added, MISSING where there are none."""
        if self._count != len(self.chunks):
            self._count = len(self.chunks)
            try:
                self._total = total_of(self.chunks)
            except Exception:  # chunks of a user's class raise what they like
                self._total = self.chunks[-1]
        return self._total

    def output(self) -> Any:
        """The same as the output of a run, which is None where there were none."""
        total = self.total()
        return None if total is MISSING else total

    def become(self, other: Seen) -> None:
        """See from now on what the other sees, which has not begun yet, and may itself become another."""
        other.chunks = self.chunks


class Watched:
    """A stream of a run, with what it has given so far."""

    __slots__ = ("_stream", "given")

    def __init__(self, stream: Iterator[Any], given: Seen) -> None:
        self._stream = stream
        self.given = given

    def __iter__(self) -> Iterator[Any]:
        return self._stream

    def __next__(self) -> Any:
        return next(self._stream)

    def close(self) -> None:
        close(self._stream)


class AWatched:
    """`Watched` for an asynchronous stream."""

    __slots__ = ("_stream", "given")

    def __init__(self, stream: AsyncIterator[Any], given: Seen) -> None:
        self._stream = stream
        self.given = given

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._stream

    def __anext__(self) -> Awaitable[Any]:
        return anext(self._stream)

    async def aclose(self) -> None:
        await aclose(self._stream)


def watch(
    begin: Callable[[], tuple[ActiveRun, Callable[[], Iterator[Any]], Seen | None] | None], leads: bool, given: Seen
) -> Iterator[Any]:
    """Stream as one run: the one that `begin` opens, with what makes its output and with the chunks that it takes. What
    is inside ends before the run does.

    `leads` says that code of the step's own may call others, which then are its children.
    """
    opened = begin()
    if opened is None:
        return
    run, made, taken = opened
    output: Any = None
    report = taken is not None or (run.record.type == "chain" and run.record.parent is None)
    keep, tell = given.chunks.append, run.teller()
    try:
        with ambient(run):
            output = made()
        if isinstance(output, Pipeline) and isinstance(output.last, Watched):
            given.become(output.last.given)
            keep = None
        stream = iter(output)
        while True:
            if leads:
                before = CURRENT.get()
                CURRENT.set(run)
                try:
                    chunk = next(stream, MISSING)
                finally:
                    CURRENT.set(before)
            else:
                chunk = next(stream, MISSING)
            if chunk is MISSING:
                break
            if keep is not None:
                keep(chunk)
            if report:
                tell(chunk)
            yield chunk
        with ambient(run):
            close(output)
    except BaseException as error:
        try:
            with ambient(run):
                close(output)
        finally:
            run.fail(error, taken.total() if taken else MISSING)
        raise
    run.end(given.output(), taken.total() if taken else MISSING)


async def awatch(
    begin: Callable[[], Awaitable[tuple[ActiveRun, Callable[[], AsyncIterator[Any]], Seen | None] | None]],
    leads: bool,
    given: Seen,
    each: Callable[[Any], Any] | None = None,
) -> AsyncIterator[Any]:
    """`watch` without blocking the event loop; `each` chunk of the output is made another, where it is given."""
    opened = await begin()
    if opened is None:
        return
    run, made, taken = opened
    output: Any = None
    report = taken is not None or (run.record.type == "chain" and run.record.parent is None)
    keep, tell = given.chunks.append, run.teller()
    try:
        with ambient(run):
            output = made()
        if isinstance(output, APipeline) and isinstance(output.last, AWatched):
            given.become(output.last.given)
            keep = None
        following = aiter(output).__anext__
        while True:
            try:
                if leads:
                    before = CURRENT.get()
                    CURRENT.set(run)
                    try:
                        chunk = await following()
                    finally:
                        CURRENT.set(before)
                else:
                    chunk = await following()
            except StopAsyncIteration:
                break
            if each is not None:
                chunk = each(chunk)
            if keep is not None:
                keep(chunk)
            if report:
                tell(chunk)
            yield chunk
        with ambient(run):
            await aclose(output)
    except BaseException as error:
        try:
            with ambient(run):
                await aclose(output)
        finally:
            run.fail(error, taken.total() if taken else MISSING)
        raise
    else:
        run.end(given.output(), taken.total() if taken else MISSING)
    finally:
        if run.record.parent is run.bus.outside:
            await run.bus.settle()


def begun(chunks: Iterator[Any]) -> tuple[Iterator[Any], Seen]:
    """The stream, with what passes. Its first chunk is taken now: who reads a stream begins after who makes it."""
    first = next(chunks, MISSING)
    if isinstance(chunks, Watched):
        return iter(()) if first is MISSING else chain((first,), chunks), chunks.given
    seen = Seen()
    return iter(()) if first is MISSING else _tapped(first, chunks, seen.chunks), seen


def _tapped(first: Any, rest: Iterator[Any], seen: list[Any]) -> Iterator[Any]:
    seen.append(first)
    yield first
    for chunk in rest:
        seen.append(chunk)
        yield chunk


async def abegun(chunks: AsyncIterator[Any]) -> tuple[AsyncIterator[Any], Seen]:
    """`begun` for an asynchronous stream."""
    first = await anext(chunks, MISSING)
    if isinstance(chunks, AWatched):
        return _Begun(first, aiter(chunks)), chunks.given
    seen = Seen()
    if first is not MISSING:
        seen.chunks.append(first)
    return _ATapped(first, chunks, seen.chunks), seen


# These are no generators: an asynchronous generator that is left half-read has to be closed, they need not be.


class _Begun:
    """A stream whose first chunk was taken."""

    __slots__ = ("_first", "_following")

    def __init__(self, first: Any, rest: AsyncIterator[Any]) -> None:
        self._first = first
        self._following = rest.__anext__

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Awaitable[Any]:
        if self._first is MISSING:
            return self._following()
        first, self._first = self._first, MISSING
        return _ready(first)


async def _ready(value: Any) -> Any:
    return value


class _ATapped(_Begun):
    """The same, with what passes in a list."""

    __slots__ = ("_seen",)

    def __init__(self, first: Any, rest: AsyncIterator[Any], seen: list[Any]) -> None:
        super().__init__(first, rest)
        self._seen = seen

    def __anext__(self) -> Awaitable[Any]:
        return super().__anext__() if self._first is not MISSING else self._next()

    async def _next(self) -> Any:
        chunk = await self._following()
        self._seen.append(chunk)
        return chunk


__all__ = ["AWatched", "Seen", "Watched", "abegun", "awatch", "begun", "watch"]
