"""The bus: hands each run event to the sinks that are listening, and keeps their faults away from the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from chainviz.errors import describe, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainviz.tracing.events import Run, RunEvent

FAULTS_ALLOWED = 3


class Sink(Protocol):
    """Takes each event as it happens, on the thread where it happens; must be quick.

    A sink with `streaming = True` wants tokens: models then stream even when they are invoked. A sink with
    `raise_error = True` asks that what it raises reaches the user. One with an attribute `faults` is given the Faults
    of its call, to add what it comes to know of only later.
    """

    def __call__(self, event: RunEvent, /) -> None: ...


class Faults:
    """How often each listener has raised in one call and in what it calls."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[int, tuple[Any, int]] = {}

    def allow(self, sink: Sink) -> bool:
        """Whether the sink may be called once more."""
        return self._count(sink) < FAULTS_ALLOWED

    def add(self, sink: Sink, error: BaseException) -> None:
        """Count what a sink raised, and name it if it is the first time."""
        culprit, count = _culprit(sink), self._count(sink) + 1
        self.counts[id(culprit)] = culprit, count  # held, so that nobody else gets its id
        if count == 1:
            what = "%s raised %s; the run goes on, and after %d such faults without it"
            import logging

            logging.getLogger("chainviz").warning(what, shorten(sink), describe(error), FAULTS_ALLOWED)

    def _count(self, sink: Sink) -> int:
        return self.counts.get(id(_culprit(sink)), (None, 0))[1]


def _culprit(sink: Sink) -> Any:
    """Whom a fault is counted against: the user's handler, which may stand behind several sinks."""
    return getattr(sink, "handler", sink)


class Bus:
    """A fixed set of sinks. `streaming` tells whether any of them wants tokens; `outside` is the run in which they came
    together, so that the runs that it calls have to settle them. `only` is the one sink where there is one and it has
    not raised: tokens take this way, which is the shortest."""

    __slots__ = ("_faults", "only", "outside", "sinks", "streaming")

    def __init__(self, sinks: Iterable[Sink] = (), faults: Faults | None = None, outside: Run | None = None) -> None:
        self.sinks: tuple[Sink, ...] = tuple(sinks)
        self.streaming = False
        for sink in self.sinks:
            if getattr(sink, "streaming", False):
                self.streaming = True
        self.outside = outside
        self._faults = faults or Faults()
        self.only = self.sinks[0] if len(self.sinks) == 1 and not self._faults.counts else None

    def plus(self, sinks: Iterable[Sink], outside: Run | None = None) -> Bus:
        """A bus with these sinks too; one that is there already is not added again."""
        new = [sink for sink in sinks if sink not in self.sinks]
        if not new:
            return self
        bus = Bus((*self.sinks, *new), self._faults if self.sinks else None, outside)
        for sink in new:
            if hasattr(sink, "faults"):
                sink.faults = bus._faults  # type: ignore[attr-defined]
        return bus

    def emit(self, event: RunEvent) -> None:
        """Give the event to every sink. Raises nothing but an interrupt and what a sink asked to be raised."""
        passed: BaseException | None = None
        for sink in self.sinks:
            try:
                if not self._faults.counts or self._faults.allow(sink):
                    sink(event)
            except BaseException as error:
                if self._passes(sink, error):
                    passed = passed or error
        if passed is not None:
            raise passed

    def failed(self, error: BaseException) -> None:
        """Take note of what the only sink raised. Raises it as `emit` would."""
        if self.only is not None and self._passes(self.only, error):
            raise error
        self.only = None

    def _passes(self, sink: Sink, error: BaseException) -> bool:
        """Whether what a sink raised reaches the user; what does not is counted."""
        if isinstance(error, KeyboardInterrupt) or getattr(sink, "raise_error", False):
            return True
        self._faults.add(sink, error)
        return False

    async def settle(self) -> None:
        """Wait for what the sinks still have to do on the event loop."""
        for sink in self.sinks:
            settle = getattr(sink, "settle", None)
            if settle is not None:
                await settle()


SILENT = Bus()

__all__ = ["SILENT", "Bus", "Faults", "Sink"]
