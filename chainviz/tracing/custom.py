"""Events of a step's own."""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from chainviz.config import ensure_config
from chainviz.errors import NoRunError
from chainviz.tracing.events import CustomEvent
from chainviz.tracing.gate import GATE
from chainviz.tracing.scope import as_scope, united

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig


def dispatch_custom_event(name: str, data: Any, *, config: RunnableConfig | None = None) -> None:
    """Send an event from within a step; who watches the step sees it as `on_custom_event`.

    Raises NoRunError where somebody watches, and there is no run.
    """
    whole = ensure_config(config)
    scope = as_scope(whole.get("callbacks"))
    if scope.record is None:
        if not scope.bus.sinks:
            return  # a step that nobody watches opens no run
        raise NoRunError(f"dispatch_custom_event({name!r}): expected to be called within a run, got no run around it")
    gate = GATE.get()
    if scope.bus.sinks and not (gate is not None and gate.closed):
        tags = united(scope.tags, (scope.position,)) if scope.position else scope.tags
        tags = united(tags, whole.get("tags"))
        metadata = {**scope.metadata, **whole.get("metadata", {})}
        scope.bus.emit(CustomEvent(perf_counter_ns(), scope.record, name, data, tags, metadata))


async def adispatch_custom_event(name: str, data: Any, *, config: RunnableConfig | None = None) -> None:
    """`dispatch_custom_event` for coroutines."""
    dispatch_custom_event(name, data, config=config)


__all__ = ["adispatch_custom_event", "dispatch_custom_event"]
