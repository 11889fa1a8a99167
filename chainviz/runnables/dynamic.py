"""A step that stands for what a call's config makes of another one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from chainviz.config import CURRENT, ensure_config, merge_configs
from chainviz.errors import InvalidConfigError
from chainviz.missing import MISSING
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.delegate import Delegate

if TYPE_CHECKING:
    from typing import Self

    from chainviz.config import RunnableConfig


class DynamicRunnable(Delegate[Input, Output]):
    """Stands for `default`, or for what a call's config makes of it. `config` is what `with_config` gave last.

    Methods and attributes of the prepared runnable are its own, too: `bind_tools` of a model, say.
    """

    name: str | None = None

    def __init__(self, default: Any, config: RunnableConfig | None) -> None:
        self.default: Runnable[Any, Any] = as_step(default, "a configurable step")
        self.config: RunnableConfig = merge_configs(config)

    @abstractmethod
    def _prepare(self, config: RunnableConfig | None) -> tuple[Runnable[Any, Any], RunnableConfig | None]:
        """One step of `prepare`; what it gives may be configurable again."""

    @abstractmethod
    def _with(self, *, default: Runnable[Any, Any], config: RunnableConfig) -> Self:
        """The same with another default and config."""

    def prepare(self, config: RunnableConfig | None = None) -> tuple[Runnable[Input, Output], RunnableConfig | None]:
        """The runnable that serves a call with this config, and the config to call it with.

        Raises InvalidConfigError where the config names an option or an alternative that is not there.
        """
        runnable: Runnable[Any, Any] = self
        while isinstance(runnable, DynamicRunnable):
            own = cast("DynamicRunnable[Any, Any]", runnable)
            runnable, config = own._prepare(merge_configs(own.config, config) if own.config else config)
        return runnable, config

    def with_config(self, config: RunnableConfig | None = None, **kwargs: Any) -> Self:
        return self._with(default=self.default, config=merge_configs(config, cast("RunnableConfig", kwargs)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("default", "config"):
            raise AttributeError(name)
        attribute = getattr(self.prepare()[0], name)
        if not callable(attribute):
            return attribute

        @wraps(attribute)
        def method(*args: Any, **kwargs: Any) -> Any:
            given = next(filter(_is_configurable, (*args, kwargs.get("config"))), None)
            if given is None:
                return attribute(*args, **kwargs)
            runnable, config = self.prepare(given)
            args = tuple(config if arg is given else arg for arg in args)
            kwargs = {key: config if arg is given else arg for key, arg in kwargs.items()}
            return getattr(runnable, name)(*args, **kwargs)

        return method

    def batch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        if (configs := self._for_default(config)) is MISSING:
            return super().batch(inputs, config, return_exceptions=return_exceptions, **kwargs)
        return self.default.batch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    async def abatch(
        self,
        inputs: Sequence[Input],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Output]:
        if (configs := self._for_default(config)) is MISSING:
            return await super().abatch(inputs, config, return_exceptions=return_exceptions, **kwargs)
        return await self.default.abatch(inputs, configs, return_exceptions=return_exceptions, **kwargs)

    def _for_default(self, config: RunnableConfig | Sequence[RunnableConfig] | None) -> Any:
        """The prepared config or configs where all calls of a batch are for the default, whose own `batch` may know
        better; else MISSING."""
        configs = [config] if config is None or isinstance(config, dict) else config
        try:
            prepared = [self.prepare(one) for one in configs]
        except InvalidConfigError:
            return MISSING  # whichever call has that config raises it
        if any(runnable is not self.default for runnable, _ in prepared):
            return MISSING
        return [one for _, one in prepared] if configs is config else prepared[0][1]

    @property
    def blocks(self) -> bool:
        return self.default.blocks

    @property
    def batches(self) -> bool:
        return self.default.batches

    @property
    def brings_handlers(self) -> bool:
        return bool(self.config.get("callbacks")) or self.default.brings_handlers

    @property
    def InputType(self) -> Any:
        return self.default.InputType

    @property
    def OutputType(self) -> Any:
        return self.default.OutputType


def configurable_values(config: RunnableConfig | None) -> dict[str, Any]:
    """What a call with this config sets, by id."""
    if config is None and CURRENT.get() is None:
        return {}
    return ensure_config(config).get("configurable", {})


def _is_configurable(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("configurable"), dict)


__all__ = ["DynamicRunnable", "configurable_values"]
