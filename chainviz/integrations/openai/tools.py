"""Tools, and schemas of what is asked for, in the form in which they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from chainviz.errors import InvalidConfigError, InvalidInputError, nearest, shorten
from chainviz.integrations.openai.requests import Wire
from chainviz.tools import BaseTool, StructuredTool

_FORMS = "a tool, a function, a pydantic model, a TypedDict or a JSON Schema with a title"
_MODES = ("auto", "none", "required")


def wire_tool(tool: Any, strict: bool | None = None) -> Wire:
    """A tool as the protocol has it; one that has that form already stays as it is.

    `strict` asks the server to hold the model to the schema. Raises InvalidInputError for what is no tool.
    """
    if isinstance(tool, Mapping):
        given = cast("Mapping[str, Any]", tool)
        if "type" in given and "properties" not in given:
            return dict(given)
        if "parameters" in given:
            return {"type": "function", "function": dict(given)}
    name, description, schema = named_schema(tool)
    function: Wire = {"name": name, "description": description, "parameters": schema}
    if strict is not None:
        function |= {"strict": strict, "parameters": strict_schema(schema) if strict else schema}
    return {"type": "function", "function": function}


def wire_choice(choice: Any, tools: Sequence[Wire]) -> Any:
    """Which tool the model is to ask for: one by its name, "any" for some, or a mode of the protocol."""
    if isinstance(choice, Mapping):
        return dict(cast("Mapping[str, Any]", choice))
    if choice is True or choice == "any":
        return "required"
    if choice in _MODES:
        return choice
    names = [tool["function"]["name"] for tool in tools if "function" in tool]
    if choice not in names:
        raise InvalidConfigError(
            f"tool_choice: expected 'any', {', '.join(map(repr, (*_MODES, *names)))}, got {shorten(choice)}"
            f"{nearest(str(choice), names)}"
        )
    return {"type": "function", "function": {"name": choice}}


def named_schema(tool: Any) -> tuple[str, str, Wire]:
    """The name, the description and the JSON Schema of a tool, or of a form that an answer is to have."""
    if isinstance(tool, BaseTool):
        return tool.name, tool.description, _parameters(tool.tool_call_schema_json)
    if isinstance(tool, Mapping):
        schema = dict(cast("Mapping[str, Any]", tool))
    elif _is_form(tool):
        schema = {"title": tool.__name__, **TypeAdapter[Any](tool).json_schema()}
    elif callable(tool):
        return named_schema(StructuredTool.from_function(cast("Any", tool)))
    else:
        schema = {}
    if "title" not in schema:
        raise InvalidInputError(f"tools: expected {_FORMS}, got {shorten(tool)}")
    return schema["title"], schema.get("description", ""), _parameters(schema)


def _is_form(tool: Any) -> bool:
    # A TypedDict, whichever module made it.
    return hasattr(tool, "__required_keys__") or (isinstance(tool, type) and issubclass(tool, BaseModel))


def _parameters(schema: Mapping[str, Any]) -> Wire:
    return {"properties": {}, **{key: value for key, value in schema.items() if key not in ("title", "description")}}


def strict_schema(schema: Any) -> Any:
    """The schema as strict servers want it: every property required, no other ones, no defaults."""
    if isinstance(schema, list):
        return [strict_schema(part) for part in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast("dict[str, Any]", schema)
    if "$ref" in given:
        return {"$ref": given["$ref"]}
    strict = {key: _strict_value(key, value) for key, value in given.items() if key != "default"}
    if "properties" in strict:
        strict |= {"required": list(strict["properties"]), "additionalProperties": False}
    return strict


def _strict_value(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: strict_schema(part) for name, part in value.items()}
    return strict_schema(value) if key in ("items", "anyOf", "allOf", "prefixItems") else value


__all__ = ["named_schema", "strict_schema", "wire_choice", "wire_tool"]
