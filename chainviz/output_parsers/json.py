"""JsonOutputParser: the JSON value in a model's answer."""

from __future__ import annotations

import json
import re
from typing import Any

from chainviz.errors import OutputParserError, shorten
from chainviz.messages.partial_json import parse_partial_json
from chainviz.output_parsers.base import BaseCumulativeTransformOutputParser, Parsed
from chainviz.outputs import Generation

_FENCE = re.compile(r"```(?:json)?(.*)", re.DOTALL)


def parse_json_markdown(text: str) -> Any:
    """The JSON value of a text, which may stand between backticks or break off too early.

    Raises ValueError where there is none.
    """
    try:
        return parse_partial_json(text.strip(" \n\r\t`"))
    except ValueError:
        fenced = _FENCE.search(text)
        if fenced is None:
            raise
        return parse_partial_json(fenced[1].strip(" \n\r\t`"))


class BaseJsonOutputParser(BaseCumulativeTransformOutputParser[Parsed]):
    """The base of parsers that read JSON."""

    pydantic_object: Any = None

    def parse(self, text: str) -> Any:
        return self.parse_result([Generation(text)])

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        """The value; of a `partial` answer as much as has come, None where that is nothing yet.

        Raises OutputParserError where the answer is no JSON.
        """
        text = result[0].text.strip()
        try:
            return parse_json_markdown(text)
        except ValueError as error:
            if partial:
                return None
            raise OutputParserError(
                f"{self.get_name()}: expected JSON, got {shorten(text)}", llm_output=text
            ) from error

    def get_format_instructions(self) -> str:
        if self.pydantic_object is None:
            return "Answer with a JSON object and nothing else."
        schema = {key: value for key, value in self._json_schema().items() if key not in ("title", "type")}
        return (
            "Answer with a JSON object that follows this JSON Schema, and with nothing else:\n"
            f"```\n{json.dumps(schema, ensure_ascii=False)}\n```"
        )

    def _json_schema(self) -> dict[str, Any]:
        return self.pydantic_object.model_json_schema()

    def _diff(self, prev: Any, next: Any) -> Any:
        import jsonpatch

        return jsonpatch.make_patch(prev, next).patch


class JsonOutputParser(BaseJsonOutputParser[Any]):
    """The JSON value of an answer; in a stream, the value as it grows, or with `diff` JSON Patch operations.

    `pydantic_object`, a pydantic model, is for the format instructions; the value stays what JSON makes of it.
    """


SimpleJsonOutputParser = JsonOutputParser

__all__ = ["BaseJsonOutputParser", "JsonOutputParser", "SimpleJsonOutputParser", "parse_json_markdown"]
