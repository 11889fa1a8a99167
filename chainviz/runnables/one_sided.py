"""Steps of functions that serve the sync verbs only, or the async ones only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from chainviz.errors import AsyncOnlyError, SyncOnlyError
from chainviz.runnables.base import Runnable
from chainviz.runnables.variant import Variant

SYNC_VERBS = ("invoke", "stream", "transform", "_invoke", "_transform", "_stream_parts")
ASYNC_VERBS = ("ainvoke", "astream", "atransform", "_ainvoke", "_atransform", "_astream_parts")


def brings(cls: type[Any], ours: type[Any], verbs: tuple[str, ...]) -> bool:
    """Whether a user's class has any of these verbs of its own, and not those of ours."""
    return any(getattr(cls, verb) is not getattr(ours, verb) for verb in verbs)


class SyncOnly(Variant):
    """The async verbs of a generator function's step: they raise as they are called, before a run begins."""

    opens_as_its_class = True

    async def ainvoke(self, *args: Any, **kwargs: Any) -> Any:
        raise self._refusal()

    def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        raise self._refusal()

    def atransform(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        raise self._refusal()

    def _refusal(self) -> SyncOnlyError:
        return SyncOnlyError(
            f"{self.get_name()}: a generator function serves the sync verbs only; use `invoke` or `stream`, "
            "or give it an async generator function too"
        )


class AsyncOnly(Variant):
    """The sync verbs of a coroutine function's step: they raise before a run begins."""

    opens_as_its_class = True

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        raise async_only(self)

    _invoke = invoke

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield self.invoke()

    def transform(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield self.invoke()


class AsyncStreamOnly(AsyncOnly):
    """The same of an async generator function's step, whose streams raise as they are called."""

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        raise async_only(self)

    def transform(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        raise async_only(self)


def async_only(step: Runnable[Any, Any]) -> AsyncOnlyError:
    return AsyncOnlyError(
        f"{step.get_name()}: a coroutine function or an async generator serves the async verbs only; use `ainvoke` or"
        " `astream`"
    )


__all__ = [
    "ASYNC_VERBS",
    "SYNC_VERBS",
    "AsyncOnly",
    "AsyncStreamOnly",
    "SyncOnly",
    "async_only",
    "brings",
]
