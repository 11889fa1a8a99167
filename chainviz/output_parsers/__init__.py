"""Output parsers: steps that make a value of what a model wrote."""

from chainviz.errors import OutputParserError
from chainviz.output_parsers.base import (
    BaseCumulativeTransformOutputParser,
    BaseGenerationOutputParser,
    BaseLLMOutputParser,
    BaseOutputParser,
    BaseTransformOutputParser,
)
from chainviz.output_parsers.json import JsonOutputParser, SimpleJsonOutputParser
from chainviz.output_parsers.list import (
    CommaSeparatedListOutputParser,
    ListOutputParser,
    MarkdownListOutputParser,
    NumberedListOutputParser,
)
from chainviz.output_parsers.pydantic import PydanticOutputParser
from chainviz.output_parsers.string import StrOutputParser
from chainviz.output_parsers.tool_calls import JsonOutputKeyToolsParser, JsonOutputToolsParser, PydanticToolsParser

OutputParserException = OutputParserError
"""The reference implementation's name for it."""

__all__ = [
    "BaseCumulativeTransformOutputParser",
    "BaseGenerationOutputParser",
    "BaseLLMOutputParser",
    "BaseOutputParser",
    "BaseTransformOutputParser",
    "CommaSeparatedListOutputParser",
    "JsonOutputKeyToolsParser",
    "JsonOutputParser",
    "JsonOutputToolsParser",
    "ListOutputParser",
    "MarkdownListOutputParser",
    "NumberedListOutputParser",
    "OutputParserException",
    "PydanticOutputParser",
    "PydanticToolsParser",
    "SimpleJsonOutputParser",
    "StrOutputParser",
]
