"""PromptTemplate: a prompt that is one text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, model_validator

from chainviz.errors import InvalidConfigError, InvalidInputError, NoMessageError, listed, shorten
from chainviz.prompts.base import BasePromptTemplate
from chainviz.prompts.mustache import Mustache
from chainviz.prompts.templates import TemplateFormat, compile_template, shown_variable
from chainviz.prompts.values import StringPromptValue
from chainviz.runnables.schema import object_schema

if TYPE_CHECKING:
    from typing import Self

    from chainviz.config import RunnableConfig


class StringPromptTemplate(BasePromptTemplate):
    """The base of prompts that are text. A class of one's own gives `format`."""

    def format_prompt(self, **kwargs: Any) -> StringPromptValue:
        return StringPromptValue(self.format(**kwargs))

    async def aformat_prompt(self, **kwargs: Any) -> StringPromptValue:
        return StringPromptValue(await self.aformat(**kwargs))

    def format(self, **kwargs: Any) -> str:
        raise NotImplementedError(f"{type(self).__name__}.format")

    def _check_variables(self, needed: Iterable[str]) -> None:
        """Raise InvalidConfigError where a variable of the template is not among those that were given."""
        missing = [name for name in needed if name not in (*self.input_variables, *self.partial_variables)]
        if missing:
            raise InvalidConfigError(
                f"{self.get_name()}: expected {listed(missing)} among the input_variables, got"
                f" {listed(self.input_variables)}"
            )

    def pretty_repr(self, html: bool = False) -> str:
        return self.format(**{name: shown_variable(name, coloured=html) for name in self.input_variables})


class PromptTemplate(StringPromptTemplate):
    """A text with variables in it: `PromptTemplate.from_template("tell me a joke about {topic}")`.

    Prompts add with `+`, to each other and to texts. Raises InvalidInputError for a template that is not of its format.
    """

    template: str
    template_format: TemplateFormat = "f-string"
    validate_template: bool = False

    @model_validator(mode="after")
    def _find_variables(self) -> Self:
        names = compile_template(self.template, self.template_format).variables
        if self.validate_template:
            if self.template_format == "mustache":
                raise InvalidConfigError(f"{self.get_name()}: a mustache template can't be validated")
            self._check_variables(names)
        self.input_variables = [name for name in names if name not in self.partial_variables]
        return self

    @classmethod
    def from_template(
        cls,
        template: str,
        *,
        template_format: TemplateFormat = "f-string",
        partial_variables: dict[str, Any] | None = None,
        **fields: Any,
    ) -> PromptTemplate:
        """A prompt of the template; its variables are read from it."""
        if not isinstance(template, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{cls.__name__}: expected the template to be a str, got {shorten(template)}")
        names = compile_template(template, template_format).variables
        return cls(
            template=template,
            template_format=template_format,
            input_variables=[name for name in names if name not in (partial_variables or {})],
            partial_variables=partial_variables or {},
            **fields,
        )

    @classmethod
    def from_file(cls, template_file: str | Path, encoding: str | None = "utf-8", **fields: Any) -> PromptTemplate:
        """A prompt of the text in a file."""
        return cls.from_template(Path(template_file).read_text(encoding=encoding), **fields)

    @classmethod
    def from_examples(
        cls,
        examples: list[str],
        suffix: str,
        input_variables: list[str],
        example_separator: str = "\n\n",
        prefix: str = "",
        **fields: Any,
    ) -> PromptTemplate:
        """A prompt of the prefix, the examples and the suffix, one after another."""
        return cls.from_template(example_separator.join([prefix, *examples, suffix]), **fields)

    def format(self, **kwargs: Any) -> str:
        """The text with the variables filled in. Raises MissingVariableError where one is missing."""
        return self._fill(compile_template(self.template, self.template_format).fill, kwargs)

    def __add__(self, other: Any) -> PromptTemplate:
        if isinstance(other, str):
            other = PromptTemplate.from_template(other, template_format=self.template_format)
        if not isinstance(other, PromptTemplate) or other.template_format != self.template_format:
            raise NoMessageError(
                f"PromptTemplate + …: expected a str or a PromptTemplate of format {self.template_format!r},"
                f" got {shorten(other)}"
            )
        return PromptTemplate.from_template(
            self.template + other.template,
            template_format=self.template_format,
            partial_variables={**self.partial_variables, **other.partial_variables},
        )

    def get_input_schema(self, config: RunnableConfig | None = None) -> type[BaseModel]:
        if self.template_format != "mustache":
            return super().get_input_schema(config)
        return _schema_of("PromptInput", Mustache(self.template).shape)

    @property
    def _prompt_type(self) -> str:
        return "prompt"

    def _graph_params(self) -> dict[str, Any]:
        return {"template": self.template}


def _schema_of(name: str, shape: dict[str, Any]) -> type[BaseModel]:
    """The schema of what a mustache template looks up, none of which has to be there."""
    fields: dict[str, Any] = {
        key: (_schema_of(key, inside) if inside else type(inside), None) for key, inside in shape.items()
    }
    return object_schema(name, fields, lists_required=False)


__all__ = ["PromptTemplate", "StringPromptTemplate"]
