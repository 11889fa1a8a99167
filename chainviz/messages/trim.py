"""Messages cut to a number of tokens, such as a model's window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, overload

from chainviz.errors import InvalidConfigError, shorten
from chainviz.messages.ai import AIMessage
from chainviz.messages.base import BaseMessage
from chainviz.messages.convert import MessageLikeRepresentation, convert_to_messages
from chainviz.messages.roles import SystemMessage, ToolMessage
from chainviz.messages.select import Kind, Messages, as_a_step, is_of

if TYPE_CHECKING:
    from chainviz.language_models.base import BaseLanguageModel
    from chainviz.runnables.base import Runnable

_Count: TypeAlias = Callable[[list[BaseMessage]], int]
TokenCounter: TypeAlias = "_Count | Callable[[BaseMessage], int] | BaseLanguageModel[Any] | Literal['approximate']"
"""Counts the tokens of a list of messages, or of one; a model counts by `get_num_tokens_from_messages`."""

_Split: TypeAlias = Callable[[str], list[str]]


@overload
def trim_messages(
    messages: None = None,
    *,
    max_tokens: int,
    token_counter: TokenCounter,
    strategy: Literal["first", "last"] = "last",
    allow_partial: bool = False,
    end_on: Kind | Sequence[Kind] | None = None,
    start_on: Kind | Sequence[Kind] | None = None,
    include_system: bool = False,
    text_splitter: Any = None,
) -> Runnable[Messages, list[BaseMessage]]: ...


@overload
def trim_messages(
    messages: Messages,
    *,
    max_tokens: int,
    token_counter: TokenCounter,
    strategy: Literal["first", "last"] = "last",
    allow_partial: bool = False,
    end_on: Kind | Sequence[Kind] | None = None,
    start_on: Kind | Sequence[Kind] | None = None,
    include_system: bool = False,
    text_splitter: Any = None,
) -> list[BaseMessage]: ...


def trim_messages(
    messages: Messages | None = None,
    *,
    max_tokens: int,
    token_counter: TokenCounter,
    strategy: Literal["first", "last"] = "last",
    allow_partial: bool = False,
    end_on: Kind | Sequence[Kind] | None = None,
    start_on: Kind | Sequence[Kind] | None = None,
    include_system: bool = False,
    text_splitter: Any = None,
) -> list[BaseMessage] | Runnable[Messages, list[BaseMessage]]:
    """The first or the last messages that have at most `max_tokens` tokens. Without `messages`, a step that does this.

    `end_on` drops what follows the last message of these kinds, `start_on` what precedes the first; `include_system`
    keeps a system message at the beginning. With `allow_partial`, a message that does not fit is cut: between its
    parts, else where `text_splitter` (a function, or something with `split_text`) cuts its text, by default lines.
    Raises InvalidConfigError for options that do not fit together.
    """
    options = {name: value for name, value in locals().items() if name != "messages"}
    if strategy not in ("first", "last"):
        raise InvalidConfigError(f"trim_messages: expected the strategy 'first' or 'last', got {strategy!r}")
    if strategy == "first" and (start_on or include_system):
        name = "start_on" if start_on else "include_system"
        raise InvalidConfigError(f"trim_messages: {name!r} is for the strategy 'last', got the strategy 'first'")
    if messages is None:
        return as_a_step(trim_messages, **options)
    count, split = _counter(token_counter), getattr(text_splitter, "split_text", text_splitter) or _lines
    given = convert_to_messages(messages)
    if strategy == "first":
        return _first(given, max_tokens, count, split if allow_partial else None, end_on, backwards=False)
    if end_on:
        given = _ending(given, end_on)
    system = given[:1] if include_system and given and isinstance(given[0], SystemMessage) else []
    room = max(0, max_tokens - count(system)) if system else max_tokens
    rest = given[len(system) :][::-1]
    return system + _first(rest, room, count, split if allow_partial else None, start_on, backwards=True)[::-1]


def _first(
    messages: list[BaseMessage],
    room: int,
    count: _Count,
    split: _Split | None,
    end_on: Kind | Sequence[Kind] | None,
    *,
    backwards: bool,
) -> list[BaseMessage]:
    """As many of the messages, from the first one on, as there is room for, up to one of the kinds `end_on`."""
    fitting = _most(len(messages), lambda number: count(messages[:number]) <= room)
    kept = messages[:fitting]
    if split is not None and fitting < len(messages):
        part = _part(kept, messages[fitting], room, count, split, backwards)
        kept = kept if part is None else [*kept, part]
    return _ending(kept, end_on) if end_on else kept


def _part(
    kept: list[BaseMessage], message: BaseMessage, room: int, count: _Count, split: _Split, backwards: bool
) -> BaseMessage | None:
    """As much of a message as there is room for after those that are kept; None where that is nothing."""
    content = message.content
    step = -1 if backwards else 1
    if isinstance(content, list):
        for number in range(len(content) - 1, 0, -1):
            part = message.model_copy(update={"content": content[::step][:number][::step]})
            if count([*kept, part]) <= room:
                return part
    nearest = content if isinstance(content, str) else "".join(map(_text, content[::step][:1]))
    pieces, left = split(nearest)[::step], room - count(kept)

    def cut(number: int) -> BaseMessage:
        return message.model_copy(update={"content": "".join(pieces[:number][::step])})

    fitting = _most(len(pieces), lambda number: count([cut(number)]) <= left)
    return cut(fitting) if fitting else None


def _most(limit: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to the limit that fits, where all smaller ones do."""
    if fits(limit):
        return limit
    low, high = 0, limit - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return max(low, 0)


def _ending(messages: list[BaseMessage], kinds: Kind | Sequence[Kind]) -> list[BaseMessage]:
    """The messages up to the last one of these kinds."""
    last = next((number for number in range(len(messages), 0, -1) if is_of(messages[number - 1], kinds)), 0)
    return messages[:last]


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), last]


def _text(part: str | dict[str, Any]) -> str:
    return part if isinstance(part, str) else part.get("text", "") if part.get("type") == "text" else ""


def _counter(given: Any) -> _Count:
    """A function that counts the tokens of a list of messages."""
    if given == "approximate":
        return count_tokens_approximately
    if hasattr(given, "get_num_tokens_from_messages"):
        return given.get_num_tokens_from_messages
    if not callable(given):
        raise InvalidConfigError(
            f"trim_messages: expected token_counter to be a model, a function or 'approximate', got {shorten(given)}"
        )
    from inspect import signature

    first = next(iter(signature(given).parameters.values()), None)
    if first is not None and first.annotation in (BaseMessage, "BaseMessage"):
        return lambda messages: sum(cast("int", given(message)) for message in messages)
    return cast("_Count", given)


_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant", "HumanMessageChunk": "user"}


def count_tokens_approximately(
    messages: Iterable[MessageLikeRepresentation],
    *,
    chars_per_token: float = 4.0,
    extra_tokens_per_message: float = 3.0,
    count_name: bool = True,
    tokens_per_image: int = 85,
) -> int:
    """About how many tokens the messages are, by the length of their texts, roles, names and tool calls: no tokenizer
    is asked, so it is quick, and right to within a third or so."""
    total = 0.0
    for message in convert_to_messages(messages):
        images, size = 0, 0
        for part in [message.content] if isinstance(message.content, str) else message.content:
            if isinstance(part, dict) and part.get("type") in ("image", "image_url"):
                images += 1
            else:
                size += len(part if isinstance(part, str) else _text(part) or repr(part))
        if isinstance(message, AIMessage) and message.tool_calls and not isinstance(message.content, list):
            size += len(repr(message.tool_calls))
        if isinstance(message, ToolMessage):
            size += len(message.tool_call_id)
        size += len(getattr(message, "role", None) or _ROLES.get(message.type, message.type))
        if count_name and message.name:
            size += len(message.name)
        total += ceil(size / chars_per_token) + extra_tokens_per_message + images * tokens_per_image
    return ceil(total)


__all__ = ["count_tokens_approximately", "trim_messages"]
