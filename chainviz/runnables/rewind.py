"""A stream that is read again from its start, for another attempt at what was made of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chainviz.missing import MISSING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

Source = TypeVar("Source")


class _Rewound(Generic[Source]):
    """Keeps what was read while `keeps` is True. `error` is what the stream itself raised: no attempt mends that."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: list[Any] = []
        self.keeps = True
        self.error: BaseException | None = None


class Rewound(_Rewound["Iterator[Any]"]):
    """A stream that can be read again."""

    def again(self) -> Iterator[Any]:
        yield from self._read.copy()
        while (chunk := self._next()) is not MISSING:
            yield chunk

    def _next(self) -> Any:
        try:
            chunk = next(self._source, MISSING)
        except BaseException as error:
            self.error = error
            raise
        if self.keeps and chunk is not MISSING:
            self._read.append(chunk)
        return chunk


class ARewound(_Rewound["AsyncIterator[Any]"]):
    """`Rewound` for an asynchronous stream."""

    def again(self) -> AsyncIterator[Any]:
        return _Reader(self, self._read)

    async def next(self) -> Any:
        """The next chunk of the stream. Raises StopAsyncIteration after the last."""
        try:
            chunk = await anext(self._source)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            self.error = error
            raise
        if self.keeps:
            self._read.append(chunk)
        return chunk


class _Reader:
    """No generator: left half-read, it need not be closed."""

    __slots__ = ("_again", "_rewound")

    def __init__(self, rewound: ARewound, read: list[Any]) -> None:
        self._rewound = rewound
        self._again = deque(read)

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        return self._again.popleft() if self._again else await self._rewound.next()


__all__ = ["ARewound", "Rewound"]
