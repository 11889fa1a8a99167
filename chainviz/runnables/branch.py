"""One of several steps, chosen by conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.errors import InvalidConfigError, NotAStepError, shorten
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.compared import Compared
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.step import Step
from chainviz.runnables.streams import reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from chainviz.config import RunnableConfig
    from chainviz.runnables.likes import AnyStepLike, StepLike, Steps
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableBranch(Step[Input, Output], Compared):
    """`RunnableBranch((condition, step), …, default)`: the step of the first condition that is true for the input.

    Raises NotAStepError where an argument is no such pair, InvalidConfigError where it is of another length, or where
    there are fewer than two arguments.
    """

    _graph_kind = "branch"

    def __init__(
        self, *branches: tuple[AnyStepLike[Input], StepLike[Input, Output]] | StepLike[Input, Output] | Steps[Input]
    ) -> None:
        if len(branches) < 2:
            raise InvalidConfigError(
                f"a branch: expected (condition, step) pairs and a default, got {len(branches)} of them"
            )
        pairs: list[tuple[Runnable[Any, Any], Runnable[Any, Any]]] = []
        for number, pair in enumerate(branches[:-1], 1):
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:  # pyright: ignore[reportUnknownArgumentType]
                kind = InvalidConfigError if isinstance(pair, (tuple, list)) else NotAStepError
                raise kind(f"branch {number}: expected a (condition, step) pair, got {shorten(pair)}")
            pairs.append((as_step(pair[0], f"condition {number}"), as_step(pair[1], f"branch {number}")))
        self.branches = pairs
        self.default: Runnable[Any, Any] = as_step(branches[-1], "a branch's default")
        open_for_handlers(self, [self.default, *(step for pair in pairs for step in pair)])

    def __repr__(self) -> str:
        return f"RunnableBranch(branches={self.branches!r}, default={self.default!r})"

    @property
    def blocks(self) -> bool:
        return any(step.blocks for pair in self.branches for step in pair) or self.default.blocks

    def _choose(self, input: Any, run: ActiveRun | Unwatched) -> tuple[Runnable[Any, Any], RunnableConfig | None]:
        for number, (condition, step) in enumerate(self.branches, 1):
            config = run.child(f"condition:{number}", f"branch:{number}/condition", condition)
            if condition.invoke(input, config):
                return step, run.child(f"branch:{number}", f"branch:{number}", step)
        return self.default, run.child("branch:default", "branch:default", self.default)

    async def _achoose(
        self, input: Any, run: ActiveRun | Unwatched
    ) -> tuple[Runnable[Any, Any], RunnableConfig | None]:
        for number, (condition, step) in enumerate(self.branches, 1):
            if await condition.ainvoke(
                input, run.child(f"condition:{number}", f"branch:{number}/condition", condition)
            ):
                return step, run.child(f"branch:{number}", f"branch:{number}", step)
        return self.default, run.child("branch:default", "branch:default", self.default)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        step, config = self._choose(input, run)
        return step.invoke(input, config, **kwargs)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        step, config = await self._achoose(input, run)
        return await step.ainvoke(input, config, **kwargs)

    def _stream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        step, config = self._choose(input, run)
        yield from step.stream(input, config, **kwargs)

    async def _astream_parts(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        step, config = await self._achoose(input, run)
        async with reading(step.astream(input, config, **kwargs)) as chunks:
            async for chunk in chunks:
                yield chunk

    @property
    def InputType(self) -> Any:
        steps = [self.default, *(part for pair in self.branches for part in pair[::-1])]
        return next((step.InputType for step in steps if step.InputType is not Any), Any)

    @property
    def OutputType(self) -> Any:
        steps = [self.default, *(step for _, step in self.branches)]
        return next((step.OutputType for step in steps if step.OutputType is not Any), Any)

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        children: list[tuple[str, str | None, Runnable[Any, Any]]] = []
        for number, (condition, step) in enumerate(self.branches, 1):
            children.append((f"branch:{number}/condition", f"if {condition.get_name()}", condition))
            children.append((f"branch:{number}", condition.get_name(), step))
        return [*children, ("branch:default", "default", self.default)]


__all__ = ["RunnableBranch"]
