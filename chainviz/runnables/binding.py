"""A step with arguments, a config or types of its own; it opens no run, the step inside does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.config import check_config, inherited, merge_configs
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.compared import Compared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from pydantic import BaseModel

    from chainviz.config import RunnableConfig
    from chainviz.tracing.stream_events import Called


class RunnableBinding(Runnable[Input, Output], Compared):
    """Passes every verb on to `bound`, with `kwargs` and `config` added."""

    def __init__(
        self,
        bound: Any,
        *,
        kwargs: dict[str, Any] | None = None,
        config: RunnableConfig | None = None,
        input_type: Any = None,
        output_type: Any = None,
    ) -> None:
        self.bound: Runnable[Any, Any] = as_step(bound, "a binding")
        self.kwargs = kwargs or {}
        self.config: RunnableConfig = merge_configs(config)
        self.input_type = input_type
        self.output_type = output_type

    @property
    def blocks(self) -> bool:
        return self.bound.blocks

    @property
    def batches(self) -> bool:
        return self.bound.batches

    @property
    def brings_handlers(self) -> bool:
        return bool(self.config.get("callbacks")) or self.bound.brings_handlers

    def __repr__(self) -> str:
        parts: dict[str, Any] = {
            "bound": self.bound,
            "kwargs": self.kwargs,
            "config": self.config,
            "config_factories": [],
        }
        types = {"custom_input_type": self.input_type, "custom_output_type": self.output_type}
        parts |= {name: value for name, value in types.items() if value is not None}
        return f"RunnableBinding({', '.join(f'{name}={value!r}' for name, value in parts.items())})"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "bound":
            raise AttributeError(name)
        return getattr(self.bound, name)

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self.bound.get_name(suffix, name=name)

    def bind(self, **kwargs: Any) -> RunnableBinding[Input, Output]:
        return self._with(kwargs={**self.kwargs, **kwargs})

    def with_config(self, config: RunnableConfig | None = None, **kwargs: Any) -> RunnableBinding[Input, Output]:
        return self._with(config=merge_configs(cast("RunnableConfig", {**self.config, **(config or {}), **kwargs})))

    def with_types(self, *, input_type: Any = None, output_type: Any = None) -> RunnableBinding[Input, Output]:
        return self._with(input_type=input_type or self.input_type, output_type=output_type or self.output_type)

    def with_retry(self, **options: Any) -> RunnableBinding[Input, Output]:
        """As `Runnable.with_retry`; the step inside is tried again, the name and the tags are those of all attempts.
        A timeout is that of each."""
        config = self.config.copy()
        seconds = config.pop("timeout", None)
        if seconds is None:
            return self._with(bound=self.bound.with_retry(**options))
        timed = RunnableBinding[Input, Output](self.bound, config={"timeout": seconds})
        return self._with(bound=super(RunnableBinding, timed).with_retry(**options), config=config)

    def _parts(self) -> dict[str, Any]:
        """What it is made of."""
        return {
            "bound": self.bound,
            "kwargs": self.kwargs,
            "config": self.config,
            "input_type": self.input_type,
            "output_type": self.output_type,
        }

    def _with(self, **changes: Any) -> RunnableBinding[Input, Output]:
        return RunnableBinding(**{**self._parts(), **changes})

    def _merged(self, config: RunnableConfig | None) -> RunnableConfig | None:
        if config is None:
            return self.config or None
        if inherited() is None:
            return merge_configs(self.config, config) if self.config else config
        return merge_configs(with_ambient(self.config), with_ambient(config))

    def _called(self, config: RunnableConfig | None) -> Called:
        return self.bound._called(self._merged(config))

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        return self.bound.invoke(input, self._merged(config), **{**self.kwargs, **kwargs})

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Output:
        return await self.bound.ainvoke(input, self._merged(config), **{**self.kwargs, **kwargs})

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Output]:
        return self.bound.stream(input, self._merged(config), **{**self.kwargs, **kwargs})

    def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Output]:
        return self.bound.astream(input, self._merged(config), **{**self.kwargs, **kwargs})

    def transform(
        self, input: Iterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[Output]:
        return self.bound.transform(input, self._merged(config), **{**self.kwargs, **kwargs})

    def atransform(
        self, input: AsyncIterator[Input], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[Output]:
        return self.bound.atransform(input, self._merged(config), **{**self.kwargs, **kwargs})

    def batch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        return self.bound.batch(
            inputs,
            self._merged_all(config, inputs),
            return_exceptions=return_exceptions,
            **{**self.kwargs, **kwargs},
        )

    async def abatch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        return await self.bound.abatch(
            inputs,
            self._merged_all(config, inputs),
            return_exceptions=return_exceptions,
            **{**self.kwargs, **kwargs},
        )

    def batch_as_completed(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> Iterator[tuple[int, Output]]:
        return self.bound.batch_as_completed(
            inputs,
            self._merged_all(config, inputs),
            return_exceptions=return_exceptions,
            **{**self.kwargs, **kwargs},
        )

    def abatch_as_completed(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> AsyncIterator[tuple[int, Output]]:
        return self.bound.abatch_as_completed(
            inputs,
            self._merged_all(config, inputs),
            return_exceptions=return_exceptions,
            **{**self.kwargs, **kwargs},
        )

    def _merged_all(
        self, config: RunnableConfig | Sequence[RunnableConfig] | None, inputs: Sequence[Any]
    ) -> RunnableConfig | list[RunnableConfig] | None:
        if config is None or isinstance(config, dict):
            return self._merged(config)
        return [merge_configs(self._merged(one)) for one in config]

    @property
    def InputType(self) -> Any:
        return self.input_type or self.bound.InputType

    @property
    def OutputType(self) -> Any:
        return self.output_type or self.bound.OutputType

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        if self.input_type is not None:
            return super().get_input_schema(config)
        return self.bound.get_input_schema(self._merged(config))

    def get_output_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        if self.output_type is not None:
            return super().get_output_schema(config)
        return self.bound.get_output_schema(self._merged(config))

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        return self.bound.get_prompts(self._merged(config))

    def _graph_children(self) -> list[tuple[str, str | None, Runnable[Any, Any]]]:
        return [("", None, self.bound)]


def with_ambient(config: RunnableConfig) -> RunnableConfig:
    """The ambient config with this one on top, key by key; callbacks are this one's alone, as they are merged later."""
    check_config(config)
    around = cast("dict[str, Any]", inherited() or {})
    kept = {key: value for key, value in around.items() if key != "callbacks"}
    return cast("RunnableConfig", {**kept, **config})


__all__ = ["RunnableBinding", "with_ambient"]
