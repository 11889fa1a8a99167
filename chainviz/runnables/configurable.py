"""Steps that a call configures: parameters set, or one of several alternatives chosen, by `config["configurable"]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chainviz.errors import InvalidConfigError, NotAStepError, nearest, shorten
from chainviz.runnables.base import Input, Output, Runnable
from chainviz.runnables.coerce import as_step
from chainviz.runnables.dynamic import DynamicRunnable, configurable_values
from chainviz.runnables.fields import (
    ConfigurableField,
    ConfigurableFieldMultiOption,
    ConfigurableFieldSingleOption,
    ConfigurableFieldSpec,
    chosen,
    options_type,
    unique_specs,
)
from chainviz.runnables.parameters import parameters, with_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chainviz.config import RunnableConfig
    from chainviz.runnables.fields import AnyConfigurableField


class RunnableConfigurableFields(DynamicRunnable[Input, Output]):
    """A step some of whose parameters a call sets: `fields` says which, and by what ids.

    Made by `step.configurable_fields(temperature=ConfigurableField("t"))`. Each call that sets one is served by a new
    step. Raises InvalidConfigError where the step has no such parameter.
    """

    def __init__(
        self, *, default: Any, fields: Mapping[str, AnyConfigurableField], config: RunnableConfig | None = None
    ) -> None:
        super().__init__(default, config)
        known = parameters(self.default)
        for name, field in fields.items():
            if name not in known:
                raise InvalidConfigError(
                    f"{self.default.get_name()}: there is no parameter {name!r} to configure; expected one of"
                    f" {', '.join(known) or 'none at all'}{nearest(name, known)}"
                )
            if not isinstance(field, _FIELD_TYPES):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise InvalidConfigError(f"configurable {name!r}: expected a ConfigurableField, got {shorten(field)}")
        self.fields = dict(fields)

    def __repr__(self) -> str:
        return f"{self.default!r}.configurable_fields({', '.join(self.fields)})"

    def _with(
        self, *, default: Runnable[Any, Any], config: RunnableConfig
    ) -> RunnableConfigurableFields[Input, Output]:
        return RunnableConfigurableFields(default=default, fields=self.fields, config=config)

    def configurable_fields(self, **fields: AnyConfigurableField) -> RunnableConfigurableFields[Input, Output]:
        return RunnableConfigurableFields(default=self.default, fields={**self.fields, **fields}, config=self.config)

    def _prepare(self, config: RunnableConfig | None) -> tuple[Runnable[Any, Any], RunnableConfig | None]:
        values = configurable_values(config)
        changes: dict[str, Any] = {}
        for name, field in self.fields.items():
            if not isinstance(field, ConfigurableField):
                changes[name] = field.value(values.get(field.id))
            elif field.id in values:
                changes[name] = values[field.id]
        return with_parameters(self.default, changes) if changes else self.default, config

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        known = parameters(self.default)
        specs: list[ConfigurableFieldSpec] = []
        for name, field in self.fields.items():
            annotation, description = known[name]
            if isinstance(field, ConfigurableField):
                default = getattr(self.default, name)
                annotation = field.annotation or annotation
            else:
                default = field.default
                choice = options_type(field.name or field.id, field.options)
                annotation = Sequence[choice] if isinstance(field, ConfigurableFieldMultiOption) else choice
            description = field.description or description
            specs.append(ConfigurableFieldSpec(field.id, annotation, field.name, description, default, field.is_shared))
        return unique_specs([*specs, *self.default.config_specs])


class RunnableConfigurableAlternatives(DynamicRunnable[Input, Output]):
    """A step that a call may exchange for one of `alternatives` by its key, under the id of `which`.

    Made by `step.configurable_alternatives(ConfigurableField("llm"), other=...)`. An alternative is a step, or a
    function without parameters that makes one when it is needed. With `prefix_keys`, the configurable fields of an
    alternative have ids like `llm==other/temperature`. Raises NotAStepError where an alternative is neither.
    """

    def __init__(
        self,
        *,
        which: ConfigurableField,
        default: Any,
        alternatives: Mapping[str, Runnable[Input, Output] | Callable[[], Runnable[Input, Output]]],
        default_key: str = "default",
        prefix_keys: bool = False,
        config: RunnableConfig | None = None,
    ) -> None:
        super().__init__(default, config)
        for key, step in alternatives.items():
            if not isinstance(step, Runnable) and not callable(step):
                raise NotAStepError(
                    f"alternative {key!r}: expected a Runnable or a function that makes one, got {shorten(step)}"
                )
        if not isinstance(which, ConfigurableField):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidConfigError(f"alternatives: expected a ConfigurableField first, got {shorten(which)}")
        self.which = which
        self.alternatives = dict(alternatives)
        self.default_key = default_key
        self.prefix_keys = prefix_keys

    def __repr__(self) -> str:
        return f"{self.default!r}.configurable_alternatives({self.which.id!r}, {', '.join(self.alternatives)})"

    def _with(
        self, *, default: Runnable[Any, Any], config: RunnableConfig
    ) -> RunnableConfigurableAlternatives[Input, Output]:
        return RunnableConfigurableAlternatives(
            which=self.which,
            default=default,
            alternatives=self.alternatives,
            default_key=self.default_key,
            prefix_keys=self.prefix_keys,
            config=config,
        )

    def configurable_fields(self, **fields: AnyConfigurableField) -> RunnableConfigurableAlternatives[Input, Output]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._with(default=self.default.configurable_fields(**fields), config=self.config)

    def _prepare(self, config: RunnableConfig | None) -> tuple[Runnable[Any, Any], RunnableConfig | None]:
        values = configurable_values(config)
        key = values.get(self.which.id, self.default_key)
        step = chosen(self.which.id, {self.default_key: self.default, **self.alternatives}, key)
        if self.prefix_keys and values:
            prefix = f"{self.which.id}=={key}/"
            values = {id.removeprefix(prefix): value for id, value in values.items()}
            config = {**(config or {}), "configurable": values}
        return as_step(step if isinstance(step, Runnable) else step(), f"alternative {key!r}"), config

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        which = self.which
        choice = options_type(which.name or which.id, [*self.alternatives, self.default_key])
        specs = [
            ConfigurableFieldSpec(which.id, choice, which.name, which.description, self.default_key, which.is_shared)
        ]
        for key, step in {self.default_key: self.default, **self.alternatives}.items():
            if isinstance(step, Runnable):
                own = step.config_specs
                specs += [spec.prefixed(f"{which.id}=={key}") for spec in own] if self.prefix_keys else own
        return unique_specs(specs)

    @property
    def blocks(self) -> bool:
        steps = (self.default, *self.alternatives.values())
        return any(not isinstance(step, Runnable) or step.blocks for step in steps)

    @property
    def brings_handlers(self) -> bool:
        steps: list[Any] = [step for step in self.alternatives.values() if isinstance(step, Runnable)]
        return super().brings_handlers or any(step.brings_handlers for step in steps)


_FIELD_TYPES = (ConfigurableField, ConfigurableFieldSingleOption, ConfigurableFieldMultiOption)


__all__ = ["RunnableConfigurableAlternatives", "RunnableConfigurableFields"]
