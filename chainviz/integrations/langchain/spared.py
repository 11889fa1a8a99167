"""Answers that a streaming handler would harm: LangChain makes a model that is invoked stream for it, and the stream of
its own `GenericFakeChatModel` has no tool calls."""

from __future__ import annotations

import sys
from copy import copy
from typing import Any

_FAKES = "langchain_core.language_models.fake_chat_models"


def spared(handler: Any) -> bool:
    """Whether the run for which LangChain asks for a handler will give such an answer; `handler`, which it may have
    inherited, is then taken away from it. To be called two calls below what asks."""
    fakes = sys.modules.get(_FAKES)
    if fakes is None:
        return False
    verb: Any = sys._getframe(4)  # pyright: ignore[reportPrivateUsage]
    if verb.f_code.co_name not in ("generate", "agenerate"):
        return False
    model = verb.f_locals.get("self")
    manager = sys._getframe(2).f_locals.get("callback_manager")  # pyright: ignore[reportPrivateUsage]
    if manager is None or not isinstance(model, fakes.GenericFakeChatModel) or not _calls_tools(model.messages):
        return False
    for handlers in (manager.handlers, manager.inheritable_handlers):
        if handler in handlers:
            handlers.remove(handler)
    return True


def _calls_tools(messages: Any) -> bool:
    """Whether the next of these calls tools, or may: of most iterators that is not known before it is taken."""
    if type(messages).__name__ != "list_iterator":
        return True
    return bool(getattr(next(copy(messages), None), "tool_calls", None))


__all__ = ["spared"]
