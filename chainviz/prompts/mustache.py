"""Mustache templates: variables, sections, inverted sections, comments and other delimiters; a partial is empty, there
is no code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple, cast

from chainviz.errors import TemplateSyntaxError, shorten


class Delimiters:
    """What tags stand between, as patterns: the tags, those that are alone on a line, those that set others."""

    def __init__(self, opening: str, closing: str) -> None:
        self.opening = opening
        start, end = re.escape(opening), re.escape(closing)
        self.tag = re.compile(
            rf"{start}(?:\{{\s*(?P<raw>[^{{}}]*?)\s*\}}|(?P<kind>[#^/!&>]?)\s*(?P<name>[^{{}}]*?)\s*){end}"
        )
        self.alone = re.compile(rf"(?m)^[ \t]*({start}(?:[#^/!][^{{}}]*?|=.*?=){end})[ \t]*(?:\r?\n|\Z)")
        self.partial_alone = re.compile(rf"(?m)^([ \t]*{start}>[^{{}}]*?{end})[ \t]*(?:\r?\n|\Z)")
        self.change = re.compile(rf"{start}=\s*([^\s=]+)\s+([^\s=]+)\s*={end}")


_delimiters = lru_cache(maxsize=64)(Delimiters)


class Tag(NamedTuple):
    """A part of a template: text, a variable, or a section with the parts inside it."""

    kind: str
    name: str
    parts: tuple[Tag, ...] = ()


class Mustache:
    """A compiled mustache template; names are looked up in dicts and lists only, never as attributes. What is not there
    is left out."""

    def __init__(self, text: str) -> None:
        self._parts = tuple(_parse(text, _tokens(text), None))
        self.variables = tuple(sorted(set(_names(self._parts))))
        self.shape = _shape(self._parts, {})
        """What is looked up in each variable by name: a dict of its own, or "" where it is shown itself."""

    def fill(self, values: Mapping[str, Any], /) -> str:
        return "".join(_render(self._parts, (values,)))


def _tokens(text: str) -> Iterator[Tag]:
    between = _delimiters("{{", "}}")
    while text:
        text = between.partial_alone.sub(r"\1", between.alone.sub(r"\1", text))
        change = between.change.search(text)
        yield from _tags(text[: change.start()] if change else text, between)
        text = text[change.end() :] if change else ""
        between = _delimiters(*change.groups()) if change else between


def _tags(text: str, between: Delimiters) -> Iterator[Tag]:
    end = 0
    for match in between.tag.finditer(text):
        if match.start() > end:
            yield Tag("text", text[end : match.start()])
        raw = match["raw"]
        yield Tag("&", raw) if raw is not None else Tag(match["kind"], match["name"])
        end = match.end()
    if between.opening in text[end:]:
        raise TemplateSyntaxError(f"template {shorten(text)}: expected every tag to have an end, got {text[end:]!r}")
    yield Tag("text", text[end:])


def _parse(text: str, tokens: Iterator[Tag], section: str | None) -> Iterator[Tag]:
    for tag in tokens:
        if tag.kind in ("#", "^"):
            yield Tag(tag.kind, tag.name, tuple(_parse(text, tokens, tag.name)))
        elif tag.kind == "/":
            if tag.name != section:
                raise TemplateSyntaxError(
                    f"template {shorten(text)}: expected the end of {section!r}, got {tag.name!r}"
                )
            return
        elif tag.kind not in ("!", ">"):
            if not tag.name and tag.kind != "text":
                raise TemplateSyntaxError(f"template {shorten(text)}: expected a name in the braces, got {{{{}}}}")
            yield tag
    if section is not None:
        raise TemplateSyntaxError(f"template {shorten(text)}: the section {section!r} has no end")


def _shape(parts: Sequence[Tag], shape: dict[str, Any]) -> dict[str, Any]:
    for tag in parts:
        if tag.kind != "text" and tag.name != ".":
            *above, last = tag.name.split(".")
            inside = shape
            for name in above:
                inside = _below(inside, name)
            if tag.kind in ("#", "^"):
                _shape(tag.parts, _below(inside, last))
            else:
                inside.setdefault(last, "")
    return shape


def _below(shape: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(shape.get(name), dict):
        shape[name] = {}
    return shape[name]


def _names(parts: Sequence[Tag]) -> Iterator[str]:
    """The variables that the template needs; those inside a section may be the section's own."""
    for tag in parts:
        if tag.kind != "text" and tag.name != ".":
            yield tag.name.split(".")[0]


def _render(parts: Sequence[Tag], scopes: tuple[Any, ...]) -> Iterator[str]:
    for tag in parts:
        if tag.kind == "text":
            yield tag.name
            continue
        value = _look_up(tag.name, scopes)
        if tag.kind == "#":
            yield from _section(tag, value, scopes)
        elif tag.kind == "^":
            if not value:
                yield from _render(tag.parts, scopes)
        elif value or _is_zero(value) or tag.name == ".":
            yield str(value) if tag.kind == "&" else escape(str(value), quote=False).replace('"', "&quot;")


def _section(tag: Tag, value: Any, scopes: tuple[Any, ...]) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for item in filter(None, cast("Sequence[Any]", value)):
            yield from _render(tag.parts, (*scopes, item))
    elif value:
        yield from _render(tag.parts, scopes if value is True else (*scopes, value))


def _look_up(name: str, scopes: tuple[Any, ...]) -> Any:
    """The value of a dotted name in the innermost scope that has it; whatever is inside 0 or False is that itself."""
    if name == ".":
        return scopes[-1]
    for scope in reversed(scopes):
        value = scope
        try:
            for part in name.split("."):
                if _is_zero(value):
                    break
                value = _inside(value, part)
        except LookupError:
            continue
        return value
    return None


def _inside(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)[part]
    if isinstance(value, (list, tuple)) and part.isdecimal():
        return cast("Sequence[Any]", value)[int(part)]
    raise LookupError(part)


def _is_zero(value: Any) -> bool:
    """Whether it is 0 or False: these are shown, while other empty values are not."""
    return isinstance(value, (int, float)) and not value


__all__ = ["Mustache"]
