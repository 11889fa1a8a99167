"""Parsers of tool calls: what a model asked a tool for is its answer."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from pydantic import BaseModel, ValidationError

from chainviz.errors import OutputParserError, shorten
from chainviz.messages import AIMessage
from chainviz.messages.tool_calls import ToolCall
from chainviz.output_parsers.base import BaseCumulativeTransformOutputParser
from chainviz.outputs import Generation


class ToolCallsParser(BaseCumulativeTransformOutputParser[Any]):
    """The values of the tool calls in an answer, or with `first_tool_only` the first one, None where there is none.

    In a stream, they are given as they grow. A class of one's own gives `value`.
    """

    first_tool_only: bool = False

    @abstractmethod
    def value(self, call: ToolCall, partial: bool) -> Any:
        """What a call stands for; None for one that does not count, or not yet where more of it is to come."""

    def parse(self, text: str) -> Any:
        raise OutputParserError(
            f"{self.get_name()}: expected a message with tool calls, got {shorten(text)}", llm_output=text
        )

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        message = getattr(result[0], "message", None)
        calls = message.tool_calls if isinstance(message, AIMessage) else []
        values = [value for call in calls if (value := self.value(call, partial)) is not None]
        return next(iter(values), None) if self.first_tool_only else values


class JsonOutputKeyToolsParser(ToolCallsParser):
    """The arguments of the calls of the tool `key_name`."""

    key_name: str

    def value(self, call: ToolCall, partial: bool) -> Any:
        return call["args"] if call["name"] == self.key_name else None


class PydanticToolsParser(ToolCallsParser):
    """The calls as objects of the pydantic models in `tools`, by their names.

    Raises OutputParserError for a call that is of none of them, or does not fit.
    """

    tools: list[type[BaseModel]]

    def value(self, call: ToolCall, partial: bool) -> Any:
        model = next((tool for tool in self.tools if tool.__name__ == call["name"]), None)
        try:
            if model is not None:
                return model.model_validate(call["args"])
            known = ", ".join(repr(tool.__name__) for tool in self.tools)
            complaint, cause = f"expected a call of {known}, got one of {call['name']!r}", None
        except ValidationError as error:
            first, cause = error.errors()[0], error
            place = ".".join(str(part) for part in first["loc"])
            complaint = f"{call['name']}: {place}: {first['msg']}, got {shorten(first['input'])}"
        if partial:
            return None
        raise OutputParserError(f"structured output: {complaint}", llm_output=str(call["args"])) from cause


__all__ = ["JsonOutputKeyToolsParser", "PydanticToolsParser", "ToolCallsParser"]
