"""Steps that have callback handlers of their own, which are told of their own runs and of no others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self, cast

from pydantic import Field, field_validator

from chainviz.config import RunnableConfig, merge_configs
from chainviz.errors import InvalidConfigError, shorten
from chainviz.runnables.base import Input, Output
from chainviz.runnables.serializable import RunnableSerializable
from chainviz.runnables.variant import Variant, varied
from chainviz.tracing.callbacks import CallbackSink

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun
    from chainviz.tracing.events import Run, RunEvent


class OwnCallbacks(RunnableSerializable[Input, Output]):
    """A step with a parameter `callbacks`: handlers for its runs, but not for those inside.

    Only a step that was given some pays for it: it is made of a subclass whose verbs add them to their config.
    """

    callbacks: Any = Field(default=None, exclude=True, repr=False)

    def __new__(cls, *args: Any, **parameters: Any) -> Self:
        return super().__new__(varied(_Watched, cls) if parameters.get("callbacks") else cls)

    @field_validator("callbacks")
    @classmethod
    def _check_callbacks(cls, value: Any) -> Any:
        if value is not None and not isinstance(value, (list, tuple)):
            raise InvalidConfigError(f"{cls.__name__}: expected callbacks to be a list, got {shorten(value)}")
        return cast("Any", value)


class OwnSink(CallbackSink):
    """Tells a handler of the runs of one step."""

    __slots__ = ("step",)

    def __init__(self, handler: Any, step: Any) -> None:
        super().__init__(handler)
        self.step = step

    def __call__(self, event: RunEvent) -> None:
        if event.run.step is self.step:
            super().__call__(event)

    def started(self, run: Run, inputs: Any) -> None:
        if run.step is self.step:
            super().started(run, inputs)

    def ended(self, run: Run, output: Any, inputs: Any) -> None:
        if run.step is self.step:
            super().ended(run, output, inputs)


class _Watched(Variant):
    """The verbs of a step that adds its own handlers to the config."""

    callbacks: Any

    @property
    def brings_handlers(self) -> bool:
        return True

    def _with_own(self, config: RunnableConfig | None) -> RunnableConfig:
        return merge_configs(config, {"callbacks": [OwnSink(handler, self) for handler in self.callbacks or ()]})

    def _begin(self, config: RunnableConfig | None, shown: Any, *, asynchronous: bool = False) -> ActiveRun:
        return super()._begin(self._with_own(config), shown, asynchronous=asynchronous)

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return super().invoke(input, self._with_own(config), **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        return await super().ainvoke(input, self._with_own(config), **kwargs)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        return super().stream(input, self._with_own(config), **kwargs)

    def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        return super().astream(input, self._with_own(config), **kwargs)

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        return super().transform(input, self._with_own(config), **kwargs)

    def atransform(
        self, input: AsyncIterator[Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Any]:
        return super().atransform(input, self._with_own(config), **kwargs)


__all__ = ["OwnCallbacks", "OwnSink"]
