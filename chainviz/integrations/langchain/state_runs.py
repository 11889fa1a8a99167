"""What LangGraph tells of a graph's run only to the graph's own code, read off the frames above a handler's method."""

from __future__ import annotations

import sys
from typing import Any

_FRAMES = 8
"""How far above a handler's method the frame stands at most."""


def begun_task(tags: list[str], metadata: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The tags and metadata of a task of a graph that has just told of its start, with the checkpoint that it goes on
    from, where such are kept, and with which attempt at it this is."""
    config: dict[str, Any] = _local("config") or {}
    configurable: dict[str, Any] = config.get("configurable", {})
    told = getattr(configurable.get("__pregel_runtime"), "execution_info", None)
    if told is None:
        return tags, metadata
    if told.node_attempt > 1:
        tags = [*tags, f"retry:attempt:{told.node_attempt}"]  # as LangChain tags its own
    if configurable.get("__pregel_checkpointer") and configurable.get("__pregel_durability") != "exit":
        metadata = {**metadata, "checkpoint_id": told.checkpoint_id}
    return tags, metadata


def next_tasks() -> list[tuple[str, dict[str, Any], Any]]:
    """The tasks before which a graph has stopped that has just told of it: name, metadata and input of each."""
    loop = _local("loop")
    return [(task.name, {**task.config["metadata"]}, task.input) for task in getattr(loop, "tasks", {}).values()]


def join(handler: Any, graph: Any) -> None:
    """Name `handler` in the config of the graph that has just told it of its start: LangGraph tells of stops only to
    handlers that stand there."""
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


def _local(name: str) -> Any:
    """The nearest variable of this name above the handler's method, None where there is none."""
    frame: Any = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        if frame is None or name in frame.f_code.co_varnames:
            break
        frame = frame.f_back
    return None if frame is None else frame.f_locals.get(name)


def _with(callbacks: Any, handler: Any) -> Any:
    if callbacks is None or isinstance(callbacks, list):
        return [*(callbacks or ()), handler]
    callbacks.add_handler(handler)  # of a manager, the config has a copy
    return callbacks


__all__ = ["begun_task", "join", "next_tasks"]
