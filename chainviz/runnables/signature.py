"""What kind of function the user's is, and what it wants to be given.

`inspect` takes as long to import as the rest of the core, so it is left to the functions that need it: those that are
not plain functions, or say that they are something else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    import inspect

# The flags of code objects, as in `inspect`.
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


def is_generator_function(function: Any) -> bool:
    """Whether a call of it gives a generator."""
    return bool(_flags(function) & _GENERATOR)


def is_async_generator_function(function: Any) -> bool:
    """Whether a call of it gives an asynchronous generator."""
    return bool(_flags(function) & _ASYNC_GENERATOR)


def is_coroutine_function(function: Any) -> bool:
    """Whether a call of it gives a coroutine."""
    if hasattr(function, "_is_coroutine_mark"):
        import inspect

        return inspect.iscoroutinefunction(function)
    return bool(_flags(function) & _COROUTINE)


def parameter_names(function: Any) -> tuple[str, ...]:
    """The names of its parameters; none where they cannot be told."""
    code = getattr(function, "__code__", None)
    if type(function).__name__ == "function" and not hasattr(function, "__wrapped__") and code is not None:
        return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return tuple(signature(function).parameters)


def signature(function: Any) -> inspect.Signature:
    """Its signature, an empty one where it cannot be told."""
    import inspect

    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return inspect.Signature()


def hints(func: Any) -> dict[str, Any]:
    """What its annotations say, nothing where they cannot be told."""
    target = func if hasattr(func, "__name__") or isinstance(func, type) else getattr(func, "__call__", func)  # noqa: B004
    try:
        return get_type_hints(target)
    except Exception:
        return {}


@lru_cache(maxsize=1024)
def takes_run_manager(function: Callable[..., Any]) -> bool:
    """Whether it takes `run_manager`, by name or among any keywords."""
    parameters = signature(function).parameters
    return "run_manager" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _flags(function: Any) -> int:
    while isinstance(function, partial):
        function = function.func  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return getattr(getattr(function, "__code__", None), "co_flags", 0)


__all__ = [
    "hints",
    "is_async_generator_function",
    "is_coroutine_function",
    "is_generator_function",
    "parameter_names",
    "signature",
    "takes_run_manager",
]
