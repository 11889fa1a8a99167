"""The content of a message as a template: a text, or a list of parts of which each text is a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from chainviz.errors import InvalidInputError, shorten
from chainviz.prompts.string import PromptTemplate, StringPromptTemplate
from chainviz.prompts.templates import compile_template


def content_variables(template: Any, template_format: str) -> list[str]:
    """The variables in a template, in the order of their appearance."""
    if isinstance(template, StringPromptTemplate):
        return template.input_variables
    if isinstance(template, str):
        return list(compile_template(template, template_format).variables)
    if isinstance(template, Mapping):
        parts: list[Any] = list(cast("Mapping[str, Any]", template).values())
    else:
        parts = cast("list[Any]", template) if isinstance(template, list) else []
    return [name for part in parts for name in content_variables(part, template_format)]


def fill_content(template: Any, values: Mapping[str, Any], template_format: str) -> Any:
    """The template with the variables filled in; a bare text in a list becomes a text block.

    Raises KeyError for a variable that `values` lacks.
    """
    if type(template) is PromptTemplate and not template.partial_variables:
        return compile_template(template.template, template.template_format).fill(values)
    if isinstance(template, StringPromptTemplate):
        return template.format(**values)
    if isinstance(template, list):
        return [_block(part, values, template_format) for part in cast("list[Any]", template)]
    return _deep(template, values, template_format)


def _block(part: Any, values: Mapping[str, Any], template_format: str) -> Any:
    if isinstance(part, str):
        return {"type": "text", "text": _deep(part, values, template_format)}
    if isinstance(part, StringPromptTemplate):
        return {"type": "text", "text": part.format(**values)}
    filled: Any = _deep(part, values, template_format)
    if not isinstance(filled, dict):
        return filled
    for kind in ("text", "image_url"):
        if cast("Any", filled.keys()) == {kind}:
            filled["type"] = kind
    image = cast("Any", filled).get("image_url")
    if isinstance(image, str):
        filled["image_url"] = {"url": image}
    elif isinstance(image, dict) and "path" in image:
        raise InvalidInputError(f"an image in a prompt: expected its 'url', as no file is read, got {shorten(image)}")
    return cast("Any", filled)


def _deep(value: Any, values: Mapping[str, Any], template_format: str) -> Any:
    if isinstance(value, str):
        return compile_template(value, template_format).fill(values)
    if isinstance(value, Mapping):
        return {key: _deep(part, values, template_format) for key, part in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_deep(part, values, template_format) for part in cast("list[Any]", value)]
    return value


__all__ = ["content_variables", "fill_content"]
