"""ChatOpenAI: a chat model behind OpenAI's protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chainviz.integrations.openai.answers import StreamedAnswer, chat_result
from chainviz.integrations.openai.connection import Connection
from chainviz.integrations.openai.requests import wire_messages
from chainviz.integrations.openai.structured import Method, Schema, read_json, response_format
from chainviz.integrations.openai.tools import wire_choice, wire_tool
from chainviz.language_models.chat import BaseChatModel
from chainviz.language_models.structured import structured
from chainviz.messages import AIMessage, BaseMessage
from chainviz.outputs import ChatGenerationChunk, ChatResult

if TYPE_CHECKING:
    from openai import AsyncStream, Stream
    from openai.types.chat import ChatCompletionChunk

    from chainviz.language_models.base import LanguageModelInput
    from chainviz.runnables.base import Runnable

_PARAMETERS = (
    "model",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "stop",
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "reasoning_effort",
)


class ChatOpenAI(BaseChatModel, Connection):
    """A chat model of OpenAI, or of any other server that speaks its protocol at `base_url`.

    What is None is not sent. `model_kwargs`, and keywords of a call or of `bind`, go into the request as they are.
    `streaming` streams even where one answer is asked for; `stream_usage` asks for the usage of streams. With `n`
    answers, which is never streamed, the first one counts.

    Raises MissingPackageError without the extra `openai`. Errors of the client come through as they are.
    """

    model: str = Field(default="gpt-4o-mini", validation_alias="model_name")
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = Field(default=None, ge=1)
    stop: list[str] | str | None = Field(default=None, validation_alias="stop_sequences")
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    reasoning_effort: str | None = None
    model_kwargs: dict[str, Any] = Field(default_factory=dict)
    streaming: bool = False
    stream_usage: bool = True

    # --- asking ----------------------------------------------------------------------------------------------

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        create: Any = self._client().chat.completions.create
        return chat_result(create(**self._request(messages, stop, kwargs)))

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        create: Any = (await self._async_client()).chat.completions.create
        return chat_result(await create(**self._request(messages, stop, kwargs)))

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        create: Any = self._client().chat.completions.create
        stream: Stream[ChatCompletionChunk] = create(**self._request(messages, stop, kwargs, stream=True))
        answer = StreamedAnswer()
        try:
            for chunk in stream:
                if (part := answer.read(chunk)) is not None:
                    yield part
        finally:
            stream.close()
        _check_whole(answer, stream)
        yield answer.end()

    async def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        create: Any = (await self._async_client()).chat.completions.create
        stream: AsyncStream[ChatCompletionChunk] = await create(**self._request(messages, stop, kwargs, stream=True))
        answer = StreamedAnswer()
        try:
            while (chunk := await anext(stream, None)) is not None:
                if (part := answer.read(chunk)) is not None:
                    yield part
        finally:
            await _left(stream)
        _check_whole(answer, stream)
        yield answer.end()

    def _request(
        self, messages: list[BaseMessage], stop: list[str] | None, given: dict[str, Any], *, stream: bool = False
    ) -> dict[str, Any]:
        """What is sent: the parameters, overridden by those of the call."""
        own = {name: value for name in _PARAMETERS if (value := getattr(self, name)) is not None}
        called = {name: value for name, value in given.items() if name != "stream"}
        if stop is not None:
            called["stop"] = stop
        request = {**own, **self.model_kwargs, **called, "messages": wire_messages(messages)}
        if stream:
            request["stream"] = True
            if self.stream_usage:
                request.setdefault("stream_options", {"include_usage": True})
        return request

    def _may_stream(self, kwargs: dict[str, Any]) -> bool:
        return super()._may_stream(kwargs) and (kwargs.get("n") or self.n or 1) == 1

    @property
    def _llm_type(self) -> str:
        return "openai-chat"

    # --- tools and structured output -------------------------------------------------------------------------

    def bind_tools(
        self,
        tools: Sequence[Any],
        *,
        tool_choice: Any = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools that it may ask to be called: tools, functions, pydantic models, TypedDicts, or dicts
        in the form of the protocol. `tool_choice` is a tool's name, "any" for one of them, "auto" or "none"; `strict`
        holds the model to the tools' schemas.
        """
        wire = [wire_tool(tool, strict) for tool in tools]
        if tool_choice is not None and tool_choice is not False:
            kwargs["tool_choice"] = wire_choice(tool_choice, wire)
        if parallel_tool_calls is not None:
            kwargs["parallel_tool_calls"] = parallel_tool_calls
        if wire:
            kwargs["tools"] = wire
        return self.bind(**kwargs)

    def with_structured_output(
        self,
        schema: Schema | None = None,
        *,
        method: Method = "function_calling",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """The model made to answer in the form of `schema`: by a tool call, by the server's "json_schema", or in
        "json_mode", where the prompt has to say what is wanted. The latter two stream: dicts grow key by key.

        With `include_raw`, a dict of `raw`, `parsed` and `parsing_error`; else OutputParserError is raised for an
        answer of another form, one that the model refuses and one that ran into its length limit.
        """
        if method == "function_calling" and schema is not None:
            return structured(self, schema, include_raw=include_raw, strict=strict, **kwargs)
        asked = self.bind(response_format=response_format(schema, method, strict), **kwargs)
        return read_json(asked, schema, include_raw)


def _check_whole(answer: StreamedAnswer, stream: Stream[Any] | AsyncStream[Any]) -> None:
    """Raise the client's error for a lost connection where a stream ended without an end of the answer."""
    if not answer.finished:
        from openai import APIConnectionError

        raise APIConnectionError(
            message="The stream ended before the answer did: no finish_reason came.", request=stream.response.request
        )


async def _left(stream: AsyncStream[Any]) -> None:
    """Close a stream's connection and end the generators inside it, which would else be left to the event loop."""
    await stream.close()
    try:
        while await anext(stream, None) is not None:
            pass
    except Exception:  # of a connection that is closed there is nothing to read
        pass


__all__ = ["ChatOpenAI"]
