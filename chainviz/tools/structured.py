"""StructuredTool and the decorator `tool`: tools out of functions and of runnables."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Literal, cast, get_type_hints, overload

from pydantic import BaseModel

from chainviz.errors import InputTypeError, InvalidInputError, shorten
from chainviz.runnables.base import Runnable
from chainviz.runnables.inner_handlers import open_for_handlers
from chainviz.runnables.schema import fields_of, object_schema
from chainviz.tools.schema import has_annotations, read_docstring, schema_of
from chainviz.tools.simple import FunctionTool, Tool

if TYPE_CHECKING:
    from chainviz.config import RunnableConfig


class StructuredTool(FunctionTool):
    """A tool of a function whose parameters are its arguments."""

    @classmethod
    def from_function(
        cls,
        func: Callable[..., Any] | None = None,
        coroutine: Callable[..., Awaitable[Any]] | None = None,
        name: str | None = None,
        description: str | None = None,
        return_direct: bool = False,
        args_schema: type[BaseModel] | dict[str, Any] | None = None,
        infer_schema: bool = True,
        *,
        response_format: Literal["content", "content_and_artifact"] = "content",
        parse_docstring: bool = False,
        error_on_invalid_docstring: bool = False,
        **fields: Any,
    ) -> StructuredTool:
        """A tool of a function, a coroutine function, or both; what is not given is read from them.

        `parse_docstring` takes the arguments' descriptions from the docstring's `Args:`. Raises InvalidInputError where
        there is no function, or neither description nor docstring.
        """
        source = func or coroutine
        if source is None:
            raise InvalidInputError(f"{cls.__name__}: expected a function or a coroutine function, got neither")
        name = name or str(getattr(source, "__name__", type(source).__name__))
        text, arguments = read_docstring(source) if parse_docstring else (_said_of(source), {})
        if parse_docstring and error_on_invalid_docstring and not arguments and has_annotations(source):
            raise InvalidInputError(f"{name}: expected a docstring with a section 'Args:', got {shorten(text)}")
        if description is None and not text and isinstance(args_schema, type):
            text = inspect.cleandoc(args_schema.__doc__ or "")
        if description is None and not text:
            raise InvalidInputError(f"{name}: expected a docstring or a description, got neither")
        description = text if description is None else description
        if args_schema is None and infer_schema:
            args_schema = schema_of(name, source, description, arguments)
        if args_schema is not None:
            fields["args_schema"] = args_schema
        return cls(
            name=name,
            description=description,
            func=func,
            coroutine=coroutine,
            return_direct=return_direct,
            response_format=response_format,
            **fields,
        )


def _said_of(function: Callable[..., Any]) -> str:
    return dedent(function.__doc__ or "").strip()


@overload
def tool(name_or_callable: Callable[..., Any], **options: Any) -> FunctionTool: ...


@overload
def tool(name_or_callable: str, runnable: Runnable[Any, Any], **options: Any) -> FunctionTool: ...


@overload
def tool(name_or_callable: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], FunctionTool]: ...


def tool(
    name_or_callable: str | Callable[..., Any] | None = None,
    runnable: Runnable[Any, Any] | None = None,
    *,
    description: str | None = None,
    return_direct: bool = False,
    args_schema: type[BaseModel] | dict[str, Any] | None = None,
    infer_schema: bool = True,
    response_format: Literal["content", "content_and_artifact"] = "content",
    parse_docstring: bool = False,
    error_on_invalid_docstring: bool = True,
    **fields: Any,
) -> Any:
    """Decorator: a function as a tool, `@tool`, `@tool("name")` or `@tool(return_direct=True)`; its parameters are the
    arguments, its docstring the description. `tool("name", chain)` makes a tool of a runnable.

    The options are those of `StructuredTool.from_function`.
    """
    options: dict[str, Any] = {
        "description": description,
        "return_direct": return_direct,
        "args_schema": args_schema,
        "response_format": response_format,
        **fields,
    }
    of_functions: dict[str, Any] = {
        "infer_schema": infer_schema,
        "parse_docstring": parse_docstring,
        "error_on_invalid_docstring": error_on_invalid_docstring,
    }

    def made(function: Any, name: str | None = None) -> FunctionTool:
        if isinstance(function, Runnable):
            return convert_runnable_to_tool(cast("Runnable[Any, Any]", function), name=name, **options)
        if not callable(function):
            raise InputTypeError(f"tool: expected a function, got {shorten(function)}")
        func, coroutine = (None, function) if inspect.iscoroutinefunction(function) else (function, None)
        if infer_schema or args_schema is not None:
            return StructuredTool.from_function(func, coroutine, name, **options, **of_functions)
        options["description"] = description or _said_of(function)
        if not options["description"]:
            raise InvalidInputError(f"{name or function.__name__}: expected a docstring or a description, got neither")
        return Tool(name or function.__name__, func, coroutine=coroutine, **options)

    if runnable is not None:
        return made(runnable, cast("str", name_or_callable))
    if name_or_callable is None or isinstance(name_or_callable, str):
        return partial(made, name=name_or_callable)
    return made(name_or_callable)


def convert_runnable_to_tool(
    runnable: Runnable[Any, Any],
    args_schema: type[BaseModel] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    arg_types: Mapping[str, Any] | None = None,
    **options: Any,
) -> FunctionTool:
    """What `runnable.as_tool()` does: a dict of its arguments is its input, or the text that it takes.

    Raises InvalidInputError where nothing says what the arguments are.
    """
    if args_schema is not None:
        runnable = runnable.with_types(input_type=args_schema)
    name = name or runnable.get_name()
    input_schema = runnable.get_input_jsonschema()
    options.update(name=name, description=description or f"Takes {input_schema}.")
    if args_schema is None and arg_types is None and input_schema.get("type") == "string":

        def say(text: str, config: RunnableConfig) -> Any:
            return runnable.invoke(text, config)

        async def asay(text: str, config: RunnableConfig) -> Any:
            return await runnable.ainvoke(text, config)

        return open_for_handlers(Tool(func=say, coroutine=asay, **options), [runnable])

    def call(config: RunnableConfig, **arguments: Any) -> Any:
        return runnable.invoke(arguments, config)

    async def acall(config: RunnableConfig, **arguments: Any) -> Any:
        return await runnable.ainvoke(arguments, config)

    args_schema = args_schema or _arguments_model(name, runnable, arg_types)
    return open_for_handlers(StructuredTool.from_function(call, acall, args_schema=args_schema, **options), [runnable])


def _arguments_model(name: str, runnable: Runnable[Any, Any], arg_types: Mapping[str, Any] | None) -> type[BaseModel]:
    declared = runnable.InputType
    if arg_types is None and hasattr(declared, "__required_keys__"):  # a TypedDict, whichever module made it
        arg_types = get_type_hints(declared)
    if arg_types is not None:
        return object_schema(name, {key: (type_, ...) for key, type_ in arg_types.items()})
    schema = runnable.get_input_schema()
    if not fields_of(schema):
        raise InvalidInputError(
            f"{name}: a tool takes a text or a dict of arguments with types, got a step that takes {declared};"
            f" give `args_schema` or `arg_types`"
        )
    return schema


__all__ = ["StructuredTool", "convert_runnable_to_tool", "tool"]
