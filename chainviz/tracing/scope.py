"""What a config carries of tracing: who listens, which run is around, and what its children inherit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.config import Slots
from chainviz.errors import InvalidConfigError, shorten
from chainviz.tracing.bus import SILENT, Bus, Sink
from chainviz.tracing.callbacks import BaseCallbackHandler, CallbackSink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chainviz.tracing.events import Run


class Scope:
    """What `config["callbacks"]` holds inside a run.

    `position` is the tag that the next run gets for its place, and `segment` that place in the static graph. `slots`
    limits how much goes on at once.
    """

    __slots__ = ("bus", "metadata", "parent", "position", "segment", "slots", "tags")

    def __init__(
        self,
        bus: Bus,
        parent: Run | None = None,
        tags: tuple[str, ...] = (),
        metadata: dict[str, Any] | None = None,
        slots: Slots | None = None,
        position: str | None = None,
        segment: str | None = None,
    ) -> None:
        self.bus = bus
        self.parent = parent
        self.tags = tags
        self.metadata: dict[str, Any] = metadata or {}
        self.slots = slots
        self.position = position
        self.segment = segment

    def at(self, position: str | None, segment: str | None) -> Scope:
        """The same scope for a step at another place."""
        return Scope(self.bus, self.parent, self.tags, self.metadata, self.slots, position, segment)

    def plus(self, handlers: Iterable[Any]) -> Scope:
        """The same scope with more handlers listening."""
        bus = self.bus.plus(as_sink(handler) for handler in handlers)
        return Scope(bus, self.parent, self.tags, self.metadata, self.slots, self.position, self.segment)

    def limited(self, number: int | None) -> Scope:
        """The same scope under a limit, and under the one that it has."""
        if not number or (self.slots is not None and self.slots.number == number):
            return self
        return self.under(Slots(number, self.slots))

    def under(self, slots: Slots | None) -> Scope:
        """The same scope, sharing these slots with others."""
        return Scope(self.bus, self.parent, self.tags, self.metadata, slots, self.position, self.segment)

    @property
    def handlers(self) -> list[Any]:
        """The handlers and sinks that listen."""
        return [sink.handler if isinstance(sink, CallbackSink) else sink for sink in self.bus.sinks]


_NO_SCOPE = Scope(SILENT)


def as_sink(handler: Any) -> Sink:
    """A handler, or a callable that takes run events, as a sink. Raises InvalidConfigError for anything else."""
    if isinstance(handler, BaseCallbackHandler):
        return CallbackSink(handler)
    if callable(handler):
        return cast("Sink", handler)
    raise InvalidConfigError(f"config['callbacks']: expected callback handlers, got {shorten(handler)}")


def as_scope(callbacks: Any) -> Scope:
    """`config["callbacks"]` as a scope: None, a list of handlers, or a scope. Raises InvalidConfigError for others."""
    if isinstance(callbacks, Scope):
        return callbacks
    if not callbacks:
        return _NO_SCOPE
    if not isinstance(callbacks, (list, tuple)):
        raise InvalidConfigError(f"config['callbacks']: expected a list of handlers, got {shorten(callbacks)}")
    return _NO_SCOPE.plus(cast("list[Any]", callbacks))


__all__ = ["Scope", "as_scope", "as_sink"]
