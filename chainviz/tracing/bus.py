"""The bus: hands each run event to the sinks that are listening, and keeps their faults away from the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from chainviz.errors import describe, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chainviz.tracing.events import Run, RunEvent

FAULTS_ALLOWED = 3
_new = object.__new__


class Sink(Protocol):
    """Takes each event as it happens, on the thread where it happens; must be quick.

    A sink with `streaming = True` wants tokens: models then stream even when they are invoked. A sink with
    `raise_error = True` asks that what it raises reaches the user. One with an attribute `faults` is given the Faults
    of its call, to add what it comes to know of only later. One with the methods `started(run, inputs)` and
    `ended(run, output, inputs)` may be told of starts and ends by these, without an event; one with `taker(run)` may be
    given the chunks of a run by the function that this returns, which must not raise.
    """

    def __call__(self, event: RunEvent, /) -> None: ...


class Faults(dict[int, tuple[Any, int]]):
    """How often each listener has raised in one call and in what it calls, by its id, and the listener itself: held, so
    that nobody else gets its id."""

    __slots__ = ()

    def allow(self, sink: Sink) -> bool:
        """Whether the sink may be called once more."""
        return self._count(sink) < FAULTS_ALLOWED

    def add(self, sink: Sink, error: BaseException) -> None:
        """Count what a sink raised, and name it if it is the first time."""
        culprit, count = _culprit(sink), self._count(sink) + 1
        self[id(culprit)] = culprit, count
        if count == 1:
            what = "%s raised %s; the run goes on, and after %d such faults without it"
            import logging

            logging.getLogger("chainviz").warning(what, shorten(sink), describe(error), FAULTS_ALLOWED)

    def _count(self, sink: Sink) -> int:
        return self.get(id(_culprit(sink)), (None, 0))[1]


def _culprit(sink: Sink) -> Any:
    """Whom a fault is counted against: the user's handler, which may stand behind several sinks."""
    return getattr(sink, "handler", sink)


class Bus:
    """A fixed set of sinks. `streaming` tells whether any of them wants tokens; `outside` is the run in which they came
    together, so that the runs that it calls have to settle them. `only` is the one sink where there is one and it has
    not raised: tokens take this way, which is the shortest. `direct` is the same where it needs no events."""

    __slots__ = ("_faults", "direct", "only", "outside", "sinks", "streaming")

    def __init__(self, sinks: Iterable[Sink] = (), faults: Faults | None = None, outside: Run | None = None) -> None:
        self.sinks: tuple[Sink, ...] = (*sinks,)
        self.outside = outside
        self._faults = faults = Faults() if faults is None else faults
        self.streaming = False
        sink: Any = None
        for sink in self.sinks:
            if getattr(sink, "streaming", False):
                self.streaming = True
            if hasattr(sink, "faults"):
                sink.faults = faults
        self.only: Sink | None = sink if len(self.sinks) == 1 and not faults else None
        self.direct: Any = sink if self.only is not None and hasattr(sink, "started") else None

    @classmethod
    def to_handler(cls, sink: Any) -> Bus:
        """`Bus([sink])` for the sink of a handler, which needs neither events nor tokens: what is asked for most."""
        bus = _new(cls)
        bus.sinks = (sink,)
        bus.outside = None
        bus._faults = sink.faults = Faults()
        bus.streaming = False
        bus.only = bus.direct = sink
        return bus

    def plus(self, sinks: Iterable[Sink], outside: Run | None = None) -> Bus:
        """A bus with these sinks too; one that is there already is not added again."""
        new = [sink for sink in sinks if sink not in self.sinks]
        if not new:
            return self
        if not self.sinks:
            return Bus(new, None, outside)
        return _Joined((*self.sinks, *new), self._faults, outside, new)

    @property
    def _own(self) -> Sequence[Sink]:
        """The sinks that came together here."""
        return self.sinks

    def emit(self, event: RunEvent) -> None:
        """Give the event to every sink. Raises nothing but an interrupt and what a sink asked to be raised."""
        passed: BaseException | None = None
        for sink in self.sinks:
            try:
                if not self._faults or self._faults.allow(sink):
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
        self.only = self.direct = None

    def _passes(self, sink: Sink, error: BaseException) -> bool:
        """Whether what a sink raised reaches the user; what does not is counted."""
        if isinstance(error, KeyboardInterrupt) or getattr(sink, "raise_error", False):
            return True
        self._faults.add(sink, error)
        return False

    def hurry(self) -> None:
        """Have the sinks do at once what they would leave for the event loop: a sync call cannot wait for it."""
        if self.direct is not None:
            self.direct.hurry()
            return
        for sink in self._own:
            if hasattr(sink, "hurry"):
                sink.hurry()  # type: ignore[attr-defined]

    async def settle(self) -> None:
        """Wait for what the sinks still have to do on the event loop."""
        for sink in self._own:
            settle = getattr(sink, "settle", None)
            if settle is not None:
                await settle()


class _Joined(Bus):
    """A bus which some sinks joined later than others: those are settled by the runs around it."""

    __slots__ = ("_joined",)

    def __init__(self, sinks: Iterable[Sink], faults: Faults, outside: Run | None, joined: Sequence[Sink]) -> None:
        super().__init__(sinks, faults, outside)
        self._joined = joined

    @property
    def _own(self) -> Sequence[Sink]:
        return self._joined


SILENT = Bus()

__all__ = ["SILENT", "Bus", "Faults", "Sink"]
