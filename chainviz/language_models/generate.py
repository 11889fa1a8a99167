"""Asking a model several things at once, with all that it answers: `generate` and its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chainviz.config import RunnableConfig, merge_callbacks
from chainviz.outputs import ChatGeneration, ChatResult, Generation, LLMResult, RunInfo
from chainviz.runnables.joint import Joint
from chainviz.runnables.signature import takes_run_manager
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from chainviz.runnables.base import Runnable
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType
    from chainviz.tracing.manager import RunManager


class Whole(Step[Any, LLMResult]):
    """A model that answers with its whole result: with every candidate, and with what the provider says of them.

    Its runs are the model's, asked as one of `size`.
    """

    def __init__(self, model: Runnable[Any, Any], size: int) -> None:
        self.model: Any = model
        self._size = size

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self.model.get_name(suffix, name=name)

    def _run_tags(self) -> list[str]:
        return self.model._run_tags()

    def _run_metadata(self) -> dict[str, Any]:
        return self.model._run_metadata()

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return self.model._run_input(input, **{"size": self._size, **kwargs})

    def _of(self, run: ActiveRun | Unwatched, generations: Sequence[Generation], llm_output: Any) -> LLMResult:
        return LLMResult([generations], llm_output, [RunInfo(run.record.id)] if run.record else None)


class WholeChat(Whole):
    """A chat model that answers with its whole result; it streams where somebody wants tokens."""

    run_type: ClassVar[RunType] = "chat_model"

    def __init__(self, model: Runnable[Any, Any], size: int, manager: Callable[[Any], RunManager]) -> None:
        super().__init__(model, size)
        self._manager = manager

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        model = self.model
        if model._wants_stream(run, kwargs) and model._can_stream(kwargs):
            return self._result(ChatResult([ChatGeneration(model._invoke(input, run, **kwargs))]), run)
        if takes_run_manager(cast("Any", type(model))._generate):
            kwargs["run_manager"] = self._manager(run)
        return self._result(model._generate(input, **kwargs), run)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        model = self.model
        if model._wants_stream(run, kwargs) and model._can_stream(kwargs, asynchronous=True):
            return self._result(ChatResult([ChatGeneration(await model._ainvoke(input, run, **kwargs))]), run)
        if takes_run_manager(cast("Any", type(model))._agenerate):
            kwargs["run_manager"] = self._manager(run)
        return self._result(await model._agenerate(input, **kwargs), run)

    def _result(self, result: ChatResult, run: ActiveRun | Unwatched) -> LLMResult:
        self.model._as_answer(result, run)
        return self._of(run, result.generations, result.llm_output)


class WholeText(Whole, Joint[Any, LLMResult]):
    """A text model that answers with its whole result."""

    run_type: ClassVar[RunType] = "llm"

    @property
    def joins(self) -> bool:
        return self.model.joins

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        return self._result(self.model._results([input], [run], **kwargs)[0], run)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        return self._result((await self.model._aresults([input], [run], **kwargs))[0], run)

    def _invoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[LLMResult]:
        return list(map(self._result, self.model._results(inputs, runs, **kwargs), runs))

    async def _ainvoke_all(
        self, inputs: Sequence[Any], runs: Sequence[ActiveRun], return_exceptions: bool, **kwargs: Any
    ) -> list[LLMResult]:
        return list(map(self._result, await self.model._aresults(inputs, runs, **kwargs), runs))

    def _result(self, result: LLMResult, run: ActiveRun | Unwatched) -> LLMResult:
        return self._of(run, result.generations[0], result.llm_output)


def run_config(own: Any, callbacks: Any, **options: Any) -> RunnableConfig:
    """The options of a call, given one by one, and the model's own handlers, as a config."""
    given = {"callbacks": merge_callbacks(callbacks, list(own or ())), **options}
    return cast("RunnableConfig", {name: value for name, value in given.items() if value is not None})


def generate(whole: Whole, inputs: Sequence[Any], config: RunnableConfig, **kwargs: Any) -> list[LLMResult]:
    """One run for each input, one after another where the model does not join them. Raises what the first one that
    fails raises."""
    if isinstance(whole, Joint) and whole.joins:
        return whole.batch(inputs, config, **kwargs)
    rest = cast("RunnableConfig", {name: value for name, value in config.items() if name != "run_id"})
    return [whole.invoke(input, config if not number else rest, **kwargs) for number, input in enumerate(inputs)]


def together(results: Sequence[LLMResult], llm_output: dict[str, Any] | None) -> LLMResult:
    """The results for several inputs as one."""
    runs = [run for result in results for run in result.run or ()]
    return LLMResult([result.generations[0] for result in results], llm_output, runs or None)


__all__ = ["WholeChat", "WholeText", "generate", "run_config", "together"]
