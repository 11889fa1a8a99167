"""Asking a model several things at once, with all that it answers: `generate` and its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from chainviz.config import RunnableConfig, merge_callbacks
from chainviz.outputs import ChatGeneration, ChatResult, Generation, LLMResult, RunInfo
from chainviz.runnables.signature import takes_run_manager
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from chainviz.runnables.base import Runnable
    from chainviz.tracing.active import ActiveRun, Unwatched
    from chainviz.tracing.events import RunType
    from chainviz.tracing.manager import RunManager


class Whole(Step[Any, LLMResult]):
    """A model that answers with its whole result: with every candidate, and with what the provider says of them.

    Its runs are the model's. What to ask is a list of messages, or for a text model a text; `size` of them are asked.
    """

    def __init__(self, model: Runnable[Any, Any], manager: Callable[[Any], RunManager], size: int) -> None:
        self.model: Any = model
        self._manager = manager
        self._size = size

    def get_name(self, suffix: str | None = None, *, name: str | None = None) -> str:
        return self.model.get_name(suffix, name=name)

    def _run_tags(self) -> list[str]:
        return self.model._run_tags()

    def _run_metadata(self) -> dict[str, Any]:
        return self.model._run_metadata()

    def _run_input(self, input: Any, **kwargs: Any) -> Any:
        return self.model._run_input(input, size=self._size, **kwargs)

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        if takes_run_manager(cast("Any", type(self.model))._generate):
            kwargs["run_manager"] = self._manager(run)
        return self._result(self.model._generate(self._question(input), **kwargs), run)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        if takes_run_manager(cast("Any", type(self.model))._agenerate):
            kwargs["run_manager"] = self._manager(run)
        return self._result(await self.model._agenerate(self._question(input), **kwargs), run)

    def _question(self, input: Any) -> Any:
        return input

    def _result(self, result: ChatResult | LLMResult, run: ActiveRun | Unwatched) -> LLMResult:
        if isinstance(result, ChatResult):
            self.model._as_answer(result, run)
            generations: list[Generation] = [*result.generations]
        else:
            generations = result.generations[0]
        return LLMResult([generations], result.llm_output, [RunInfo(run.record.id)] if run.record else None)


class WholeChat(Whole):
    """A chat model that answers with its whole result; it streams where somebody wants tokens."""

    run_type: ClassVar[RunType] = "chat_model"

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        model = self.model
        if model._wants_stream(run, kwargs) and model._can_stream(kwargs):
            return self._result(ChatResult([ChatGeneration(model._invoke(input, run, **kwargs))]), run)
        return super()._invoke(input, run, **kwargs)

    async def _ainvoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> LLMResult:
        model = self.model
        if model._wants_stream(run, kwargs) and model._can_stream(kwargs, asynchronous=True):
            return self._result(ChatResult([ChatGeneration(await model._ainvoke(input, run, **kwargs))]), run)
        return await super()._ainvoke(input, run, **kwargs)


class WholeText(Whole):
    """A text model that answers with its whole result."""

    run_type: ClassVar[RunType] = "llm"

    def _question(self, input: Any) -> Any:
        return [input]


def run_config(own: Any, callbacks: Any, **options: Any) -> RunnableConfig:
    """The options of a call, given one by one, and the model's own handlers, as a config."""
    given = {"callbacks": merge_callbacks(callbacks, list(own or ())), **options}
    return cast("RunnableConfig", {name: value for name, value in given.items() if value is not None})


def generate(whole: Whole, inputs: Sequence[Any], config: RunnableConfig, **kwargs: Any) -> list[LLMResult]:
    """One run for each input, one after another. Raises what the first one that fails raises."""
    rest = cast("RunnableConfig", {name: value for name, value in config.items() if name != "run_id"})
    return [whole.invoke(input, config if not number else rest, **kwargs) for number, input in enumerate(inputs)]


def together(results: Sequence[LLMResult], llm_output: dict[str, Any] | None) -> LLMResult:
    """The results for several inputs as one."""
    runs = [run for result in results for run in result.run or ()]
    return LLMResult([result.generations[0] for result in results], llm_output, runs or None)


__all__ = ["WholeChat", "WholeText", "generate", "run_config", "together"]
