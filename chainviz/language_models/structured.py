"""A chat model made to answer in the form of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from chainviz.errors import InvalidConfigError, shorten
from chainviz.output_parsers.tool_calls import JsonOutputKeyToolsParser, PydanticToolsParser
from chainviz.runnables.functions import RunnableLambda
from chainviz.runnables.parallel import RunnableParallel
from chainviz.runnables.passthrough import RunnablePassthrough

if TYPE_CHECKING:
    from chainviz.language_models.base import LanguageModelInput
    from chainviz.language_models.chat import BaseChatModel
    from chainviz.runnables.base import Runnable


def structured(
    model: BaseChatModel, schema: Mapping[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
) -> Runnable[LanguageModelInput, Any]:
    """`model.bind_tools([schema])`, then the arguments of the tool call that it answers with, None where it answers
    with none: an object of a pydantic model, else a dict. With `include_raw`, as `with_raw` has it.

    Raises InvalidConfigError for a schema that has no name.
    """
    asked = model.bind_tools([schema], tool_choice="any", **kwargs)
    parser: Runnable[Any, Any]
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        parser = PydanticToolsParser(tools=[schema], first_tool_only=True)
    else:
        parser = JsonOutputKeyToolsParser(key_name=_name(schema), first_tool_only=True)
    return with_raw(asked, parser) if include_raw else asked | parser


def with_raw(asked: Runnable[Any, Any], parser: Runnable[Any, Any]) -> Runnable[Any, Any]:
    """A dict of the answer as `raw`, of what the parser makes of it as `parsed`, and of what it raises as
    `parsing_error`; where one of the latter is something, the other one is None."""
    parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=_nothing)
    failed = RunnablePassthrough.assign(parsed=_nothing)
    return RunnableParallel[Any](raw=asked) | parsed.with_fallbacks([failed], exception_key="parsing_error")


_nothing = RunnableLambda[Any, None](lambda given: None)


def _name(schema: Any) -> str:
    """The name of the tool that stands for the schema."""
    if isinstance(schema, Mapping):
        named = cast("Mapping[str, Any]", schema)
        named = named.get("function", named)
        name = named.get("name") or named.get("title")
    else:
        name = getattr(schema, "__name__", None)
    if not name:
        raise InvalidConfigError(f"structured output: expected a schema with a 'title', got {shorten(schema)}")
    return name


__all__ = ["structured", "with_raw"]
