"""Steps with handlers somewhere inside: they open runs even where nobody watches, so that the handlers hear where they
stand in the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from chainviz.config import CURRENT
from chainviz.runnables.step import Step
from chainviz.runnables.variant import Variant, varied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from chainviz.config import RunnableConfig
    from chainviz.runnables.base import Runnable

S = TypeVar("S", bound=Step[Any, Any])


def open_for_handlers(step: S, parts: Iterable[Runnable[Any, Any]]) -> S:
    """The same step, which opens runs from now on even where nobody watches if one of its parts brings handlers."""
    if not step.brings_handlers and any(part.brings_handlers for part in parts):
        step.__class__ = varied(_Opening, type(step))
    return step


class _Opening(Variant):
    """The verbs of such a step."""

    opens_as_its_class = True

    @property
    def brings_handlers(self) -> bool:
        return True

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return super().invoke(input, _given(config), **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return await super().ainvoke(input, _given(config), **kwargs)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        return super().stream(input, _given(config), **kwargs)

    def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        return super().astream(input, _given(config), **kwargs)

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        return super().transform(input, _given(config), **kwargs)

    def atransform(
        self, input: AsyncIterator[Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        return super().atransform(input, _given(config), **kwargs)


def _given(config: RunnableConfig | None) -> RunnableConfig | None:
    return {} if config is None and CURRENT.get() is None else config


__all__ = ["open_for_handlers"]
