"""BasePromptTemplate: a step that takes variables and gives a prompt value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, Field

from chainviz.errors import InputTypeError, InvalidConfigError, MissingVariableError, listed, shorten
from chainviz.prompts.values import ChatPromptValueConcrete, PromptValue, StringPromptValue
from chainviz.runnables.schema import object_schema
from chainviz.runnables.serializable import RunnableSerializable

if TYPE_CHECKING:
    from typing import Self

    from chainviz.config import RunnableConfig
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType


class BasePromptTemplate(RunnableSerializable[dict[str, Any], PromptValue]):
    """The base of prompts. A class of one's own gives `format_prompt`.

    `partial_variables` are filled in beforehand, by values or by functions that make them; `optional_variables` may be
    left out. A prompt with one variable takes its bare value as well as a dict.
    """

    run_type: ClassVar[RunType] = "prompt"
    inline: ClassVar[bool] = True
    _graph_kind: ClassVar[str] = "prompt"

    input_variables: list[str] = Field(default_factory=list)
    optional_variables: list[str] = Field(default=[])
    input_types: dict[str, Any] = Field(default_factory=dict, exclude=True)
    output_parser: Any = None
    partial_variables: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] | None = None
    tags: list[str] | None = None

    def format_prompt(self, **kwargs: Any) -> PromptValue:
        """The prompt with the variables filled in. Raises MissingVariableError where one is missing."""
        raise NotImplementedError(f"{type(self).__name__}.format_prompt")

    def format(self, **kwargs: Any) -> Any:
        """The prompt with the variables filled in, as text."""
        return self.format_prompt(**kwargs).to_string()

    async def aformat_prompt(self, **kwargs: Any) -> PromptValue:
        return self.format_prompt(**kwargs)

    async def aformat(self, **kwargs: Any) -> Any:
        return self.format(**kwargs)

    def partial(self, **kwargs: Any) -> Self:
        """The prompt with some of its variables filled in, by values or by functions without arguments."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields["input_variables"] = [name for name in self.input_variables if name not in kwargs]
        fields["partial_variables"] = {**self.partial_variables, **kwargs}
        return type(self).model_validate(fields)

    # --- running ---------------------------------------------------------------------------------------------

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> PromptValue:
        return self.format_prompt(**self._as_values(input))

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> PromptValue:
        return await self.aformat_prompt(**self._as_values(input))

    def _as_values(self, input: Any) -> dict[str, Any]:
        """The input as a dict of variables. Raises InputTypeError or MissingVariableError where it is none."""
        names: list[str] = vars(self)["input_variables"]  # a model's attributes are slow to read
        if input.__class__ is dict or isinstance(input, Mapping):
            values: Any = input  # pyright: ignore[reportUnknownVariableType]
        elif len(names) == 1:
            values = {names[0]: input}
        else:
            raise InputTypeError(
                f"{self.get_name()}: expected a dict with the variables {listed(names)}, got {shorten(input)}"
            )
        for name in names:
            if name not in values:
                raise self._missing(name, values)
        return values

    def _filled(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The variables together with the partial ones."""
        if not self.partial_variables:
            return values
        partial = {name: value() if callable(value) else value for name, value in self.partial_variables.items()}
        return {**partial, **values}

    def _missing(self, name: str, values: Mapping[str, Any]) -> MissingVariableError:
        return MissingVariableError(
            f"{self.get_name()}: the variable {name!r} is missing; expected {listed(self.input_variables)},"
            f" got {listed(values)} (a brace itself is written twice: {{{{{name}}}}})"
        )

    def _fill(self, make: Callable[[Mapping[str, Any]], Any], values: Mapping[str, Any]) -> Any:
        """`make` of the variables and the partial ones; a KeyError in it becomes a MissingVariableError."""
        filled = self._filled(values)
        try:
            return make(filled)
        except KeyError as error:
            raise self._explained(error, filled) from None

    def _explained(self, error: KeyError, values: Mapping[str, Any]) -> KeyError:
        """The error that says which variable is missing, if that is what the error is about."""
        if isinstance(error, MissingVariableError) or not error.args or error.args[0] in values:
            return error
        return self._missing(str(error.args[0]), values)

    # --- what it is ------------------------------------------------------------------------------------------

    @property
    def OutputType(self) -> Any:
        return StringPromptValue | ChatPromptValueConcrete

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        required = {name: (self.input_types.get(name, str), ...) for name in self.input_variables}
        optional = {name: (self.input_types.get(name, str), None) for name in self.optional_variables}
        return object_schema("PromptInput", {**required, **optional}, lists_required=False)

    def get_prompts(self, config: RunnableConfig | None = None) -> list[Any]:
        return [self]

    def _run_tags(self) -> list[str]:
        return self.tags or []

    def _run_metadata(self) -> dict[str, Any]:
        return self.metadata or {}

    # --- as data ---------------------------------------------------------------------------------------------

    @property
    def _prompt_type(self) -> str:
        """What the prompt is called in a file."""
        raise NotImplementedError(f"{type(self).__name__}._prompt_type")

    def asdict(self, **options: Any) -> dict[str, Any]:
        """The fields as `model_dump(**options)` gives them, and what the prompt is called in a file as `_type`."""
        values = self.model_dump(**options)
        with suppress(NotImplementedError):
            values["_type"] = self._prompt_type
        return values

    def save(self, file_path: str | Path) -> None:
        """Write the prompt into a `.json` file, or a `.yaml` one (as JSON, which is YAML).

        Raises InvalidConfigError for another kind of file and for a prompt with partial variables,
        NotImplementedError for one that has no name in a file.
        """
        if self.partial_variables:
            raise InvalidConfigError(f"{self.get_name()}: expected no partial variables in what is saved")
        values, path = self.asdict(), Path(file_path)
        if "_type" not in values:
            raise NotImplementedError(f"{type(self).__name__}._prompt_type")
        if path.suffix not in (".json", ".yaml", ".yml"):
            raise InvalidConfigError(f"{self.get_name()}: expected a file .json or .yaml, got {str(path)!r}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values, indent=4), encoding="utf-8")

    def pretty_repr(self, html: bool = False) -> str:
        """The prompt for reading, its variables in braces."""
        raise NotImplementedError(f"{type(self).__name__}.pretty_repr")

    def pretty_print(self) -> None:
        print(self.pretty_repr())


__all__ = ["BasePromptTemplate"]
