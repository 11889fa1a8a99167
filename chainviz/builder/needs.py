"""What only a live object of the user's can be in a parameter: a store, a class, a function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import isfunction
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from chainviz.chat_history import BaseChatMessageHistory
from chainviz.graph.types import name_of
from chainviz.runnables.signature import is_async_generator_function, is_generator_function


class Need(NamedTuple):
    """What a parameter needs, in a few words, and whether an object is such a thing."""

    what: str
    fits: Callable[[Any], bool]


def need_of(annotation: Any) -> Need:
    """The need of a parameter with this annotation: an object of the class, or of `type[a class]` a subclass of it."""

    def fits(thing: Any) -> bool:
        if get_origin(annotation) is type:
            base: Any = get_args(annotation)[0]
            return isinstance(thing, type) and issubclass(thing, getattr(base, "__bound__", base) or object)
        return isinstance(annotation, type) and isinstance(thing, annotation)

    return Need(name_of(annotation), fits)


def is_own_function(thing: Any) -> bool:
    """Whether it is a function that was written in the notebook."""
    return isfunction(thing) and thing.__module__ == "__main__"


def is_plain_function(thing: Any) -> bool:
    return is_own_function(thing) and not is_generator(thing)


def is_generator(thing: Any) -> bool:
    return is_own_function(thing) and (is_generator_function(thing) or is_async_generator_function(thing))


def gives_history(function: Any) -> bool:
    """Whether a function gives the chat history of a session: its annotation says so, or names do."""
    if not is_own_function(function):
        return False
    try:
        given = get_type_hints(function).get("return")
    except Exception:  # an annotation that names what is not there
        given = None
    if isinstance(given, type):
        return issubclass(given, BaseChatMessageHistory)
    names = (function.__name__, *inspect.signature(function).parameters)
    return any(word in name for name in names for word in ("history", "session"))


def is_tool(function: Any) -> bool:
    return is_own_function(function) and bool(function.__doc__) and not inspect.iscoroutinefunction(function)


FUNCTION = Need("a function", is_plain_function)
GENERATOR = Need("a generator function", is_generator)
SESSIONS = Need("a function that gives the chat history of a session", gives_history)
TOOL = Need("a function with a docstring", is_tool)

__all__ = ["FUNCTION", "GENERATOR", "SESSIONS", "TOOL", "Need", "is_own_function", "need_of"]
