"""BaseLLM and LLM: models that read a text and go on with it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from chainviz.errors import InvalidInputError
from chainviz.language_models.base import BaseLanguageModel, LanguageModelInput, Question
from chainviz.language_models.generate import WholeText, generate, run_config, together
from chainviz.outputs import Generation, GenerationChunk, LLMResult
from chainviz.runnables.joint import Joint
from chainviz.runnables.signature import takes_run_manager
from chainviz.runnables.streams import aclose, close
from chainviz.runnables.threaded import threaded
from chainviz.runnables.work import in_thread
from chainviz.tracing.manager import REPORTED, Reported, RunManager

if TYPE_CHECKING:
    from uuid import UUID

    from chainviz.prompts.values import PromptValue
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType


class TextRunManager(RunManager):
    """A RunManager whose tokens are texts."""

    def on_llm_new_token(self, token: str, *, chunk: Any = None, **kwargs: Any) -> Reported:
        self._run.chunk(token)
        return REPORTED


class StreamRunManager(RunManager):
    """A RunManager for a stream, whose tokens are reported as they are read: that the model says so, too, adds none."""

    def on_llm_new_token(self, token: str, *, chunk: Any = None, **kwargs: Any) -> Reported:
        return REPORTED


class BaseLLM(BaseLanguageModel[str], Joint[LanguageModelInput, str]):
    """A class of one's own gives `_generate`, and `_stream` if it can answer in parts; `_agenerate` and `_astream`
    spare the async verbs a thread.

    `_generate` is given all prompts of a batch at once, or as many as `max_concurrency` says.
    """

    run_type: ClassVar[RunType] = "llm"
    _graph_kind: ClassVar[str] = "llm"
    _model_type: ClassVar[str] = "llm"

    def __str__(self) -> str:
        return f"\033[1m{type(self).__name__}\033[0m\nParams: {self._identifying_params}"

    # --- the seam for models ---------------------------------------------------------------------------------

    @abstractmethod
    def _generate(
        self, prompts: list[str], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> LLMResult:
        """Go on with each of the prompts."""

    async def _agenerate(
        self, prompts: list[str], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> LLMResult:
        """Go on with each of the prompts without blocking the event loop."""
        if takes_run_manager(type(self)._generate):
            kwargs["run_manager"] = run_manager
        return await in_thread(self._generate, prompts, stop=stop, **kwargs)

    def _stream(
        self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[GenerationChunk]:
        """Go on with the prompt in parts."""
        raise NotImplementedError(f"{type(self).__name__}._stream")

    def _astream(
        self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[GenerationChunk]:
        """Go on with the prompt in parts without blocking the event loop."""
        return threaded(partial(self._stream, prompt, stop=stop, run_manager=run_manager, **kwargs))

    # --- running ---------------------------------------------------------------------------------------------

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> str:
        return self.__text(self._results([input], [run], **kwargs)[0], run)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> str:
        return self.__text((await self._aresults([input], [run], **kwargs))[0], run)

    def _invoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[str]:
        return list(map(self.__text, self._results(inputs, runs, **kwargs), runs))

    async def _ainvoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[str]:
        return list(map(self.__text, await self._aresults(inputs, runs, **kwargs), runs))

    def _results(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun | Unwatched], *, stop: Any = None, **kwargs: Any
    ) -> list[LLMResult]:
        """A result for each of the inputs, made in one call in the first of these runs."""
        if takes_run_manager(type(self)._generate):
            kwargs["run_manager"] = TextRunManager(runs[0])
        return self.__each(self._generate(self.__prompts(inputs), stop=stop, **kwargs), len(runs))

    async def _aresults(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun | Unwatched], *, stop: Any = None, **kwargs: Any
    ) -> list[LLMResult]:
        if takes_run_manager(type(self)._agenerate):
            kwargs["run_manager"] = TextRunManager(runs[0])
        return self.__each(await self._agenerate(self.__prompts(inputs), stop=stop, **kwargs), len(runs))

    def __prompts(self, inputs: Sequence[Any]) -> list[str]:
        return [self._convert_input(input).to_string() for input in inputs]

    def __each(self, result: LLMResult, number: int) -> list[LLMResult]:
        """The result of each prompt. Raises InvalidInputError where there are not as many."""
        results = result.flatten()
        if len(results) < number:
            raise InvalidInputError(
                f"{self.get_name()}: expected `_generate` to give a list of generations for each of {number} prompts,"
                f" got {len(results)}"
            )
        return results[:number]

    def _stream_parts(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> Iterator[str]:
        if self._can_stream(kwargs):
            return self.__tokens(input, run, stop, kwargs)
        return self._whole(input, run, stop=stop, **kwargs)

    def _astream_parts(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> AsyncIterator[str]:
        if self._can_stream(kwargs, asynchronous=True):
            return self.__atokens(input, run, stop, kwargs)
        return self._awhole(input, run, stop=stop, **kwargs)

    def __tokens(
        self, input: Any, run: ActiveRun | Unwatched, stop: list[str] | None, kwargs: dict[str, Any]
    ) -> Iterator[str]:
        prompt, made = self._convert_input(input).to_string(), list[GenerationChunk]()
        source = self._stream(prompt, stop=stop, run_manager=StreamRunManager(run), **kwargs)
        try:
            for generation in source:
                if run.record is not None or not made:
                    made.append(generation)
                run.chunk(generation.text)
                yield generation.text
        finally:
            close(source)
        self.__report(made, run)

    async def __atokens(
        self, input: Any, run: ActiveRun | Unwatched, stop: list[str] | None, kwargs: dict[str, Any]
    ) -> AsyncIterator[str]:
        prompt, made = self._convert_input(input).to_string(), list[GenerationChunk]()
        source = self._astream(prompt, stop=stop, run_manager=StreamRunManager(run), **kwargs)
        try:
            async for generation in source:
                if run.record is not None or not made:
                    made.append(generation)
                run.chunk(generation.text)
                yield generation.text
        finally:
            await aclose(source)
        self.__report(made, run)

    def __text(self, result: LLMResult, run: ActiveRun | Unwatched) -> str:
        """The first text of a result."""
        generations = result.generations[0]
        said = generations[0].generation_info is not None or result.llm_output is not None
        if run.record is not None and (said or len(generations) > 1):
            run.record.result = LLMResult([generations], result.llm_output)
        return generations[0].text

    def __report(self, made: list[GenerationChunk], run: ActiveRun | Unwatched) -> None:
        """Take note of what the provider says of a stream. Raises InvalidInputError where it was empty."""
        if not made:
            raise InvalidInputError(f"{self.get_name()}: expected at least one chunk from `_stream`, got none")
        if run.record is not None:
            run.record.result = LLMResult([[made[0] + made[1:] if len(made) > 1 else made[0]]])

    def _can_stream(self, kwargs: dict[str, Any], *, asynchronous: bool = False) -> bool:
        cls = type(self)
        given = cls._stream is not BaseLLM._stream or (asynchronous and cls._astream is not BaseLLM._astream)
        return given and self._may_stream(kwargs)

    # --- several at once -------------------------------------------------------------------------------------

    def generate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        callbacks: Any = None,
        *,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        run_name: str | None = None,
        run_id: UUID | None = None,
        **kwargs: Any,
    ) -> LLMResult:
        """Go on with several prompts, with every candidate and what the provider says; a run for each."""
        options = {"tags": tags, "metadata": metadata, "run_name": run_name, "run_id": run_id}
        config = run_config(self.callbacks, callbacks, **options)
        results = generate(WholeText(self, len(prompts)), prompts, config, stop=stop, **kwargs)
        return together(results, results[0].llm_output if results else None)

    async def agenerate(
        self,
        prompts: list[str],
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
        results = await WholeText(self, len(prompts)).abatch(prompts, config, stop=stop, **kwargs)
        return together(results, results[0].llm_output if results else None)

    def generate_prompt(
        self, prompts: Sequence[PromptValue], stop: list[str] | None = None, callbacks: Any = None, **kwargs: Any
    ) -> LLMResult:
        """`generate` for prompt values."""
        return self.generate([prompt.to_string() for prompt in prompts], stop=stop, callbacks=callbacks, **kwargs)

    async def agenerate_prompt(
        self, prompts: Sequence[PromptValue], stop: list[str] | None = None, callbacks: Any = None, **kwargs: Any
    ) -> LLMResult:
        """`agenerate` for prompt values."""
        asked = [prompt.to_string() for prompt in prompts]
        return await self.agenerate(asked, stop=stop, callbacks=callbacks, **kwargs)

    # --- what it is ------------------------------------------------------------------------------------------

    def _run_input(self, input: Any, *, stop: list[str] | None = None, size: int = 1, **kwargs: Any) -> Any:
        return Question({"prompts": [self._convert_input(input).to_string()]}, self, stop, size)

    def _stream_input(
        self, input: Any, *, asynchronous: bool = False, stop: list[str] | None = None, **kwargs: Any
    ) -> Any:
        told = kwargs if self._can_stream(kwargs, asynchronous=asynchronous) else {}
        return Question({"prompts": [self._convert_input(input).to_string()]}, self, stop, **told)

    @property
    def OutputType(self) -> Any:
        return str


class LLM(BaseLLM):
    """A text model whose class gives `_call`: the text that follows a prompt; `_acall` spares a thread."""

    @abstractmethod
    def _call(self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> str:
        """Go on with the prompt."""

    async def _acall(self, prompt: str, stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any) -> str:
        """Go on with the prompt without blocking the event loop."""
        if takes_run_manager(type(self)._call):
            kwargs["run_manager"] = run_manager
        return await in_thread(self._call, prompt, stop=stop, **kwargs)

    @property
    def joins(self) -> bool:
        """Where a class generates by itself: `_call` answers one prompt, so several go on side by side."""
        return type(self)._generate is not LLM._generate

    def _generate(
        self, prompts: list[str], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> LLMResult:
        if takes_run_manager(type(self)._call):
            kwargs["run_manager"] = run_manager
        return LLMResult([[Generation(self._call(prompt, stop=stop, **kwargs))] for prompt in prompts])

    async def _agenerate(
        self, prompts: list[str], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> LLMResult:
        if takes_run_manager(type(self)._acall):
            kwargs["run_manager"] = run_manager
        return LLMResult([[Generation(await self._acall(prompt, stop=stop, **kwargs))] for prompt in prompts])


__all__ = ["LLM", "BaseLLM"]
