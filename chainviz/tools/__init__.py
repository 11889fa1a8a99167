"""Tools: steps that a model may ask to be called."""

from chainviz.tools.base import BaseTool
from chainviz.tools.structured import StructuredTool, as_tool, tool

__all__ = ["BaseTool", "StructuredTool", "as_tool", "tool"]
