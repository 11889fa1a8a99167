"""BaseChatModel: a model that reads messages and answers with one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from chainviz.errors import InvalidInputError
from chainviz.language_models.base import (
    BaseLanguageModel,
    LanguageModelInput,
    Question,
    answer_id,
    has_streaming,
    is_simple,
)
from chainviz.language_models.generate import WholeChat, generate, run_config, together
from chainviz.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage, BaseMessageChunk
from chainviz.messages.merge import merge_dicts
from chainviz.outputs import ChatGeneration, ChatGenerationChunk, ChatResult, LLMResult
from chainviz.prompts.values import PromptValue
from chainviz.runnables.signature import takes_run_manager
from chainviz.runnables.streams import aclose, close
from chainviz.runnables.threaded import threaded
from chainviz.runnables.work import in_thread
from chainviz.tracing.active import UNWATCHED, Unwatched
from chainviz.tracing.manager import REPORTED, Reported, RunManager

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from chainviz.runnables.base import Runnable
    from chainviz.tracing.active import ActiveRun
    from chainviz.tracing.events import RunType


class ChatRunManager(RunManager):
    """A RunManager whose tokens are message chunks."""

    def on_llm_new_token(self, token: str, *, chunk: Any = None, **kwargs: Any) -> Reported:
        self._run.chunk(AIMessageChunk(token) if chunk is None else getattr(chunk, "message", chunk))
        return REPORTED


NO_CHAT_RUN = ChatRunManager(UNWATCHED)


class BaseChatModel(BaseLanguageModel[AIMessage]):
    """A class of one's own gives `_generate`, and `_stream` if it can answer in parts; `_agenerate` and `_astream`
    spare the async verbs a thread.

    Invoked under somebody who wants tokens, a model that can stream does; the sum of its chunks is the answer.
    """

    run_type: ClassVar[RunType] = "chat_model"
    _graph_kind: ClassVar[str] = "chat_model"

    # --- the seam for models ---------------------------------------------------------------------------------

    @abstractmethod
    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        """Answer the messages."""

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        """Answer the messages without blocking the event loop."""
        if takes_run_manager(type(self)._generate):
            kwargs["run_manager"] = run_manager
        return await in_thread(self._generate, messages, stop=stop, **kwargs)

    def _stream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        """Answer the messages in parts."""
        raise NotImplementedError(f"{type(self).__name__}._stream")

    def _astream(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Answer the messages in parts without blocking the event loop."""
        return threaded(partial(self._stream, messages, stop=stop, **kwargs))

    # --- running ---------------------------------------------------------------------------------------------

    def _plain_call(self) -> Callable[[Any], BaseMessage]:
        if not is_simple(type(self), type(self)._generate):
            return self._invoke_plain
        as_answer = self._as_answer

        def call(input: Any) -> BaseMessage:
            prompt = input if isinstance(input, PromptValue) else self._convert_input(input)
            return as_answer(self._generate(prompt.to_messages(), None, NO_CHAT_RUN), UNWATCHED)

        return call

    def _invoke(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> BaseMessage:
        if self._wants_stream(run, kwargs) and self._can_stream(kwargs):
            infos: list[dict[str, Any]] = []
            return self.__total(list(self.__tokens(input, run, stop, kwargs, infos)), infos, run)
        messages = self._convert_input(input).to_messages()
        if takes_run_manager(type(self)._generate):
            kwargs["run_manager"] = ChatRunManager(run)
        return self._as_answer(self._generate(messages, stop=stop, **kwargs), run)

    async def _ainvoke(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> BaseMessage:
        if self._wants_stream(run, kwargs) and self._can_stream(kwargs, asynchronous=True):
            infos: list[dict[str, Any]] = []
            tokens = [token async for token in self.__atokens(input, run, stop, kwargs, infos)]
            return self.__total(tokens, infos, run)
        messages = self._convert_input(input).to_messages()
        if takes_run_manager(type(self)._agenerate):
            kwargs["run_manager"] = ChatRunManager(run)
        return self._as_answer(await self._agenerate(messages, stop=stop, **kwargs), run)

    def _stream_parts(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> Iterator[BaseMessage]:
        if self._can_stream(kwargs):
            return self.__tokens(input, run, stop, kwargs, [], ends_run=True)
        return self._whole(input, run, stop=stop, **kwargs)

    def _astream_parts(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> AsyncIterator[BaseMessage]:
        if self._can_stream(kwargs, asynchronous=True):
            return self.__atokens(input, run, stop, kwargs, [], ends_run=True)
        return self._awhole(input, run, stop=stop, **kwargs)

    def __tokens(
        self,
        input: Any,
        run: ActiveRun | Unwatched,
        stop: list[str] | None,
        kwargs: dict[str, Any],
        infos: list[dict[str, Any]],
        ends_run: bool = False,
    ) -> Iterator[BaseMessage]:
        """The answer in parts, each reported, the last one marked; `infos` gets what the provider says of them."""
        id, last = answer_id(run), None
        made: list[BaseMessage] | None = [] if run.record else None
        tell = run.teller()
        source = self._stream(self._convert_input(input).to_messages(), stop=stop, **kwargs)
        try:
            for generation in source:
                last = generation.message
                if last.id is None:
                    last.id = id
                if generation.generation_info:
                    infos.append(generation.generation_info)
                    last.response_metadata = {**generation.generation_info, **last.response_metadata}
                if made is not None:
                    tell(last)
                    made.append(last)
                yield last
        finally:
            close(source)
        if (end := self.__end(last, id)) is not None:
            run.chunk(end)
            yield end
        if ends_run:
            self.__report(made, infos, run)

    async def __atokens(
        self,
        input: Any,
        run: ActiveRun | Unwatched,
        stop: list[str] | None,
        kwargs: dict[str, Any],
        infos: list[dict[str, Any]],
        ends_run: bool = False,
    ) -> AsyncIterator[BaseMessage]:
        """`__tokens` without blocking the event loop."""
        id, last = answer_id(run), None
        made: list[BaseMessage] | None = [] if run.record else None
        tell = run.teller()
        source = self._astream(self._convert_input(input).to_messages(), stop=stop, **kwargs)
        try:
            async for generation in source:
                last = generation.message
                if last.id is None:
                    last.id = id
                if generation.generation_info:
                    infos.append(generation.generation_info)
                    last.response_metadata = {**generation.generation_info, **last.response_metadata}
                if made is not None:
                    tell(last)
                    made.append(last)
                yield last
        finally:
            await aclose(source)
        if (end := self.__end(last, id)) is not None:
            run.chunk(end)
            yield end
        if ends_run:
            self.__report(made, infos, run)

    def __report(self, made: list[BaseMessage] | None, infos: list[dict[str, Any]], run: ActiveRun | Unwatched) -> None:
        """End a streamed run with what the model itself made, without the mark of the end that we added."""
        if made is not None and run.record is not None:
            message = made[0] + made[1:] if isinstance(made[0], BaseMessageChunk) else made[0]
            if infos:
                run.record.result = LLMResult([[ChatGenerationChunk(message, merge_dicts(*infos))]])
            run.end(message)

    def __end(self, last: BaseMessage | None, id: str) -> AIMessageChunk | None:
        """The empty chunk that marks the end of a stream, where the model did not mark its last one."""
        if last is None:
            raise InvalidInputError(f"{self.get_name()}: expected at least one chunk from `_stream`, got none")
        if not isinstance(last, AIMessageChunk) or last.chunk_position:
            return None
        return AIMessageChunk("" if isinstance(last.content, str) else [], id=id, chunk_position="last")

    def __total(
        self, chunks: list[BaseMessage], infos: list[dict[str, Any]], run: ActiveRun | Unwatched
    ) -> BaseMessage:
        message = chunks[0]
        if isinstance(message, BaseMessageChunk):
            message = (message + chunks[1:]).to_message() if len(chunks) > 1 else message.to_message()
        if infos and run.record is not None:
            run.record.result = LLMResult([[ChatGeneration(message, merge_dicts(*infos))]])
        return message

    def _as_answer(self, result: ChatResult, run: ActiveRun | Unwatched) -> BaseMessage:
        """The first message of a result, with an id and with what the provider says of it."""
        generation = result.generations[0]
        message = generation.message
        if message.id is None:
            message.id = f"{answer_id(run)}-0"
        if generation.generation_info:
            message.response_metadata = {**generation.generation_info, **message.response_metadata}
        if result.llm_output is not None and len(result.generations) == 1:
            message.response_metadata = {**result.llm_output, **message.response_metadata}
        if run.record is not None:
            said = generation.generation_info is not None or result.llm_output is not None
            if said or len(result.generations) > 1:
                run.record.result = LLMResult([result.generations], result.llm_output)
        return message

    def _wants_stream(self, run: ActiveRun | Unwatched, kwargs: dict[str, Any]) -> bool:
        """Whether somebody wants tokens even though one answer is asked for."""
        if run.streaming or kwargs.get("stream"):
            return True
        return has_streaming(type(self)) and self.streaming is True  # type: ignore[attr-defined]

    def _can_stream(self, kwargs: dict[str, Any], *, asynchronous: bool = False) -> bool:
        cls = type(self)
        given = cls._stream is not BaseChatModel._stream
        given = given or (asynchronous and cls._astream is not BaseChatModel._astream)
        return given and self._may_stream(kwargs)

    # --- several at once -------------------------------------------------------------------------------------

    def generate(
        self,
        messages: Sequence[Sequence[BaseMessage]],
        stop: list[str] | None = None,
        callbacks: Any = None,
        *,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        run_name: str | None = None,
        run_id: UUID | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        """Answer several lists of messages, with every candidate and what the provider says; a run for each."""
        options = {"tags": tags, "metadata": metadata, "run_name": run_name, "run_id": run_id}
        config = run_config(self.callbacks, callbacks, **options)
        asked = [list(several) for several in messages]
        return self._together(generate(WholeChat(self, len(asked), ChatRunManager), asked, config, stop=stop, **kwargs))

    async def agenerate(
        self,
        messages: Sequence[Sequence[BaseMessage]],
        stop: list[str] | None = None,
        callbacks: Any = None,
        *,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        run_name: str | None = None,
        run_id: UUID | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        """`generate` without blocking the event loop, all at once."""
        options = {"tags": tags, "metadata": metadata, "run_name": run_name, "run_id": run_id}
        config = run_config(self.callbacks, callbacks, **options)
        asked = [list(several) for several in messages]
        whole = WholeChat(self, len(asked), ChatRunManager)
        return self._together(await whole.abatch(asked, config, stop=stop, **kwargs))

    def generate_prompt(
        self, prompts: Sequence[PromptValue], stop: list[str] | None = None, callbacks: Any = None, **kwargs: Any
    ) -> LLMResult:
        """`generate` for prompt values."""
        return self.generate([prompt.to_messages() for prompt in prompts], stop=stop, callbacks=callbacks, **kwargs)

    async def agenerate_prompt(
        self, prompts: Sequence[PromptValue], stop: list[str] | None = None, callbacks: Any = None, **kwargs: Any
    ) -> LLMResult:
        """`agenerate` for prompt values."""
        asked = [prompt.to_messages() for prompt in prompts]
        return await self.agenerate(asked, stop=stop, callbacks=callbacks, **kwargs)

    def _combine_llm_outputs(self, llm_outputs: list[dict[str, Any] | None]) -> dict[str, Any]:
        """What a provider says of several answers, as one; a model that has something to say overrides this."""
        return {}

    def _together(self, results: list[LLMResult]) -> LLMResult:
        return together(results, self._combine_llm_outputs([result.llm_output for result in results]))

    # --- what it is ------------------------------------------------------------------------------------------

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return Question({"messages": [self._convert_input(input).to_messages()]}, self, **kwargs)

    def _stream_input(self, input: Any, *, asynchronous: bool = False, **kwargs: Any) -> Any:
        question = self._run_input(input, **kwargs)
        if self._can_stream(kwargs, asynchronous=asynchronous):
            question.options |= kwargs
        return question

    @property
    def OutputType(self) -> Any:
        return AnyMessage

    # --- tools and structured output -------------------------------------------------------------------------

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools that it may ask to be called; a model that can do that overrides this."""
        raise NotImplementedError(f"{type(self).__name__} takes no tools: it has no `bind_tools` of its own")

    def with_structured_output(
        self, schema: Mapping[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """The model made to answer in the form of `schema`, a pydantic model, a TypedDict or a JSON schema, by means
        of a tool call; with `include_raw`, a dict of `raw`, `parsed` and `parsing_error`.
        """
        from chainviz.language_models.structured import structured

        return structured(self, schema, include_raw=include_raw, **kwargs)


class SimpleChatModel(BaseChatModel):
    """A chat model whose class gives `_call`: the text of the answer."""

    @abstractmethod
    def _call(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> str:
        """Answer the messages with a text."""

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        text = self._call(messages, stop=stop, run_manager=run_manager, **kwargs)
        return ChatResult([ChatGeneration(AIMessage(text))])


__all__ = ["BaseChatModel", "SimpleChatModel"]
