"""BaseLLM and LLM: models that read a text and go on with it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from chainviz.errors import InvalidInputError
from chainviz.language_models.base import BaseLanguageModel
from chainviz.outputs import Generation, GenerationChunk, LLMResult
from chainviz.runnables.signature import takes_run_manager
from chainviz.runnables.streams import aclose, close
from chainviz.runnables.threaded import threaded
from chainviz.runnables.work import in_thread
from chainviz.tracing.manager import RunManager

if TYPE_CHECKING:
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType


class TextRunManager(RunManager):
    """A RunManager whose tokens are texts, and that counts them: a model may report its tokens itself."""

    reported = 0

    def on_llm_new_token(self, token: str, *, chunk: Any = None, **kwargs: Any) -> None:
        self.reported += 1
        self._run.chunk(token)


class BaseLLM(BaseLanguageModel[str]):
    """A class of one's own gives `_generate`, and `_stream` if it can answer in parts; `_agenerate` and `_astream`
    spare the async verbs a thread.
    """

    run_type: ClassVar[RunType] = "llm"
    _graph_kind: ClassVar[str] = "llm"
    _model_type: ClassVar[str] = "llm"

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

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any) -> str:
        if self._wants_stream(run, kwargs) and self._can_stream(kwargs):
            return "".join(self._chunks(input, run, stop=stop, **kwargs))
        if takes_run_manager(type(self)._generate):
            kwargs["run_manager"] = TextRunManager(run)
        result = self._generate([self._convert_input(input).to_string()], stop=stop, **kwargs)
        return result.generations[0][0].text

    async def _ainvoke(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> str:
        if self._wants_stream(run, kwargs) and self._can_stream(kwargs, asynchronous=True):
            return "".join([chunk async for chunk in self._achunks(input, run, stop=stop, **kwargs)])
        if takes_run_manager(type(self)._agenerate):
            kwargs["run_manager"] = TextRunManager(run)
        result = await self._agenerate([self._convert_input(input).to_string()], stop=stop, **kwargs)
        return result.generations[0][0].text

    def _chunks(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> Iterator[str]:
        if not self._can_stream(kwargs):
            yield self._invoke(input, run, stop=stop, **kwargs)
            return
        tokens = _Tokens(self, run)
        source = self._stream(self._convert_input(input).to_string(), stop=stop, run_manager=tokens.manager, **kwargs)
        try:
            for generation in source:
                yield tokens.next(generation)
        finally:
            close(source)
        tokens.check()

    async def _achunks(
        self, input: Any, run: ActiveRun | Unwatched, *, stop: list[str] | None = None, **kwargs: Any
    ) -> AsyncIterator[str]:
        if not self._can_stream(kwargs, asynchronous=True):
            yield await self._ainvoke(input, run, stop=stop, **kwargs)
            return
        tokens = _Tokens(self, run)
        source = self._astream(self._convert_input(input).to_string(), stop=stop, run_manager=tokens.manager, **kwargs)
        try:
            async for generation in source:
                yield tokens.next(generation)
        finally:
            await aclose(source)
        tokens.check()

    def _can_stream(self, kwargs: dict[str, Any], *, asynchronous: bool = False) -> bool:
        cls = type(self)
        given = cls._stream is not BaseLLM._stream or (asynchronous and cls._astream is not BaseLLM._astream)
        return given and self._may_stream(kwargs)

    # --- what it is ------------------------------------------------------------------------------------------

    def _run_input(self, input: Any) -> Any:
        return {"prompts": [self._convert_input(input).to_string()]}

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


class _Tokens:
    """Reports each token of a stream once: where the model has not reported it itself."""

    def __init__(self, model: BaseLLM, run: ActiveRun | Unwatched) -> None:
        self.manager = TextRunManager(run)
        self._model = model
        self._run = run
        self._count = 0

    def next(self, generation: GenerationChunk) -> str:
        self._count += 1
        if self.manager.reported < self._count:
            self.manager.reported = self._count
            self._run.chunk(generation.text)
        return generation.text

    def check(self) -> None:
        if not self._count:
            raise InvalidInputError(f"{self._model.get_name()}: expected at least one chunk from `_stream`, got none")


__all__ = ["LLM", "BaseLLM"]
