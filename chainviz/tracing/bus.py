"""The bus: hands each run event to the sinks that are listening, and keeps their faults away from the run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainviz.tracing.events import RunEvent

logger = logging.getLogger("chainviz")

FAULTS_ALLOWED = 3


class Sink(Protocol):
    """Takes each event as it happens, on the thread where it happens; must be quick.

    A sink with `streaming = True` wants tokens: models then stream even when they are invoked. A sink with
    `raise_error = True` asks that what it raises reaches the user.
    """

    def __call__(self, event: RunEvent, /) -> None: ...


class Bus:
    """A fixed set of sinks. `streaming` tells whether any of them wants tokens."""

    __slots__ = ("_faults", "sinks", "streaming")

    def __init__(self, sinks: Iterable[Sink] = (), faults: dict[int, int] | None = None) -> None:
        self.sinks: tuple[Sink, ...] = tuple(sinks)
        self.streaming = any(getattr(sink, "streaming", False) for sink in self.sinks)
        self._faults: dict[int, int] = {} if faults is None else faults

    def plus(self, sinks: Iterable[Sink]) -> Bus:
        """A bus with these sinks too; one that is there already is not added again."""
        new = [sink for sink in sinks if sink not in self.sinks]
        return Bus((*self.sinks, *new), self._faults) if new else self

    def emit(self, event: RunEvent) -> None:
        """Give the event to every sink. Raises nothing but an interrupt and what a sink asked to be raised."""
        passed: BaseException | None = None
        for sink in self.sinks:
            try:
                if not self._faults or self._faults.get(id(sink), 0) < FAULTS_ALLOWED:
                    sink(event)
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt) or getattr(sink, "raise_error", False):
                    passed = passed or error
                else:
                    self._blame(sink, error)
        if passed is not None:
            raise passed

    async def settle(self) -> None:
        """Wait for what the sinks still have to do on the event loop."""
        for sink in self.sinks:
            settle = getattr(sink, "settle", None)
            if settle is not None:
                await settle()

    def _blame(self, sink: Sink, error: BaseException) -> None:
        count = self._faults[id(sink)] = self._faults.get(id(sink), 0) + 1
        if count == 1:
            what = "%r raised %s: %s; the run goes on, and after %d such faults without it"
            logger.warning(what, sink, type(error).__name__, error, FAULTS_ALLOWED)


SILENT = Bus()

__all__ = ["SILENT", "Bus", "Sink"]
