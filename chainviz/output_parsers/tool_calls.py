"""Parsers of tool calls: what a model asked a tool for is its answer."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from chainviz.errors import OutputParserError, shorten
from chainviz.messages import AIMessage
from chainviz.messages.tool_calls import ToolCall
from chainviz.output_parsers.base import BaseCumulativeTransformOutputParser
from chainviz.outputs import ChatGeneration, Generation


class JsonOutputToolsParser(BaseCumulativeTransformOutputParser[Any]):
    """The tool calls in an answer as dicts of `type`, the tool's name, and `args`, with `return_id` of `id` too; with
    `first_tool_only` the first one, None where there is none.

    In a stream, they are given as they grow. `strict` changes nothing: a message has read the arguments of its calls
    already. Raises OutputParserError for an answer that is no message.
    """

    strict: bool = False
    return_id: bool = False
    first_tool_only: bool = False

    def counts(self, call: ToolCall) -> bool:
        """Whether a call is one that the parser looks for."""
        return True

    def value(self, call: ToolCall, partial: bool) -> Any:
        """What a call stands for; None for one that does not yet, where more of it is to come."""
        value = {"type": call["name"], "args": call["args"]}
        return {**value, "id": call["id"]} if self.return_id else value

    def parse(self, text: str) -> Any:
        raise OutputParserError(
            f"{self.get_name()}: expected a message with tool calls, got {shorten(text)}", llm_output=text
        )

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        generation = result[0]
        if not isinstance(generation, ChatGeneration):
            return self.parse(generation.text)
        message = generation.message
        calls = list(filter(self.counts, message.tool_calls)) if isinstance(message, AIMessage) else []
        if self.first_tool_only:
            calls = calls[:1]
        values = [value for call in calls if (value := self.value(call, partial)) is not None]
        return next(iter(values), None) if self.first_tool_only else values


class JsonOutputKeyToolsParser(JsonOutputToolsParser):
    """The arguments of the calls of the tool `key_name`; with `return_id` the whole calls, as JsonOutputToolsParser."""

    key_name: str

    def counts(self, call: ToolCall) -> bool:
        return call["name"] == self.key_name

    def value(self, call: ToolCall, partial: bool) -> Any:
        return super().value(call, partial) if self.return_id else call["args"]


class PydanticToolsParser(JsonOutputToolsParser):
    """The calls as objects of the pydantic models in `tools`, by their titles or names.

    Raises OutputParserError for a call that is of none of them, or does not fit.
    """

    tools: list[type[BaseModel]]

    def value(self, call: ToolCall, partial: bool) -> Any:
        models = {tool.model_config.get("title") or tool.__name__: tool for tool in self.tools}
        try:
            if call["name"] in models:
                return models[call["name"]].model_validate(call["args"])
            known = ", ".join(map(repr, models))
            complaint, cause = f"expected a call of {known}, got one of {call['name']!r}", None
        except ValidationError as error:
            first, cause = error.errors()[0], error
            place = ".".join(str(part) for part in first["loc"])
            complaint = f"{call['name']}: {place}: {first['msg']}, got {shorten(first['input'])}"
        if partial:
            return None
        raise OutputParserError(f"structured output: {complaint}", llm_output=str(call["args"])) from cause


__all__ = ["JsonOutputKeyToolsParser", "JsonOutputToolsParser", "PydanticToolsParser"]
