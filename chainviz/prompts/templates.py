"""Templates: text with the names of variables in it, compiled once and filled in often."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Any, Literal, Protocol, TypeAlias

from chainviz.errors import InvalidInputError, shorten
from chainviz.prompts.mustache import Mustache

TemplateFormat: TypeAlias = Literal["f-string", "mustache"]


class Template(Protocol):
    """A compiled template. `fill` raises KeyError for a variable that `values` lacks."""

    variables: tuple[str, ...]

    def fill(self, values: Mapping[str, Any], /) -> str: ...


class FString:
    """A template like Python's f-strings, but with names only: `{name}`, `{price:.2f}`, `{text!r}`, `{{` for a brace.

    A name with an attribute or an index could reach into a value's inside, so it is refused.
    """

    def __init__(self, text: str) -> None:
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise InvalidInputError(f"template {shorten(text)}: {error}") from None
        names: list[str] = []
        places: list[str] = []
        for literal, name, spec, conversion in parts:
            places.append(literal.replace("{", "{{").replace("}", "}}"))
            if name is not None:
                _check(text, name, spec or "")
                names.append(name)
                places.append(f"{{{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}}}")
        self.variables = tuple(sorted(set(names)))
        self._names = names
        self._with = "".join(places).format

    def fill(self, values: Mapping[str, Any], /) -> str:
        return self._with(*map(values.__getitem__, self._names))


@lru_cache(maxsize=1024)
def compile_template(text: str, template_format: str = "f-string") -> Template:
    """The template, ready to be filled in. Raises InvalidInputError where it is not of its format."""
    if template_format == "f-string":
        return FString(text)
    if template_format == "mustache":
        return Mustache(text)
    raise InvalidInputError(f"template_format: expected 'f-string' or 'mustache', got {template_format!r}")


def _check(text: str, name: str, spec: str) -> None:
    if not name or name.isdigit() or any(sign in name for sign in ".[]"):
        raise InvalidInputError(
            f"template {shorten(text)}: expected the name of a variable in braces, got {{{name}}}"
            " (names only, no attribute, index or number; a brace itself is written twice)"
        )
    if "{" in spec or "}" in spec:
        raise InvalidInputError(f"template {shorten(text)}: expected a plain format of {name!r}, got {spec!r}")


__all__ = ["FString", "Template", "TemplateFormat", "compile_template"]
