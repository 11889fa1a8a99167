"""FewShotPromptTemplate: a text prompt that shows examples before it asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from chainviz.errors import InvalidInputError
from chainviz.prompts.string import PromptTemplate, StringPromptTemplate
from chainviz.prompts.templates import TemplateFormat, compile_template

if TYPE_CHECKING:
    from typing import Self


class FewShotPromptTemplate(StringPromptTemplate):
    """The prefix, the examples (each formatted by `example_prompt`) and the suffix, joined by `example_separator`.

    The examples are `examples`, or those that `example_selector.select_examples(variables)` picks.
    """

    examples: list[dict[str, Any]] | None = None
    example_selector: Any = None
    validate_template: bool = False
    example_prompt: PromptTemplate
    suffix: str
    prefix: str = ""
    example_separator: str = "\n\n"
    template_format: TemplateFormat = "f-string"
    input_variables: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _find_variables(self) -> Self:
        if (self.examples is None) == (self.example_selector is None):
            raise InvalidInputError("FewShotPromptTemplate: expected either examples or an example_selector")
        names = (*self._compiled(self.prefix).variables, *self._compiled(self.suffix).variables)
        if self.validate_template:
            self._check_variables(names)
        self.input_variables = sorted({name for name in names if name not in self.partial_variables})
        return self

    def format(self, **kwargs: Any) -> str:
        """The whole text. Raises MissingVariableError where a variable is missing, be it of an example."""
        values = self._filled(kwargs)
        if self.examples is not None:
            return self.__text(self.examples, values)
        return self.__text(self.example_selector.select_examples(dict(values)), values)

    async def aformat(self, **kwargs: Any) -> str:
        """`format` without blocking the event loop."""
        values = self._filled(kwargs)
        if self.examples is not None:
            return self.__text(self.examples, values)
        return self.__text(await self.example_selector.aselect_examples(dict(values)), values)

    def __text(self, examples: list[dict[str, Any]], values: Mapping[str, Any]) -> str:
        needed = self.example_prompt.input_variables
        shown = [
            self.example_prompt.format(**{name: value for name, value in example.items() if name in needed})
            for example in examples
        ]
        around = [self._fill(self._compiled(text).fill, values) for text in (self.prefix, self.suffix)]
        return self.example_separator.join(text for text in (around[0], *shown, around[1]) if text)

    def _compiled(self, text: str) -> Any:
        return compile_template(text, self.template_format)

    @property
    def _prompt_type(self) -> str:
        return "few_shot"

    def _graph_params(self) -> dict[str, Any]:
        return {"prefix": self.prefix, "suffix": self.suffix}


__all__ = ["FewShotPromptTemplate"]
