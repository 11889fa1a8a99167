"""Stops of a graph before or after a node: LangGraph tells them only to the handlers that the graph's config names."""

from __future__ import annotations

import sys
from typing import Any

_FRAMES = 6
"""How far above a handler's method the verb of the graph stands at most."""


def join(handler: Any, graph: Any) -> None:
    """Name `handler` in the config of the graph that has just told it of its start. To be called by its method."""
    module = sys.modules.get("langgraph.pregel.main")
    if module is None or not isinstance(graph, module.Pregel):
        return
    frame: Any = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        if frame is None:
            return
        if frame.f_code.co_name in ("stream", "astream") and frame.f_locals.get("self") is graph:
            config = frame.f_locals["config"]
            config["callbacks"] = _with(config.get("callbacks"), handler)
            return
        frame = frame.f_back


def _with(callbacks: Any, handler: Any) -> Any:
    if callbacks is None or isinstance(callbacks, list):
        return [*(callbacks or ()), handler]
    callbacks.add_handler(handler)  # of a manager, the config has a copy
    return callbacks


__all__ = ["join"]
