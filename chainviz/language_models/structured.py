"""A chat model made to answer in the form of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter, ValidationError

from chainviz.errors import OutputParserError, shorten
from chainviz.messages import AIMessage, BaseMessage
from chainviz.runnables.functions import RunnableLambda
from chainviz.runnables.parallel import RunnableParallel

if TYPE_CHECKING:
    from chainviz.language_models.base import LanguageModelInput
    from chainviz.language_models.chat import BaseChatModel
    from chainviz.runnables.base import Runnable


def structured(
    model: BaseChatModel, schema: Mapping[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
) -> Runnable[LanguageModelInput, Any]:
    """`model.bind_tools([schema])`, then the arguments of the tool call that it answers with."""
    asked = model.bind_tools([schema], tool_choice="any", **kwargs)

    def read(message: BaseMessage) -> Any:
        return read_tool_call(message, schema)

    if not include_raw:
        return asked | RunnableLambda[Any, Any](read, name="ToolCallParser")

    def settled(given: dict[str, Any]) -> dict[str, Any]:
        try:
            return {**given, "parsed": read_tool_call(given["raw"], schema), "parsing_error": None}
        except OutputParserError as error:
            return {**given, "parsed": None, "parsing_error": error}

    return RunnableParallel[Any](raw=asked) | RunnableLambda[Any, Any](settled, name="ToolCallParser")


def read_tool_call(message: BaseMessage, schema: Mapping[str, Any] | type) -> Any:
    """The arguments of the first tool call in a message, as `schema` has them.

    Raises OutputParserError where there is none, or where it does not fit.
    """
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    if not calls:
        raise OutputParserError(f"structured output: expected a tool call, got {shorten(message)}", message.text)
    args = calls[0]["args"]
    if isinstance(schema, Mapping):
        return args
    try:
        return TypeAdapter(cast("type[Any]", schema)).validate_python(args)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise OutputParserError(
            f"structured output: {schema.__name__}: {place}: {first['msg']}, got {shorten(first['input'])}",
            message.text,
        ) from error


__all__ = ["read_tool_call", "structured"]
