"""Parsers of lists: comma-separated, numbered, Markdown. Streaming, they give each item once it is complete."""

from __future__ import annotations

import csv
import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any

from chainviz.output_parsers.base import BaseTransformOutputParser

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched


class ListOutputParser(BaseTransformOutputParser[list[str]]):
    """A class of one's own gives `parse`, and `parse_iter` where a pattern finds the items (in its group 1)."""

    @abstractmethod
    def parse(self, text: str) -> list[str]:
        """The items of a text."""

    def parse_iter(self, text: str) -> Iterator[re.Match[str]]:
        """The items of a text as matches."""
        raise NotImplementedError(f"{type(self).__name__}.parse_iter")

    def complete(self, text: str) -> tuple[list[str], str]:
        """The items of a text that nothing can change any more, and the rest of the text."""
        try:
            matches = list(self.parse_iter(text))
        except NotImplementedError:
            items = self.parse(text)
            return (items[:-1], items[-1]) if len(items) > 1 else ([], text)
        done = matches[:-1]
        return [match[1] for match in done], text[done[-1].end() :] if done else text

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        rest = ""
        for chunk in chunks:
            items, rest = self.complete(rest + self._generation(chunk).text)
            for item in items:
                yield [item]
        for item in self.parse(rest):
            yield [item]

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        rest = ""
        async for chunk in chunks:
            items, rest = self.complete(rest + self._generation(chunk).text)
            for item in items:
                yield [item]
        for item in self.parse(rest):
            yield [item]


class CommaSeparatedListOutputParser(ListOutputParser):
    """Items between commas or line breaks; one in double quotes may have a comma in it."""

    _ITEM_END = re.compile(r'(?:[^",\n]|"(?:[^"]|"")*")*[,\n]')

    def parse(self, text: str) -> list[str]:
        try:
            rows = csv.reader(StringIO(text), quotechar='"', delimiter=",", skipinitialspace=True)
            return [item for row in rows for item in row]
        except csv.Error:
            return [item.strip() for item in text.split(",")]

    def complete(self, text: str) -> tuple[list[str], str]:
        end = 0
        while (match := self._ITEM_END.match(text, end)) is not None:
            end = match.end()
        items = self.parse(text[:end])
        return items[:-1] if text[end - 1 : end] == "," else items, text[end:]

    def get_format_instructions(self) -> str:
        return "Answer with a list of values between commas, for example: `red, green, blue`"


class NumberedListOutputParser(ListOutputParser):
    """Items on lines of their own, each after a number and a full stop."""

    pattern: str = r"\d+\.\s([^\n]+)"

    def parse(self, text: str) -> list[str]:
        return re.findall(self.pattern, text)

    def parse_iter(self, text: str) -> Iterator[re.Match[str]]:
        return re.finditer(self.pattern, text)

    def get_format_instructions(self) -> str:
        return "Answer with a numbered list, one item on a line, for example:\n\n1. red\n2. green\n3. blue"


class MarkdownListOutputParser(ListOutputParser):
    """Items on lines of their own, each after a hyphen or an asterisk."""

    pattern: str = r"^\s*[-*]\s([^\n]+)$"

    def parse(self, text: str) -> list[str]:
        return re.findall(self.pattern, text, re.MULTILINE)

    def parse_iter(self, text: str) -> Iterator[re.Match[str]]:
        return re.finditer(self.pattern, text, re.MULTILINE)

    def get_format_instructions(self) -> str:
        return "Answer with a Markdown list, one item on a line, for example:\n\n- red\n- green\n- blue"


__all__ = [
    "CommaSeparatedListOutputParser",
    "ListOutputParser",
    "MarkdownListOutputParser",
    "NumberedListOutputParser",
]
