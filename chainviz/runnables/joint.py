"""Steps that answer several inputs of a batch in one call; each input has a run of its own."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chainviz.config import RunnableConfig, ambient, check_config
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chainviz.runnables.deadline import Timed
    from chainviz.runnables.limit import Call
    from chainviz.slots import Slots
    from chainviz.tracing.active import ActiveRun


class Joint(Step[Input, Output]):
    """A step that is given all inputs of a batch at once where it `joins` them.

    What it then raises ends the runs of all of them. With `return_exceptions` it may give an exception for an output,
    which ends the run of that input.
    """

    works: ClassVar[bool] = True
    """Whether it does the work itself, and so is given no more inputs than `max_concurrency` says."""

    @property
    def joins(self) -> bool:
        return True

    @property
    def batches(self) -> bool:
        return self.joins or super().batches

    @abstractmethod
    def _invoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> Sequence[Any]:
        """The outputs of the inputs, in their order."""

    @abstractmethod
    async def _ainvoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> Sequence[Any]:
        """`_invoke_all` without blocking the event loop."""


def joined(
    step: Joint[Any, Any], calls: list[Call], slots: Slots | None, return_exceptions: bool, kwargs: dict[str, Any]
) -> list[Any]:
    """The outputs of a batch: of one call, or of one after another with as many inputs as `slots` allows."""
    outputs: list[Any] = []
    for together in _together(step, calls, slots, return_exceptions, kwargs):
        try:
            outputs += together.in_time().invoke(together.inputs)
        except Exception as error:
            if not return_exceptions:
                raise
            outputs += [error] * len(together.inputs)
    return outputs


async def ajoined(
    step: Joint[Any, Any], calls: list[Call], slots: Slots | None, return_exceptions: bool, kwargs: dict[str, Any]
) -> list[Any]:
    """`joined` without blocking the event loop."""
    outputs: list[Any] = []
    for together in _together(step, calls, slots, return_exceptions, kwargs):
        try:
            outputs += await together.in_time().ainvoke(together.inputs)
        except Exception as error:
            if not return_exceptions:
                raise
            outputs += [error] * len(together.inputs)
    return outputs


def _together(
    step: Joint[Any, Any], calls: list[Call], slots: Slots | None, return_exceptions: bool, kwargs: dict[str, Any]
) -> Iterator[_Together]:
    size = slots.number if slots and step.works else len(calls) or 1
    return (
        _Together(step, calls[first : first + size], return_exceptions, kwargs) for first in range(0, len(calls), size)
    )


class _Together(Runnable[Any, Any]):
    """One call for several inputs. It has the time of the one that has least."""

    def __init__(
        self, step: Joint[Any, Any], calls: Sequence[Call], return_exceptions: bool, kwargs: dict[str, Any]
    ) -> None:
        self.inputs = [call.input for call in calls]
        self._step: Any = step
        self._return_exceptions = return_exceptions
        self._kwargs = kwargs
        configs = [call.config or {} for call in calls]
        for config in configs:
            check_config(config)
        self._configs = [cast("RunnableConfig", {**config, "timeout": None}) for config in configs]
        self._seconds = min((seconds for config in configs if (seconds := config.get("timeout"))), default=None)

    def in_time(self) -> Timed[Any] | _Together:
        """The call under its timeout."""
        if self._seconds is None:
            return self
        from chainviz.runnables.deadline import Timed

        return Timed(self, {"timeout": self._seconds}, {})

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self._step.get_name(suffix, name=name)

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        runs: list[ActiveRun] = []
        try:
            self._begin(runs)
            with ambient(runs[0]):
                outputs = self._step._invoke_all(input, runs, self._return_exceptions, **self._kwargs)
            self._end(runs, outputs)
            return outputs
        except BaseException as error:
            for run in runs:
                run.fail(error)
            raise

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        runs: list[ActiveRun] = []
        try:
            self._begin(runs, asynchronous=True)
            with ambient(runs[0]):
                outputs = await self._step._ainvoke_all(input, runs, self._return_exceptions, **self._kwargs)
            self._end(runs, outputs)
            return outputs
        except BaseException as error:
            for run in runs:
                run.fail(error)
            raise
        finally:
            for run in runs:
                if run.record.parent is run.bus.outside:
                    await run.bus.settle()

    def _begin(self, runs: list[ActiveRun], *, asynchronous: bool = False) -> None:
        told = {**self._kwargs, "size": len(self.inputs)}
        for input, config in zip(self.inputs, self._configs, strict=True):
            runs.append(self._step._begin(config, self._step._run_input(input, **told), asynchronous=asynchronous))

    def _end(self, runs: Sequence[ActiveRun], outputs: Sequence[Any]) -> None:
        for run, output in zip(runs, outputs, strict=True):
            if self._return_exceptions and isinstance(output, Exception):
                run.fail(output)
            else:
                run.end(output)


__all__ = ["Joint", "ajoined", "joined"]
