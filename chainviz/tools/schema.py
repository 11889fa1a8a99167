"""What a tool takes: a pydantic model of its function's parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any, cast, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from chainviz.errors import InvalidInputError


class InjectedToolArg:
    """Marks an argument that the caller of the tool gives and no model is asked for:
    `user: Annotated[str, InjectedToolArg]`."""


class InjectedToolCallId(InjectedToolArg):
    """Marks the argument that gets the id of the tool call."""


_ARGS_SECTION = re.compile(r"(?ms)^\s*Args:\s*\n(.*?)(?=^\s*(?:Returns|Raises|Yields|Examples?|Notes?):|\Z)")
_ARG = re.compile(r"^(\s*)(\w+)\s*(?:\([^)]*\))?:\s*(.*)$")


def given_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Those of the parameters that we give, and not the caller: the run's manager, its handlers, its config."""
    return tuple(
        parameter.name for parameter in inspect.signature(function).parameters.values() if _is_given(parameter)
    )


def starts_with_names(function: Callable[..., Any]) -> bool:
    """Whether a function takes no argument by position."""
    parameters = inspect.signature(function).parameters.values()
    return all(parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD) for parameter in parameters)


def _is_given(parameter: inspect.Parameter) -> bool:
    annotation = parameter.annotation
    kind = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return parameter.name in ("run_manager", "callbacks") or kind.split(".")[-1] == "RunnableConfig"


def schema_of(
    name: str, function: Callable[..., Any], description: str = "", arguments: Mapping[str, str] | None = None
) -> type[BaseModel]:
    """The model of a function's parameters; `arguments` are their descriptions."""
    hints = _hints(function)
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if _is_given(parameter) or parameter.name in ("self", "cls"):
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        text = (arguments or {}).get(parameter.name) or _annotated_text(hints.get(parameter.name))
        # No description at all leaves that of an `Annotated` as it is.
        field = Field(default, description=text) if text else default
        fields[parameter.name] = (hints.get(parameter.name, Any), field)
    config = ConfigDict(arbitrary_types_allowed=True, extra="allow" if _open_ended(function) else "ignore")
    made = create_model(name, __config__=config, __doc__=description or None, **fields)
    return made


def injected(schema: type[BaseModel]) -> dict[str, type[InjectedToolArg]]:
    """The arguments of a model that no language model is asked for, with the mark that says so."""
    found: dict[str, type[InjectedToolArg]] = {}
    for name, field in schema.model_fields.items():
        for mark in field.metadata:
            kind = cast("Any", mark if isinstance(mark, type) else type(mark))
            if issubclass(kind, InjectedToolArg):
                found[name] = kind
    return found


def asked_of_models(schema: type[BaseModel], name: str, description: str) -> type[BaseModel]:
    """The model, under the tool's name and description, without the arguments that no language model is asked for."""
    hidden = injected(schema)
    left = {key: (field.annotation, field) for key, field in schema.model_fields.items() if key not in hidden}
    config = ConfigDict(arbitrary_types_allowed=True)
    return create_model(name, __config__=config, __doc__=description or None, **cast("Any", left))


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """What a docstring says before its `Args:`, and what it says of each argument there.

    Raises InvalidInputError where it describes an argument that the function has not.
    """
    text = inspect.getdoc(function) or ""
    section = _ARGS_SECTION.search(text)
    description = " ".join(takewhile(_describes, text.split("\n\n")))
    if section is None:
        return description, {}
    arguments: dict[str, str] = {}
    indent, last = None, None
    for line in section[1].splitlines():
        match = _ARG.match(line)
        if match and (indent is None or match[1] == indent):
            indent, last = match[1], match[2]
            arguments[last] = match[3].strip()
        elif last is not None and line.strip():
            arguments[last] += f" {line.strip()}"
    unknown = set(arguments) - set(inspect.signature(function).parameters)
    if unknown:
        raise InvalidInputError(f"{function.__name__}: it has no {min(unknown)!r}, which its docstring describes")
    return description, arguments


def _describes(block: str) -> bool:
    return not block.startswith(("Args:", "Returns:", "Example:"))


def has_annotations(function: Callable[..., Any]) -> bool:
    """Whether it says of what type its arguments are."""
    return bool(_hints(function).keys() - {*given_parameters(function), "return"})


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except Exception:  # an annotation may name what is not there, and raise whatever it likes
        return {}


def _annotated_text(hint: Any) -> str | None:
    """The description in `Annotated[int, "how many"]`."""
    return next((mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, str)), None)


def _open_ended(function: Callable[..., Any]) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())


__all__ = [
    "InjectedToolArg",
    "InjectedToolCallId",
    "given_parameters",
    "injected",
    "read_docstring",
    "schema_of",
    "starts_with_names",
]
