"""Answers that are JSON: what is asked of the server, and how the answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel

from chainviz.errors import InvalidConfigError, OutputParserError, shorten
from chainviz.integrations.openai.requests import Wire
from chainviz.integrations.openai.tools import named_schema, strict_schema
from chainviz.language_models.structured import with_raw
from chainviz.output_parsers import BaseLLMOutputParser, JsonOutputParser, PydanticOutputParser
from chainviz.output_parsers.json import BaseJsonOutputParser

if TYPE_CHECKING:
    from chainviz.language_models import LanguageModelInput
    from chainviz.outputs import Generation
    from chainviz.runnables.base import Runnable

Schema: TypeAlias = Mapping[str, Any] | type
Method: TypeAlias = Literal["function_calling", "json_schema", "json_mode"]


class _Answer(BaseJsonOutputParser[Any]):
    """Reads an answer that is whole: not one that the model refuses, nor one that ran into its length limit."""

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        message = getattr(result[0], "message", None)
        ended = message.response_metadata.get("finish_reason") if message else None
        refusal = message.additional_kwargs.get("refusal") if message else None
        if refusal and (ended or not partial):
            raise OutputParserError(f"structured output: the model refuses: {refusal}", llm_output=refusal)
        if ended == "length":
            raise OutputParserError(
                f"structured output: the answer ran into its length limit: {shorten(result[0].text)}",
                llm_output=result[0].text,
            )
        return super().parse_result(result, partial=partial)


class JsonAnswerParser(_Answer, JsonOutputParser):
    """The JSON value of an answer; in a stream, the value as it grows."""


class PydanticAnswerParser(_Answer, PydanticOutputParser[Any]):
    """The answer as an object of a pydantic model."""


def response_format(schema: Schema | None, method: Method, strict: bool | None) -> Wire:
    """What asks the server for JSON. Raises InvalidConfigError for a method that there is not, or lacks a schema."""
    if method == "json_mode":
        return {"type": "json_object"}
    if method not in ("function_calling", "json_schema"):
        raise InvalidConfigError(
            f"method: expected 'function_calling', 'json_schema' or 'json_mode', got {shorten(method)}"
        )
    if schema is None:
        raise InvalidConfigError(f"schema: expected one for the method {method!r}, got None")
    name, description, form = named_schema(schema)
    wire: Wire = {"name": name, "schema": strict_schema(form) if strict else form}
    if description:
        wire["description"] = description
    if strict is not None:
        wire["strict"] = strict
    return {"type": "json_schema", "json_schema": wire}


def read_json(
    asked: Runnable[LanguageModelInput, Any], schema: Schema | None, include_raw: bool
) -> Runnable[LanguageModelInput, Any]:
    """The model, then its answer in the form of the schema, or all of `raw`, `parsed` and `parsing_error`."""
    parser: BaseLLMOutputParser[Any] = JsonAnswerParser()
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        parser = PydanticAnswerParser(pydantic_object=schema)
    return with_raw(asked, parser) if include_raw else asked | parser


__all__ = ["JsonAnswerParser", "Method", "PydanticAnswerParser", "Schema", "read_json", "response_format"]
