"""Messages, prompts and documents of LangChain's as ours, and ours as theirs: classes of the same name, with the same
fields. Everything else is the same object on both sides."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, cast

_DATA = {"BaseMessage": "messages", "PromptValue": "prompt_values", "Document": "documents"}
"""The bases of what is made anew, and the modules where LangChain has their classes."""
_MOVED = {("chainviz", "prompt_values"): "prompts"}
_ABSTRACT = ("BaseMessage", "BaseMessageChunk", "PromptValue")


def as_ours(value: Any) -> Any:
    """What LangChain gave, for a step of ours; containers are copied where something inside of them changes."""
    return _converted(value, "langchain_core", _our_class)


def as_theirs(value: Any) -> Any:
    """What a step of ours gave, for LangChain."""
    return _converted(value, "chainviz", _their_class)


def _converted(value: Any, home: str, counterpart: Callable[[type[Any]], type[Any] | None]) -> Any:
    cls = cast("type[Any]", type(value))
    if cls is str:
        return value
    if cls is dict or cls is list or cls is tuple:
        return _container(value, home, counterpart)
    if not cls.__module__.startswith(home) or (other := counterpart(cls)) is None:
        return value
    fields = {name: getattr(value, name, None) for name in _fields(other) if name != "type"}
    return other(**{name: _converted(field, home, counterpart) for name, field in fields.items() if field is not None})


def _container(value: Any, home: str, counterpart: Callable[[type[Any]], type[Any] | None]) -> Any:
    cls = cast("type[Any]", type(value))
    items: list[Any] = [*(value.values() if cls is dict else value)]
    made = [_converted(item, home, counterpart) for item in items]
    if all(one is other for one, other in zip(made, items, strict=True)):
        return value
    if cls is dict:
        return dict(zip(value, made, strict=True))
    return made if cls is list else tuple(made)


@cache
def _our_class(cls: type[Any]) -> type[Any] | None:
    return _counterpart(cls, "chainviz")


@cache
def _their_class(cls: type[Any]) -> type[Any] | None:
    return _counterpart(cls, "langchain_core")


def _counterpart(cls: type[Any], package: str) -> type[Any] | None:
    """The class of this name, or of the nearest base that there is, in the other package."""
    names = [base.__name__ for base in cls.__mro__]
    part = next((part for base, part in _DATA.items() if base in names), None)
    if part is None:
        return None
    module = import_module(f"{package}.{_MOVED.get((package, part), part)}")
    return next((getattr(module, name) for name in names if name not in _ABSTRACT and hasattr(module, name)), None)


@cache
def _fields(cls: type[Any]) -> tuple[str, ...]:
    """The names that a class takes."""
    return (*getattr(cls, "model_fields", cls.fields if hasattr(cls, "fields") else ()),)


__all__ = ["as_ours", "as_theirs"]
