"""Tools: steps that a model may ask to be called."""

from chainviz.errors import ToolError
from chainviz.tools.base import BaseTool
from chainviz.tools.retriever import (
    create_retriever_tool,
    render_text_description,
    render_text_description_and_args,
)
from chainviz.tools.schema import InjectedToolArg, InjectedToolCallId
from chainviz.tools.simple import Tool
from chainviz.tools.structured import StructuredTool, convert_runnable_to_tool, tool

ToolException = ToolError
"""The reference implementation's name for it."""

__all__ = [
    "BaseTool",
    "InjectedToolArg",
    "InjectedToolCallId",
    "StructuredTool",
    "Tool",
    "ToolException",
    "convert_runnable_to_tool",
    "create_retriever_tool",
    "render_text_description",
    "render_text_description_and_args",
    "tool",
]
