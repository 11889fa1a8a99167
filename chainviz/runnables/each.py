"""One step on each item of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chainviz.runnables.base import Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableEach(Step[Sequence[Any], list[Output]]):
    """Gives a list of the step's outputs for the items of a list, in their order. Made by `step.map()`."""

    _graph_kind = "each"

    def __init__(self, bound: Any) -> None:
        self.bound: Runnable[Any, Output] = as_step(bound, "a map")

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return super().get_name(suffix, name=name or self.name or f"RunnableEach<{self.bound.get_name()}>")

    def __repr__(self) -> str:
        return f"{self.bound!r}.map()"

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Any]:
        return self.bound.batch(list(input), self._configs(input, run), **kwargs)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> list[Any]:
        return await self.bound.abatch(list(input), self._configs(input, run), **kwargs)

    def _configs(self, input: Any, run: ActiveRun | Unwatched) -> list[RunnableConfig] | None:
        config = run.child(None, "each")
        return [config] * len(input) if config is not None else None

    @property
    def InputType(self) -> Any:
        return list[self.bound.InputType]

    @property
    def OutputType(self) -> Any:
        return list[self.bound.OutputType]

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("each", "each item", self.bound)]


__all__ = ["RunnableEach"]
