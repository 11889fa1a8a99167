"""Output parsers: steps that make a value of what a model wrote."""

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

__all__ = [
    "BaseCumulativeTransformOutputParser",
    "BaseGenerationOutputParser",
    "BaseLLMOutputParser",
    "BaseOutputParser",
    "BaseTransformOutputParser",
    "CommaSeparatedListOutputParser",
    "JsonOutputParser",
    "ListOutputParser",
    "MarkdownListOutputParser",
    "NumberedListOutputParser",
    "PydanticOutputParser",
    "SimpleJsonOutputParser",
    "StrOutputParser",
]
