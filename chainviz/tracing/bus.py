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
        """Give the event to every sink. Raises nothing but KeyboardInterrupt and what a sink asked to be raised."""
        for sink in self.sinks:
            try:
                if self._faults and self._faults.get(id(sink), 0) >= FAULTS_ALLOWED:
                    continue
                sink(event)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                if getattr(sink, "raise_error", False):
                    raise
                self._blame(sink, error)

    async def settle(self) -> None:
        """Wait for what the sinks still have to do on the event loop."""
        for sink in self.sinks:
            settle = getattr(sink, "settle", None)
            if settle is not None:
                await settle()

    def _blame(self, sink: Sink, error: BaseException) -> None:
        count = self._faults[id(sink)] = self._faults.get(id(sink), 0) + 1
        if count == 1:
            logger.warning("%r raised %s: %s; the run goes on", sink, type(error).__name__, error)
        elif count == FAULTS_ALLOWED:
            logger.warning("%r raised %d times and is no longer called in this run", sink, count)


SILENT = Bus()

__all__ = ["SILENT", "Bus", "Sink"]
