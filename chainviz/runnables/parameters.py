"""The parameters that a step was made of, and a copy of it with some of them changed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from chainviz.runnables.base import Runnable


class Parameter(NamedTuple):
    """What is known of a parameter."""

    annotation: Any = Any
    description: str | None = None


def parameters(step: Runnable[Any, Any]) -> dict[str, Parameter]:
    """The parameters that can be changed: a pydantic model's fields, else what `__init__` takes and the step keeps
    under the same name."""
    if (fields := _model_fields(step)) is not None:
        return {name: Parameter(field.annotation, field.description) for name, field in fields.items()}
    try:
        hints = get_type_hints(type(step).__init__)
    except Exception:  # an annotation may name what is not there, and raise whatever it likes
        hints = {}
    return {name: Parameter(hints.get(name, Any)) for name in _signature(step).parameters if _kept(step, name)}


def with_parameters(step: Runnable[Any, Any], changes: Mapping[str, Any]) -> Runnable[Any, Any]:
    """A new step of the same class. Raises what the class raises for values that it does not take."""
    cls = cast("Any", type(step))
    if (fields := _model_fields(step)) is not None:
        own = {name: getattr(step, name) for name, field in fields.items() if _is_own(step, name, field)}
        by_name = cls.model_config.get("populate_by_name") or cls.model_config.get("validate_by_name")
        return cls(
            **{
                (alias if isinstance(alias := fields[name].validation_alias, str) and not by_name else name): value
                for name, value in {**own, **changes}.items()
            }
        )
    call = _signature(step).bind_partial()
    for name in call.signature.parameters:
        if name in changes or _kept(step, name):
            call.arguments[name] = changes.get(name, getattr(step, name, None))
    return cls(*call.args, **call.kwargs)


def _model_fields(step: Runnable[Any, Any]) -> dict[str, FieldInfo] | None:
    return getattr(type(step), "model_fields", None)


def _is_own(step: Any, name: str, field: FieldInfo) -> bool:
    """Whether a model's field is part of what it is, and no default that a new one finds by itself."""
    return name in step.model_fields_set or field.default_factory is not None


def _signature(step: Runnable[Any, Any]) -> inspect.Signature:
    signature = inspect.signature(type(step))
    named = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    return signature.replace(parameters=named)


def _kept(step: Runnable[Any, Any], name: str) -> bool:
    return hasattr(step, name)


__all__ = ["Parameter", "parameters", "with_parameters"]
