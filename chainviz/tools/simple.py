"""FunctionTool, the base of tools that call a function, and Tool, whose function takes one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from chainviz.errors import AsyncOnlyError, InvalidInputError, ToolError, shorten
from chainviz.runnables.work import in_thread
from chainviz.tools.base import BaseTool, call_arguments


class FunctionTool(BaseTool):
    """A tool that calls `func`, or `coroutine` where it is awaited."""

    description: str = ""
    func: Callable[..., Any] | None = None
    coroutine: Callable[..., Awaitable[Any]] | None = None

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        if self.func is None:
            raise AsyncOnlyError(f"{self.name}: a coroutine function serves the async verbs only; use `ainvoke`")
        return self.func(*args, **kwargs)

    async def _arun(self, *args: Any, **kwargs: Any) -> Any:
        if self.coroutine is None:
            return await in_thread(self._run, *args, **kwargs)
        return await self.coroutine(*args, **kwargs)

    def _function(self) -> Callable[..., Any]:
        return self.func or self._run

    def _afunction(self) -> Callable[..., Any]:
        return self.coroutine or self._function()


class Tool(FunctionTool):
    """A tool of one argument, whose name does not matter: it takes a text, or a dict with one value.

    Raises ToolError for a dict with another number of values.
    """

    def __init__(self, name: str, func: Callable[..., Any] | None, description: str, **fields: Any) -> None:
        super().__init__(name=name, func=func, description=description, **fields)

    @classmethod
    def from_function(
        cls,
        func: Callable[..., Any] | None,
        name: str,
        description: str,
        return_direct: bool = False,
        args_schema: Any = None,
        coroutine: Callable[..., Awaitable[Any]] | None = None,
        **fields: Any,
    ) -> Tool:
        """A tool of a function, a coroutine function, or both. Raises InvalidInputError where there is neither."""
        if func is None and coroutine is None:
            raise InvalidInputError(f"{cls.__name__}: expected a function or a coroutine function, got neither")
        fields |= {"return_direct": return_direct, "args_schema": args_schema, "coroutine": coroutine}
        return cls(name, func, description, **fields)

    def _schema(self) -> Any:
        return _ONE_TEXT if self.args_schema is None else self.args_schema

    def _arguments(self, input: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments = call_arguments(input)
        if self.args_schema is not None or isinstance(arguments, dict):
            args, values = super()._arguments(input)
            arguments = (*args, *values.values())
        else:
            arguments = (arguments,)
        if len(arguments) != 1:
            raise ToolError(f"{self.name}: expected one argument, got {shorten(arguments)}")
        return arguments, {}


_ONE_TEXT = {"type": "object", "properties": {"tool_input": {"type": "string"}}, "required": ["tool_input"]}

__all__ = ["FunctionTool", "Tool"]
