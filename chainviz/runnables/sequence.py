"""Steps one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from chainviz.errors import InvalidConfigError
from chainviz.runnables.base import RUNNABLE, Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.composite import Composite
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.joint import Joint
from chainviz.runnables.lockstep import ain_lockstep, in_lockstep
from chainviz.runnables.pipeline import APipeline, Pipeline, aflow, flow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.runnables.likes import From, StepLike, To
    from chainviz.tracing.active import ActiveRun, Unwatched


class RunnableSequence(Composite[Input, Output], Joint[Input, Output]):
    """Each step's output is the next one's input. Made by `a | b | c`; sequences inside it are flattened.

    Raises NotAStepError where something is no step, InvalidConfigError where there are fewer than two.
    """

    _graph_kind = "sequence"
    works = False

    @overload
    def __init__(
        self, first: StepLike[Input, To], second: StepLike[To, Output], /, *, name: str | None = None
    ) -> None: ...

    @overload
    def __init__(
        self,
        first: StepLike[Input, From],
        second: StepLike[From, To],
        third: StepLike[To, Output],
        /,
        *,
        name: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self: RunnableSequence[Any, Any],
        first: Any,
        second: Any,
        third: Any,
        fourth: Any,
        /,
        *others: Any,
        name: str | None = None,
    ) -> None: ...

    def __init__(self, *steps: Any, name: str | None = None) -> None:
        self.name = name
        flat: list[Runnable[Any, Any]] = []
        for index, thing in enumerate(steps):
            step = as_step(thing, f"step {index + 1} of a sequence")
            if isinstance(step, RunnableSequence):
                flat.extend(step.steps)
            else:
                flat.append(step)
        if len(flat) < 2:
            raise InvalidConfigError(f"a sequence: expected at least 2 steps, got {len(flat)}")
        self.steps: tuple[Runnable[Any, Any], ...] = tuple(flat)
        self._has_others = not all(step.opens_runs for step in flat)
        self._plan()
        self._placed = [(step, f"seq:step:{number}", f"seq:{number}") for number, step in enumerate(flat, 1)]
        open_for_handlers(self, flat)

    @property
    def first(self) -> Runnable[Input, Any]:
        return self.steps[0]

    @property
    def middle(self) -> list[Runnable[Any, Any]]:
        return list(self.steps[1:-1])

    @property
    def last(self) -> Runnable[Any, Output]:
        return self.steps[-1]

    if not TYPE_CHECKING:  # the types are those that Runnable says

        def __or__(self, other: Any) -> RunnableSequence[Any, Any]:
            name = self.name or (other.name if isinstance(other, RunnableSequence) else None)
            return RunnableSequence(*self.steps, other, name=name)

        def __ror__(self, other: Any) -> RunnableSequence[Any, Any]:
            return RunnableSequence(other, *self.steps, name=self.name)

    def _plan(self) -> None:
        self._plain_calls = tuple(step._plain_part() for step in self.steps)
        self._aplain_calls = tuple(step._aplain_call() for step in self.steps)

    def __repr__(self) -> str:
        return "\n| ".join(
            repr(step).replace("\n", "\n  " if number else "\n") for number, step in enumerate(self.steps)
        )

    def _invoke_plain(self, input: Any) -> Any:
        for call, run in self._plain_calls:
            output = call(input)
            input = run(output, input) if run and isinstance(output, RUNNABLE) else output
        return input

    async def _ainvoke_plain(self, input: Any) -> Any:
        for call in self._aplain_calls:
            input = await call(input)
        return input

    @property
    def blocks(self) -> bool:
        return any(step.blocks for step in self.steps)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        for step, position, segment in self._placed:
            if kwargs:
                input = step.invoke(input, run.child(position, segment, step), **kwargs)
                kwargs = {}
            else:
                input = step.invoke(input, run.child(position, segment, step))
        return input

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        for step, position, segment in self._placed:
            if kwargs:
                input = await step.ainvoke(input, run.child(position, segment, step), **kwargs)
                kwargs = {}
            else:
                input = await step.ainvoke(input, run.child(position, segment, step))
        return input

    @property
    def joins(self) -> bool:
        return any(step.batches for step in self.steps)

    def _invoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[Any]:
        return in_lockstep(self._placed, inputs, runs, return_exceptions, kwargs)

    async def _ainvoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[Any]:
        return await ain_lockstep(self._placed, inputs, runs, return_exceptions, kwargs)

    def _transform(self, chunks: Iterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> Iterator[Any]:
        stages = self._stages(chunks, run, kwargs)
        return Pipeline(stages) if run.record else flow(stages)

    def _stages(
        self, chunks: Iterator[Any], run: ActiveRun | Unwatched, kwargs: dict[str, Any]
    ) -> Iterator[Iterator[Any]]:
        for step, position, segment in self._placed:
            chunks = step.transform(chunks, run.child(position, segment, step), **kwargs)
            yield chunks
            kwargs = {}

    def _atransform(self, chunks: AsyncIterator[Any], run: ActiveRun | Unwatched, **kwargs: Any) -> AsyncIterator[Any]:
        if run.record:
            return APipeline(self._astages(self._placed, chunks, run, kwargs))
        each = self.steps[-1]._each_chunk if not kwargs else None
        return aflow(self._astages(self._placed[: -1 if each else None], chunks, run, kwargs), each)

    @staticmethod
    def _astages(
        placed: Iterable[tuple[Runnable[Any, Any], str, str]],
        chunks: AsyncIterator[Any],
        run: ActiveRun | Unwatched,
        kwargs: dict[str, Any],
    ) -> Iterator[AsyncIterator[Any]]:
        for step, position, segment in placed:
            chunks = step.atransform(chunks, run.child(position, segment, step), **kwargs)
            yield chunks
            kwargs = {}

    @property
    def _leads(self) -> bool:
        return self._has_others

    @property
    def InputType(self) -> Any:
        return self.steps[0].InputType

    @property
    def OutputType(self) -> Any:
        return self.steps[-1].OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        return self.steps[0].get_input_schema(config)

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        schema = self.steps[0].get_output_schema(config)
        for step in self.steps[1:]:
            schema = step._output_schema_after(schema, config)
        return schema

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [(segment, None, step) for step, _, segment in self._placed]


__all__ = ["RunnableSequence"]
