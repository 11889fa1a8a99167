"""StrOutputParser: the text of a model's answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from chainviz.messages import AIMessage, AIMessageChunk, BaseMessage
from chainviz.output_parsers.base import BaseTransformOutputParser

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched


class StrOutputParser(BaseTransformOutputParser[str]):
    """A message's text, a text as it is; chunk by chunk in a stream."""

    def parse(self, text: str) -> str:
        return text

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self.__text(input)

    def _invoke_plain(self, input: Any) -> str:
        return self.__text(input)

    def _plain_call(self) -> Callable[[Any], str]:
        if type(self) is not StrOutputParser:
            return self._invoke_plain
        text = self.__text

        def call(input: Any) -> str:
            content = input.content if input.__class__ is AIMessage else input
            return content if content.__class__ is str else text(input)

        return call

    async def _ainvoke_plain(self, input: Any) -> str:
        return self.__text(input)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self.__text(input)

    @property
    def _leads(self) -> bool:
        return type(self).parse is not StrOutputParser.parse

    def _chunk_parser(self) -> Callable[[Any], str]:
        return self.__text if self._leads else partial(_text_of, self.__text)

    def __text(self, input: Any) -> str:
        if input.__class__ is str:
            return self.parse(input)
        if isinstance(input, BaseMessage):
            content = input.content
            return self.parse(content if isinstance(content, str) else input.text)
        return self.parse(self._generation(input).text)


def _text_of(otherwise: Callable[[Any], str], chunk: Any) -> str:
    """The text of what streams are mostly made of, at the least cost; of other chunks, what `otherwise` says."""
    content = chunk.content if chunk.__class__ is AIMessageChunk else chunk
    return content if content.__class__ is str else otherwise(chunk)


__all__ = ["StrOutputParser"]
