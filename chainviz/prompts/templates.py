"""Templates: text with the names of variables in it, compiled once and filled in often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Formatter
from typing import Any, Literal, Protocol, TypeAlias

from chainviz.errors import InvalidInputError, shorten
from chainviz.prompts.mustache import Mustache

TemplateFormat: TypeAlias = Literal["f-string", "mustache"]


class Template(Protocol):
    """A compiled template. `fill` raises KeyError for a variable that the values lack."""

    @property
    def variables(self) -> tuple[str, ...]: ...
    @property
    def fill(self) -> Callable[[Mapping[str, Any]], str]: ...


class FString:
    """A template like Python's f-strings, but with names only: `{name}`, `{price:.2f}`, `{text!r}`, `{{` for a brace.

    A name with an attribute or an index could reach into a value's inside, so it is refused.
    """

    def __init__(self, text: str) -> None:
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            raise InvalidInputError(f"template {shorten(text)}: {error}") from None
        names: set[str] = set()
        for _, name, spec, _ in parts:
            if name is not None:
                _check(text, name, spec or "")
                names.add(name)
        self.variables = tuple(sorted(names))
        self.fill: Callable[[Mapping[str, Any]], str] = text.format_map


COMPILERS: dict[str, Callable[[str], Template]] = {
    "f-string": lru_cache(maxsize=1024)(FString),
    "mustache": lru_cache(maxsize=1024)(Mustache),
}
"""What makes a template of a text, by its format."""


def compile_template(text: str, template_format: str = "f-string") -> Template:
    """The template, ready to be filled in. Raises InvalidInputError where it is not of its format."""
    if template_format not in COMPILERS:
        raise InvalidInputError(f"template_format: expected 'f-string' or 'mustache', got {template_format!r}")
    return COMPILERS[template_format](text)


def shown_variable(name: str, *, coloured: bool) -> str:
    """The variable in braces, for reading; `coloured` makes it yellow and bold in a terminal."""
    return f"\033[33;1m\033[1;3m{{{name}}}\033[0m" if coloured else f"{{{name}}}"


def _check(text: str, name: str, spec: str) -> None:
    if not name or name.isdigit() or any(sign in name for sign in ".[]"):
        raise InvalidInputError(
            f"template {shorten(text)}: expected the name of a variable in braces, got {{{name}}}"
            " (names only, no attribute, index or number; a brace itself is written twice)"
        )
    if "{" in spec or "}" in spec:
        raise InvalidInputError(f"template {shorten(text)}: expected a plain format of {name!r}, got {spec!r}")


__all__ = ["COMPILERS", "FString", "Template", "TemplateFormat", "compile_template", "shown_variable"]
