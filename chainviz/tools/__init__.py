"""Tools: steps that a model may ask to be called."""

from chainviz.tools.base import BaseTool
from chainviz.tools.structured import StructuredTool, convert_runnable_to_tool, tool

__all__ = ["BaseTool", "StructuredTool", "convert_runnable_to_tool", "tool"]
