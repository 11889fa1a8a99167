"""Forms: the parameters of a class as a JSON Schema, and what is wrong with values as errors of fields."""

from __future__ import annotations

import inspect
from copy import copy
from functools import cache
from typing import Any, NamedTuple, cast, get_origin

from chainviz.errors import InvalidConfigError, describe
from chainviz.tracing.redact import says_secret

DERIVED = frozenset({"input_variables", "optional_variables", "input_types", "i"})
"""Fields that follow from others, or from what was run."""
_BESIDES = DERIVED | {
    "name",
    "tags",
    "metadata",
    "callbacks",
    "verbose",
    "cache",
    "custom_get_token_ids",
    "disable_streaming",
    "output_parser",
}
"""Parameters that no form has: the options of a step say the same, or nobody sets them by hand."""
_TEMPLATES = frozenset({"template", "prefix", "suffix"})


class FieldError(NamedTuple):
    """What is wrong at a place in the parameters; the path is empty where it is all of them."""

    path: tuple[str | int, ...]
    message: str


class Fault(InvalidConfigError):
    """A parameter is wrong, or something in it."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(": ".join(filter(None, (".".join(map(str, path)), message))))
        self.path = path
        self.message = message


TYPES = ("input_type", "output_type")
"""The options that `with_types` gives."""


def _kept(name: str) -> dict[str, Any]:
    return {"title": name.replace("_", " ").capitalize(), "kept": True}


OPTIONS: dict[str, Any] = {
    "title": "Run options",
    "type": "object",
    "properties": {
        "run_name": {"title": "Name", "type": "string", "description": "What its runs are called."},
        "tags": {"title": "Tags", "type": "array", "items": {"type": "string"}},
        "metadata": {"title": "Metadata", "type": "object"},
        "configurable": {"title": "Configurable", "type": "object", "description": 'Such as {"session_id": "me"}.'},
        "max_concurrency": {"title": "At once", "type": "integer", "minimum": 1},
        "recursion_limit": {"title": "Recursion limit", "type": "integer", "minimum": 1},
        "timeout": {"title": "Timeout in seconds", "type": "number", "exclusiveMinimum": 0},
        **{name: _kept(name) for name in TYPES},
        "bind": {"title": "Arguments", "type": "object", "description": "Keywords that every call of it gets."},
    },
}
"""The JSON Schema of what every step can be given."""

RETRY: dict[str, Any] = {
    "title": "Retry",
    "type": "object",
    "properties": {
        "stop_after_attempt": {"title": "Attempts", "type": "integer", "minimum": 0, "default": 3},
        "wait_exponential_jitter": {"title": "Wait between attempts", "type": "boolean", "default": True},
        "exponential_jitter_params": {
            "title": "Seconds to wait",
            "type": "object",
            "properties": {
                "initial": {"title": "At first", "type": "number", "minimum": 0, "default": 1},
                "exp_base": {"title": "Times as long each time", "type": "number", "minimum": 0, "default": 2},
                "max": {"title": "At most", "type": "number", "minimum": 0},
                "jitter": {"title": "By chance", "type": "number", "minimum": 0, "default": 1},
            },
        },
    },
}
FALLBACKS: dict[str, Any] = {
    "title": "Fallbacks",
    "type": "object",
    "properties": {"exception_key": {"title": "Key for the exception", "type": "string"}},
}
HISTORY: dict[str, Any] = {
    "title": "Message history",
    "type": "object",
    "properties": {
        "get_session_history": {"title": "Function of a session", "kept": True},
        "input_messages_key": {"title": "Key of what the user says", "type": "string"},
        "history_messages_key": {"title": "Key of what was said before", "type": "string"},
        "output_messages_key": {"title": "Key of the answer", "type": "string"},
    },
    "required": ["get_session_history"],
}
FUNCTION_FORM: dict[str, Any] = {
    "title": "Function",
    "type": "object",
    "properties": {"function": {"title": "Function", "kept": True}},
    "required": ["function"],
}
TOOL_FORM: dict[str, Any] = {
    "title": "Tool",
    "type": "object",
    "properties": {
        "func": {"title": "Function", "kept": True},
        "name": {"title": "Name", "type": "string", "description": "Where it is not that of the function."},
        "description": {"title": "Description", "type": "string", "description": "Where it is not the docstring."},
        "return_direct": {"title": "Its output is the answer", "type": "boolean", "default": False},
    },
    "required": ["func"],
}


@cache
def form_of(cls: type[Any]) -> dict[str, Any] | None:
    """The JSON Schema of a class's parameters; None where it has none that could be set.

    Secrets have the format `password`. What no JSON can say is `{"kept": true}`: Python keeps it.
    """
    fields = _fields(cls)
    if not fields:
        return None
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for name, (annotation, default) in fields.items():
        schema = _schema(name, annotation, default)
        definitions.update(schema.pop("$defs", {}))
        properties[name] = schema
    required = [name for name, (_, default) in fields.items() if _is_required(default)]
    form: dict[str, Any] = {"title": cls.__name__, "type": "object", "properties": properties, "required": required}
    if doc := inspect.getdoc(cls):
        form["description"] = doc
    return {**form, "$defs": definitions} if definitions else form


def _fields(cls: type[Any]) -> dict[str, tuple[Any, Any]]:
    """Annotation and default of each parameter; the default of a model's field is its FieldInfo."""
    fields: dict[str, Any] | None = getattr(cls, "model_fields", None)
    if fields is not None:
        return {name: (field.annotation, field) for name, field in fields.items() if name not in _BESIDES}
    try:
        signature = inspect.signature(cls, eval_str=True)
    except Exception:
        return {}
    return {
        name: (parameter.annotation, parameter.default)
        for name, parameter in signature.parameters.items()
        if name not in _BESIDES and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }


def _is_required(default: Any) -> bool:
    return default is inspect.Parameter.empty or bool(getattr(default, "is_required", bool)())


def _schema(name: str, annotation: Any, default: Any) -> dict[str, Any]:
    """The schema of one field."""
    from pydantic import ConfigDict, create_model
    from pydantic.fields import FieldInfo

    if get_origin(annotation) is type or name == "example_selector":
        return _kept(name)
    field = default if isinstance(default, FieldInfo) else ... if default is inspect.Parameter.empty else default
    if isinstance(field, FieldInfo) and field.validation_alias:
        field = copy(field)
        field.validation_alias = field.alias = None
    try:
        config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())
        known = Any if annotation is inspect.Parameter.empty else annotation
        made = cast("Any", create_model)("Form", __config__=config, **{name: (known, field)})
        whole: dict[str, Any] = made.model_json_schema()
    except Exception:
        return _kept(name)
    schema: dict[str, Any] = whole["properties"][name]
    if says_secret(name) and schema.get("type") == "string":
        schema |= {"format": "password", "writeOnly": True}
    if name in _TEMPLATES:
        schema["format"] = "template"
    return {**_without_null(schema), **({"$defs": whole["$defs"]} if "$defs" in whole else {})}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what may be left out, instead of one that is a value or null."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        schema = {**schema, **options[0]}
        del schema["anyOf"]
    if schema.get("default", ...) is None:
        del schema["default"]
    return schema


def field_errors(error: Exception) -> list[FieldError]:
    """What went wrong when a component was made of parameters, place by place."""
    from pydantic import ValidationError

    if isinstance(error, Fault):
        return [FieldError(error.path, error.message)]
    if not isinstance(error, ValidationError):
        return [FieldError((), describe(error))]
    return [
        FieldError(tuple(part for part in found["loc"] if not _is_type(part)), found["msg"])
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _is_type(part: Any) -> bool:
    """Whether a part of pydantic's path names one of several types and no place in the value."""
    return isinstance(part, str) and ("[" in part or part in ("str", "int", "float", "bool", "none"))


def said(errors: list[FieldError]) -> str:
    """The errors in one sentence."""
    return "; ".join(
        f"{'.'.join(map(str, error.path))}: {error.message}" if error.path else error.message for error in errors
    )


__all__ = [
    "DERIVED",
    "FALLBACKS",
    "FUNCTION_FORM",
    "HISTORY",
    "OPTIONS",
    "RETRY",
    "TOOL_FORM",
    "Fault",
    "FieldError",
    "field_errors",
    "form_of",
    "said",
]
