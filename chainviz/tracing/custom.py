"""Events of a step's own."""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from chainviz.config import ensure_config
from chainviz.errors import NoRunError
from chainviz.tracing.events import CustomEvent
from chainviz.tracing.gate import GATE
from chainviz.tracing.scope import as_scope

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig


def dispatch_custom_event(name: str, data: Any, *, config: RunnableConfig | None = None) -> None:
    """Send an event from within a step; who watches the step sees it as `on_custom_event`.

    Raises NoRunError where somebody watches, and there is no run.
    """
    scope = as_scope(ensure_config(config).get("callbacks"))
    if scope.record is None:
        if not scope.bus.sinks:
            return  # a step that nobody watches opens no run
        raise NoRunError(f"dispatch_custom_event({name!r}): expected to be called within a run, got no run around it")
    gate = GATE.get()
    if scope.bus.sinks and not (gate is not None and gate.closed):
        scope.bus.emit(CustomEvent(perf_counter_ns(), scope.record, name, data, scope.tags))


async def adispatch_custom_event(name: str, data: Any, *, config: RunnableConfig | None = None) -> None:
    """`dispatch_custom_event` for coroutines."""
    dispatch_custom_event(name, data, config=config)


__all__ = ["adispatch_custom_event", "dispatch_custom_event"]
