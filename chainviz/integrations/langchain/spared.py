"""Answers that a streaming handler would harm: LangChain makes a model that is invoked stream for it, and the stream of
its own `GenericFakeChatModel` has no tool calls."""

from __future__ import annotations

import sys
from contextlib import suppress
from copy import copy
from typing import Any

_FAKES = "langchain_core.language_models.fake_chat_models"
_FRAMES = 5
"""How far above a handler's method the verb of the model stands at most."""


def spare(handler: Any, plain: Any) -> None:
    """Have the model that has just told `handler` of its start tell `plain` of all else, and so not stream, where it
    will give such an answer. To be called by the handler's method."""
    fakes = sys.modules.get(_FAKES)
    if fakes is None:
        return
    manager: Any = None
    frame: Any = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        name = frame.f_code.co_name
        if name == "on_chat_model_start":
            manager = frame.f_locals.get("self")
        elif name in ("generate", "agenerate"):
            model: Any = frame.f_locals.get("self")
            if isinstance(model, fakes.GenericFakeChatModel) and _calls_tools(model.messages):
                handlers = getattr(manager, "handlers", [])
                with suppress(ValueError):
                    handlers[handlers.index(handler)] = plain
            return
        if frame.f_back is None:
            return
        frame = frame.f_back


def _calls_tools(messages: Any) -> bool:
    """Whether the next of these calls tools, or may: of most iterators that is not known before it is taken."""
    if type(messages).__name__ != "list_iterator":
        return True
    return bool(getattr(next(copy(messages), None), "tool_calls", None))


__all__ = ["spare"]
