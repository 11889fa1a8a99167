"""Answers of a server as messages, whole or as they stream in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.errors import InvalidInputError, shorten
from chainviz.messages import AIMessage, AIMessageChunk, ToolCallChunk, UsageMetadata
from chainviz.messages.tool_calls import parse_functions, tool_call_chunk
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk
    from openai.types.chat.chat_completion import Choice
    from openai.types.chat.chat_completion_chunk import ChoiceDelta

_BESIDE = ("refusal", "reasoning_content")
"""Texts beside the content; the second one is not OpenAI's own, but that of many who speak its protocol."""


def chat_result(completion: ChatCompletion) -> ChatResult:
    """The answer with all its choices. Raises InvalidInputError where it has none."""
    if not completion.choices:
        raise InvalidInputError(
            f"ChatOpenAI: expected an answer with choices from the server, got {shorten(completion, 300)}"
        )
    return ChatResult([ChatGeneration(_message(completion, choice)) for choice in completion.choices])


def _message(completion: ChatCompletion, choice: Choice) -> AIMessage:
    message = choice.message
    calls, invalid = parse_functions([call.model_dump() for call in message.tool_calls or ()])
    logprobs = {"logprobs": choice.logprobs.model_dump()} if choice.logprobs else {}
    return AIMessage(
        message.content or "",
        additional_kwargs=_beside(message),
        response_metadata=_metadata(completion, choice.finish_reason) | logprobs,
        id=completion.id or None,
        tool_calls=calls,
        invalid_tool_calls=invalid,
        usage_metadata=usage_metadata(completion.usage) if completion.usage else None,
    )


class StreamedAnswer:
    """Reads one stream. What a server says of the answer as a whole goes into the chunk that marks its end."""

    def __init__(self) -> None:
        self._id: str | None = None
        self._last: ChatCompletionChunk | None = None
        self._finish_reason: str | None = None
        self._usage: CompletionUsage | None = None

    @property
    def finished(self) -> bool:
        """Whether the model said why it stopped: where it did not, the answer is cut off."""
        return self._finish_reason is not None

    def read(self, chunk: ChatCompletionChunk) -> ChatGenerationChunk | None:
        """The next part of the answer, if the chunk has one."""
        self._id = self._id or chunk.id or None
        # A server that counts in every chunk counts from the beginning: the last count stands.
        self._usage = chunk.usage or self._usage
        choice = next((choice for choice in chunk.choices or () if not choice.index), None)
        if choice is None:
            return None
        self._last = chunk
        self._finish_reason = choice.finish_reason or self._finish_reason
        delta = choice.delta
        if not delta:
            return None
        beside, calls = _beside(delta), _tool_call_chunks(delta)
        if choice.finish_reason and not (delta.content or beside or calls):
            return None
        if not (beside or calls or choice.logprobs):
            return ChatGenerationChunk(AIMessageChunk(delta.content or "", id=self._id))
        return ChatGenerationChunk(
            AIMessageChunk(
                delta.content or "",
                id=self._id,
                additional_kwargs=beside,
                tool_call_chunks=calls,
                response_metadata={"logprobs": choice.logprobs.model_dump()} if choice.logprobs else {},
            )
        )

    def end(self) -> ChatGenerationChunk:
        """The last chunk: why the model stopped, which one it was, and what it used up."""
        return ChatGenerationChunk(
            AIMessageChunk(
                "",
                id=self._id,
                response_metadata=_metadata(self._last, self._finish_reason),
                usage_metadata=usage_metadata(self._usage) if self._usage else None,
                chunk_position="last",
            )
        )


def usage_metadata(usage: CompletionUsage) -> UsageMetadata:
    """What was used up, under our names."""
    read, written = usage.prompt_tokens or 0, usage.completion_tokens or 0
    counts = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=usage.total_tokens or read + written)
    if (sent := usage.prompt_tokens_details) and (details := _counts(sent, cache_read="cached_tokens")):
        counts["input_token_details"] = details
    if (made := usage.completion_tokens_details) and (details := _counts(made, reasoning="reasoning_tokens")):
        counts["output_token_details"] = details
    return counts


def _counts(details: Any, **names: str) -> dict[str, int]:
    found = {ours: getattr(details, theirs, None) for ours, theirs in {"audio": "audio_tokens", **names}.items()}
    return {name: count for name, count in found.items() if count is not None}


def _metadata(answer: ChatCompletion | ChatCompletionChunk | None, finish_reason: str | None) -> dict[str, Any]:
    known = {
        "finish_reason": finish_reason,
        "model_name": getattr(answer, "model", None),
        "system_fingerprint": getattr(answer, "system_fingerprint", None),
        "service_tier": getattr(answer, "service_tier", None),
    }
    return {"model_provider": "openai", **{name: value for name, value in known.items() if value is not None}}


def _beside(message: Any) -> dict[str, Any]:
    return {name: text for name in _BESIDE if (text := getattr(message, name, None))}


def _tool_call_chunks(delta: ChoiceDelta) -> list[ToolCallChunk]:
    return [
        tool_call_chunk(
            name=call.function and call.function.name,
            args=call.function and call.function.arguments,
            id=call.id,
            index=call.index,
        )
        for call in delta.tool_calls or ()
    ]


__all__ = ["StreamedAnswer", "chat_result", "usage_metadata"]
