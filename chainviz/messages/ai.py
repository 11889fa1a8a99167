"""AIMessage and its chunk: what a chat model says, with its tool calls and what it used up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast

from chainviz.messages.base import BaseMessage, BaseMessageChunk, message_schema
from chainviz.messages.merge import Content, add_counts, merge_lists
from chainviz.messages.tool_calls import (
    InvalidToolCall,
    ToolCall,
    ToolCallChunk,
    as_invalid_tool_calls,
    as_tool_call_chunks,
    as_tool_calls,
    chunks_of,
    function_chunks,
    parse_chunks,
    parse_functions,
)
from chainviz.records import Rare

RUN_ID_PREFIX = "lc_run-"
OWN_ID_PREFIX = "lc_"


class UsageMetadata(TypedDict):
    """How many tokens a call took; the details need not add up to the whole."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_token_details: NotRequired[dict[str, int]]
    output_token_details: NotRequired[dict[str, int]]


class AIMessage(BaseMessage):
    """A Message from an AI."""

    __slots__ = ("tool_calls", "invalid_tool_calls", "usage_metadata", "example")  # noqa: RUF023
    type = "ai"
    schema_fields = message_schema("ai", example=(bool, False))

    def __init__(
        self,
        content: Content | None = None,
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        additional_kwargs: dict[str, Any] | None = None,
        response_metadata: dict[str, Any] | None = None,
        name: str | None = None,
        id: str | None = None,
        tool_calls: Iterable[Mapping[str, Any]] | None = None,
        invalid_tool_calls: Iterable[Mapping[str, Any]] | None = None,
        usage_metadata: UsageMetadata | None = None,
        example: bool = False,
        **more: Any,
    ) -> None:
        if content_blocks is not None:
            content = [dict(block) for block in content_blocks]
            tool_calls = tool_calls or [block for block in content_blocks if block.get("type") == "tool_call"]
        elif content.__class__ is not str:
            content = self.check_content(content, more)
        self.content = content  # type: ignore[assignment]
        self.additional_kwargs = {} if additional_kwargs is None else additional_kwargs
        self.response_metadata = {} if response_metadata is None else response_metadata
        self.name = name
        self.id = id
        self.tool_calls: list[ToolCall] = as_tool_calls(tool_calls) if tool_calls else []
        self.invalid_tool_calls: list[InvalidToolCall] = (
            as_invalid_tool_calls(invalid_tool_calls) if invalid_tool_calls else []
        )
        self.usage_metadata = usage_metadata
        self.example = example
        if additional_kwargs and not self.tool_calls and not self.invalid_tool_calls:
            self._read_provider_calls(additional_kwargs.get("tool_calls"))
        if more:
            self.keep(more)

    def _read_provider_calls(self, raw: Any) -> None:
        if isinstance(raw, list):
            self.tool_calls, self.invalid_tool_calls = parse_functions(cast("list[dict[str, Any]]", raw))

    @property
    def content_blocks(self) -> list[dict[str, Any]]:
        """The content as a list of dicts with a `type`, the tool calls among them; first what the model reasoned."""
        blocks = super().content_blocks
        there = {block.get("id") for block in blocks if block["type"] == "tool_call"}
        reasoned = self.additional_kwargs.get("reasoning_content")
        if isinstance(reasoned, str) and not any(block["type"] == "reasoning" for block in blocks):
            blocks.insert(0, {"type": "reasoning", "reasoning": reasoned})
        return blocks + [cast("dict[str, Any]", call) for call in self.tool_calls if call["id"] not in there]

    def pretty_repr(self, html: bool = False) -> str:
        """The message and its tool calls, for reading."""
        lines = [super().pretty_repr(html).strip()]
        if self.tool_calls:
            lines += ["Tool Calls:", *_call_lines(self.tool_calls)]
        if self.invalid_tool_calls:
            lines += ["Invalid Tool Calls:", *_call_lines(self.invalid_tool_calls)]
        return "\n".join(lines).strip()


class AIMessageChunk(AIMessage, BaseMessageChunk):
    """A part of an AIMessage, as a model streams it."""

    __slots__ = ("chunk_position", "rare")
    # Most chunks are a token: these are what a token lacks.
    additional_kwargs: dict[str, Any] = cast("Any", Rare(dict))
    response_metadata: dict[str, Any] = cast("Any", Rare(dict))
    name: str | None = cast("Any", Rare(lambda: None))
    tool_calls: list[ToolCall] = cast("Any", Rare(list))
    invalid_tool_calls: list[InvalidToolCall] = cast("Any", Rare(list))
    usage_metadata: UsageMetadata | None = cast("Any", Rare(lambda: None))
    example: bool = cast("Any", Rare(lambda: False))
    tool_call_chunks: list[ToolCallChunk] = cast("Any", Rare(list))  # pyright: ignore[reportGeneralTypeIssues]
    type = "AIMessageChunk"
    message_class = AIMessage
    schema_fields = message_schema("AIMessageChunk", example=(bool, False))

    def __init__(
        self,
        content: Content = "",
        content_blocks: Sequence[Mapping[str, Any]] | None = None,
        *,
        id: str | None = None,
        chunk_position: Literal["last"] | None = None,
        tool_call_chunks: Iterable[Mapping[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        self.chunk_position: Literal["last"] | None = chunk_position
        self.rare: dict[str, Any] | None = None
        if content.__class__ is str and not fields and content_blocks is None and tool_call_chunks is None:
            self.content = content
            self.id = id
            return
        if tool_call_chunks:
            self.tool_call_chunks = as_tool_call_chunks(tool_call_chunks)  # type: ignore[misc]
        super().__init__(content, content_blocks, id=id, **fields)
        if self.tool_call_chunks:
            self.tool_calls, self.invalid_tool_calls = parse_chunks(self.tool_call_chunks)
        elif self.tool_calls or self.invalid_tool_calls:
            self.tool_call_chunks = chunks_of(self.tool_calls, self.invalid_tool_calls)  # type: ignore[misc]

    def __getstate__(self) -> Any:
        # What is rare has no place of its own, and a copy must not share the one that it has.
        return vars(self), {"rare": None} | {name: getattr(self, name) for name in self.fields}

    def _read_provider_calls(self, raw: Any) -> None:
        if isinstance(raw, list) and not self.tool_call_chunks:
            self.tool_call_chunks = function_chunks(cast("list[dict[str, Any]]", raw))  # type: ignore[misc]

    def __add__(self, other: Any) -> AIMessageChunk:  # type: ignore[override]
        joined = self._joined(cast("Sequence[Any]", other) if isinstance(other, (list, tuple)) else (other,))
        return super().__add__(other) if joined is None else joined

    def _joined(self, others: Sequence[Any]) -> AIMessageChunk | None:
        """The sum where all of them hold text and nothing else to merge, as nearly all do; else None."""
        cls = self.__class__
        texts: list[Any] = []
        ids = {self.id: None}
        position: Literal["last"] | None = None
        for chunk in (self, *others):
            if chunk.__class__ is not cls or chunk.content.__class__ is not str:
                return None
            if chunk.rare and any(chunk.rare.values()):
                return None
            texts.append(chunk.content)
            if chunk.id not in ids:
                ids[chunk.id] = None
            if chunk.chunk_position:
                position = "last"
        return cls("".join(texts), id=best_id(ids), chunk_position=position)

    def merge(self, others: Sequence[BaseMessageChunk], **fields: Any) -> AIMessageChunk:
        """The sum: contents joined, tool calls merged by index, usage added up, the best id kept."""
        chunks = [self, *(other for other in others if isinstance(other, AIMessageChunk))]
        id = best_id([self.id, *(other.id for other in others)])
        position = "last" if any(chunk.chunk_position for chunk in chunks) else None
        calls = merge_lists(*(cast("list[Any]", chunk.tool_call_chunks) for chunk in chunks))
        usage = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata is not None]
        merged = super().merge(
            others,
            tool_call_chunks=calls,
            usage_metadata=add_usage(*usage) if usage else None,
            chunk_position=position,
            **fields,
        )
        merged.id = id
        return merged


def add_usage(first: UsageMetadata | None = None, *others: UsageMetadata | None) -> UsageMetadata:
    """What several calls took together."""
    total: dict[str, Any] = dict(first or {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0})
    for other in others:
        if other:
            total = add_counts(total, cast("dict[str, Any]", other))
    return cast("UsageMetadata", total)


def best_id(ids: Iterable[str | None]) -> str | None:
    """The first id that a provider gave; else the first that comes from the run; else the first."""
    given = [id for id in dict.fromkeys(ids) if id]
    if len(given) < 2:
        return given[0] if given else None
    for prefix in (OWN_ID_PREFIX, RUN_ID_PREFIX):
        for id in given:
            if id.startswith(prefix) == (prefix == RUN_ID_PREFIX):
                return id
    return given[0]


def _call_lines(calls: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for call in calls:
        yield f"  {call.get('name', 'Tool')} ({call.get('id')})"
        yield f" Call ID: {call.get('id')}"
        if call.get("error"):
            yield f"  Error: {call['error']}"
        yield "  Args:"
        args = call.get("args")
        if isinstance(args, str):
            yield f"    {args}"
        else:
            yield from (f"    {name}: {value}" for name, value in cast("dict[str, Any]", args or {}).items())


__all__ = ["AIMessage", "AIMessageChunk", "UsageMetadata", "add_usage", "best_id"]
