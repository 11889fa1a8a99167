"""Functions that make one type of another and are written out in code: Python's own by their names, lambdas by their
source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from chainviz.builder.components import Given
from chainviz.builder.fit import item_of
from chainviz.builder.needs import Need
from chainviz.documents import Document
from chainviz.graph.types import Shape, name_of, text
from chainviz.messages import BaseMessage, HumanMessage
from chainviz.prompts import PromptValue


class Written(Given):
    """A function that is written out in code, so that no form has it."""

    def __init__(self, source: str, function: Callable[[Any], Any]) -> None:
        super().__init__(source, function)
        self.form = None

    def needs(self) -> Mapping[str, Need]:
        return {}

    def shown(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return params


class Conversion(Written):
    """A function that means the same wherever its source is read. `takes` and `gives` are its types, `of` tells what
    it gives of what comes where that decides, `imports` are the classes that the source names."""

    def __init__(
        self,
        source: str,
        function: Callable[[Any], Any],
        takes: Any,
        gives: Any,
        *,
        of: Callable[[Shape], Shape] | None = None,
        imports: tuple[str, ...] = (),
    ) -> None:
        if source.startswith("lambda"):
            own = cast("Any", function)
            own.__annotations__ = {own.__code__.co_varnames[0]: takes, "return": gives}
        super().__init__(source, function)
        self.takes = name_of(takes)
        self.gives: Callable[[Shape], Shape] = of or (lambda given: name_of(gives))
        self.imports = imports


_ALL = (
    Conversion(
        r'lambda docs: "\n\n".join(doc.page_content for doc in docs)',
        lambda docs: "\n\n".join(doc.page_content for doc in docs),
        list[Document],
        str,
    ),
    Conversion(r'lambda texts: "\n".join(texts)', lambda texts: "\n".join(texts), list[str], str),
    Conversion("lambda doc: doc.page_content", lambda doc: doc.page_content, Document, str),
    Conversion("lambda prompt: prompt.to_string()", lambda prompt: prompt.to_string(), PromptValue, str),
    Conversion(
        "lambda prompt: prompt.to_messages()", lambda prompt: prompt.to_messages(), PromptValue, list[BaseMessage]
    ),
    Conversion("lambda data: data.decode()", lambda data: data.decode(), bytes, str),
    Conversion("lambda text: text.encode()", lambda text: text.encode(), str, bytes),
    Conversion(
        "lambda text: Document(page_content=text)",
        lambda text: Document(page_content=text),
        str,
        Document,
        imports=("Document",),
    ),
    Conversion(
        "lambda text: HumanMessage(content=text)",
        lambda text: HumanMessage(content=text),
        str,
        HumanMessage,
        imports=("HumanMessage",),
    ),
    Conversion(
        "lambda text: [Document(page_content=text)]",
        lambda text: [Document(page_content=text)],
        str,
        list[Document],
        imports=("Document",),
    ),
    Conversion(
        "lambda text: [HumanMessage(content=text)]",
        lambda text: [HumanMessage(content=text)],
        str,
        list[HumanMessage],
        imports=("HumanMessage",),
    ),
    Conversion("int", int, str | float, int),
    Conversion("float", float, str, float),
    Conversion("lambda value: list(value.values())", lambda value: list(value.values()), dict, list),
    Conversion("len", len, list | tuple | set | dict, int),
    Conversion("tuple", tuple, list | set, tuple, of=lambda given: f"tuple[{item_of(given)}]"),
    Conversion("list", list, tuple | set, list, of=lambda given: f"list[{item_of(given)}]"),
    Conversion("set", set, list | tuple, set, of=lambda given: f"set[{item_of(given)}]"),
    Conversion("lambda items: items[0]", lambda items: items[0], list | tuple, Any, of=item_of),
    Conversion("lambda value: [value]", lambda value: [value], Any, list[Any], of=lambda given: f"list[{text(given)}]"),
    Conversion("bool", bool, Any, bool),
    Conversion("str", str, Any, str),
)

CONVERSIONS: dict[str, Conversion] = {conversion.name: conversion for conversion in _ALL}
"""By their source, those that lose the least first."""

__all__ = ["CONVERSIONS", "Conversion", "Written"]
