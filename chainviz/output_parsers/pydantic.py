"""PydanticOutputParser: a model's answer as an object of a pydantic model."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chainviz.errors import OutputParserError, shorten
from chainviz.output_parsers.json import BaseJsonOutputParser
from chainviz.outputs import Generation

Model = TypeVar("Model", bound=BaseModel)


class PydanticOutputParser(BaseJsonOutputParser[Model]):
    """JSON in the answer, validated as `pydantic_object`; in a stream, each object that is valid already."""

    pydantic_object: type[Model]  # pyright: ignore[reportGeneralTypeIssues]

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        """The object. Raises OutputParserError where the answer is no JSON or does not fit the model."""
        value = super().parse_result(result, partial=partial)
        if value is None and partial:
            return None
        try:
            return self.pydantic_object.model_validate(value)
        except ValidationError as error:
            if partial:
                return None
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the whole"
            raise OutputParserError(
                f"{self.get_name()}: {self.pydantic_object.__name__}: {place}: {first['msg']}, got {shorten(value)}",
                llm_output=result[0].text,
            ) from error

    @property
    def OutputType(self) -> Any:
        return self.pydantic_object

    def _diff(self, prev: Any, next: Any) -> Any:
        return super()._diff(prev.model_dump(mode="json") if prev else None, next.model_dump(mode="json"))

    def _graph_params(self) -> dict[str, Any]:
        return {"model": self.pydantic_object.__name__}


__all__ = ["PydanticOutputParser"]
