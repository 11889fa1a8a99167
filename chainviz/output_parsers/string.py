"""StrOutputParser: the text of a model's answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from chainviz.messages import BaseMessage
from chainviz.output_parsers.base import BaseTransformOutputParser

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched


class StrOutputParser(BaseTransformOutputParser[str]):
    """A message's text, a text as it is; chunk by chunk in a stream."""

    def parse(self, text: str) -> str:
        return text

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self._text(input)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self._text(input)

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        return map(self._text, chunks)

    async def _atransform(
        self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any
    ) -> AsyncIterator[Any]:
        text = self._text
        async for chunk in chunks:
            yield text(chunk)

    def _text(self, input: Any) -> str:
        if input.__class__ is str:
            return self.parse(input)
        if isinstance(input, BaseMessage):
            content = input.content
            return self.parse(content if isinstance(content, str) else input.text)
        return self.parse(self._generation(input).text)


__all__ = ["StrOutputParser"]
