"""What a config carries of tracing: who listens, which run is around, and what its children inherit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.errors import InvalidConfigError, shorten
from chainviz.slots import Slots
from chainviz.tracing.bus import SILENT, Bus, Sink
from chainviz.tracing.callbacks import BaseCallbackHandler, CallbackSink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chainviz.config import RunnableConfig
    from chainviz.tracing.events import Run


class Scope:
    """What a call inherits from the run around it.

    `record` is that run, None around a root. `position` is the tag that the next run gets for its place, and `segment`
    that place in the static graph. `slots` limits how much goes on at once. `rest` are the keys of the config that
    only users read. A user finds a scope under `config["callbacks"]`.
    """

    __slots__ = ("bus", "metadata", "position", "record", "rest", "segment", "slots", "tags")

    def __init__(
        self,
        bus: Bus,
        record: Run | None = None,
        tags: tuple[str, ...] = (),
        metadata: dict[str, Any] | None = None,
        slots: Slots | None = None,
        rest: dict[str, Any] | None = None,
        position: str | None = None,
        segment: str | None = None,
    ) -> None:
        self.bus = bus
        self.record = record
        self.tags = tags
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self.slots = slots
        self.rest: dict[str, Any] = {} if rest is None else rest
        self.position = position
        self.segment = segment

    def at(self, position: str | None, segment: str | None) -> Scope:
        """The same scope for a step at another place."""
        return Scope(self.bus, self.record, self.tags, self.metadata, self.slots, self.rest, position, segment)

    def plus(self, handlers: Iterable[Any]) -> Scope:
        """The same scope with more handlers listening."""
        scope = self.at(self.position, self.segment)
        scope.bus = self.bus.plus((as_sink(handler) for handler in handlers), self.record)
        return scope

    def limited(self, number: int | None) -> Scope:
        """The same scope under a limit, and under the one that it has. Raises InvalidConfigError for no number."""
        if number is not None and not (hasattr(number, "__index__") and number >= 0):
            raise InvalidConfigError(f"config['max_concurrency']: expected a whole number, got {shorten(number)}")
        if not number or (self.slots is not None and self.slots.number == number):
            return self
        return self.under(Slots(number, self.slots))

    def under(self, slots: Slots | None) -> Scope:
        """The same scope, sharing these slots with others."""
        scope = self.at(self.position, self.segment)
        scope.slots = slots
        return scope

    def config(self) -> RunnableConfig:
        """The scope as the config that a user's own code is given."""
        return cast("RunnableConfig", {**self.rest, "callbacks": self})

    @property
    def handlers(self) -> list[Any]:
        """The handlers and sinks that listen."""
        return [sink.handler if isinstance(sink, CallbackSink) else sink for sink in self.bus.sinks]


class Place(tuple["Scope", "str | None", "str | None"]):
    """Where a step stands inside a run: the scope around it, its position, its segment. What a step that opens runs is
    given for a config, as it costs neither a dict nor a call of Python's."""

    __slots__ = ()


NO_SCOPE = Scope(SILENT)
"""Where nobody listens and nothing is around."""


def as_sink(handler: Any) -> Sink:
    """A handler, LangChain's too, or a callable that takes run events, as a sink. Raises InvalidConfigError for
    anything else."""
    if isinstance(handler, BaseCallbackHandler) or hasattr(handler, "on_chain_start"):
        return CallbackSink(handler)
    if callable(handler):
        return handler  # type: ignore[return-value]
    raise InvalidConfigError(f"config['callbacks']: expected callback handlers, got {shorten(handler)}")


def as_scope(callbacks: Any) -> Scope:
    """`config["callbacks"]` as a scope: None, a list of handlers, or a scope. Raises InvalidConfigError for others."""
    if isinstance(callbacks, Scope):
        return callbacks
    return Scope(as_bus(callbacks)) if callbacks else NO_SCOPE


def as_bus(handlers: Any) -> Bus:
    """A bus to a list of handlers. Raises InvalidConfigError for anything else."""
    if isinstance(handlers, (list, tuple)):
        given = cast("Sequence[Any]", handlers)
        if len(given) == 1 and isinstance(given[0], BaseCallbackHandler):
            return Bus.to_handler(CallbackSink(given[0]))
        return Bus(map(as_sink, given))
    raise InvalidConfigError(f"config['callbacks']: expected a list of handlers, got {shorten(handlers)}")


def united(first: tuple[str, ...], second: Any) -> tuple[str, ...]:
    """Both, without repeats; a tag of the second stands at its place there."""
    if not second:
        return first
    return (*(tag for tag in first if tag not in second), *dict.fromkeys(second))


__all__ = ["NO_SCOPE", "Place", "Scope", "as_bus", "as_scope", "as_sink", "united"]
