"""Our run events, told to LangChain's callback handlers: where a step of ours runs inside a chain of theirs, their
handlers see its runs as if they were LangChain's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks.manager import CallbackManager
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from chainviz.integrations.langchain.values import as_theirs
from chainviz.language_models.base import Question
from chainviz.missing import MISSING
from chainviz.tracing.events import Run, RunChunk, RunEnd, RunError, RunEvent, RunStart
from chainviz.tracing.outputs import as_result

if TYPE_CHECKING:
    from collections.abc import Sequence


class Relay:
    """A sink that tells the handlers of a callback manager; `manager` is that of the run around."""

    def __init__(self, manager: Any, handlers: Sequence[Any]) -> None:
        self._around = CallbackManager(handlers=[*handlers], parent_run_id=manager.parent_run_id)
        self._runs: dict[Run, Any] = {}
        self.streaming = any(isinstance(handler, _StreamingCallbackHandler) for handler in handlers)

    def __call__(self, event: RunEvent) -> None:
        run = event.run
        if isinstance(event, RunStart):
            self._runs[run] = self._started(run, event.inputs_in_hand)
        elif isinstance(event, RunChunk):
            if run.type in ("chat_model", "llm"):
                self._tell_token(run, event.chunk)
        elif isinstance(event, RunEnd):
            self._end(run, event.output)
        elif (manager := self._runs.pop(run, None)) is not None:
            error = event.error if isinstance(event, RunError) else RuntimeError(getattr(event, "reason", ""))
            getattr(manager, f"on_{_family(run)}_error")(error)

    def _started(self, run: Run, inputs: Any) -> Any:
        """What LangChain gives back for the start of a run: the manager that is told of all else."""
        around = self._around.copy()
        around.parent_run_id = run.parent.id if run.parent in self._runs else around.parent_run_id
        around.tags, around.metadata = [*run.tags], {**run.metadata}
        id: Any = run.id
        told: dict[str, Any] = {}
        if isinstance(inputs, Question):
            told, inputs = inputs.told(), {**inputs}
        given: Any = as_theirs(inputs)
        match run.type:
            case "chat_model":
                return around.on_chat_model_start({}, given["messages"], run_id=id, name=run.name, **told)[0]
            case "llm":
                return around.on_llm_start({}, given["prompts"], run_id=id, name=run.name, **told)[0]
            case "retriever":
                return around.on_retriever_start({}, given["query"], run_id=id, name=run.name)
            case "tool":
                return around.on_tool_start(
                    {"name": run.name},
                    str(given),
                    run_id=id,
                    name=run.name,
                    inputs=cast("Any", given if isinstance(given, dict) else None),
                )
            case kind:
                told = {} if kind == "chain" else {"run_type": kind}
                start = {"input": ""} if inputs is MISSING else given
                return around.on_chain_start({}, start, run_id=id, name=run.name, **told)

    def _tell_token(self, run: Run, chunk: Any) -> None:
        from langchain_core.outputs import ChatGenerationChunk, GenerationChunk

        if run.type == "llm":
            self._runs[run].on_llm_new_token(chunk, chunk=GenerationChunk(text=chunk))
        else:
            message: Any = as_theirs(chunk)
            self._runs[run].on_llm_new_token(message.content, chunk=ChatGenerationChunk(message=message))

    def _end(self, run: Run, output: Any) -> None:
        manager = self._runs.pop(run, None)
        if manager is None:
            return
        if run.type in ("chat_model", "llm"):
            output = _result(run, output)
        getattr(manager, f"on_{_family(run)}_end")(None if output is MISSING else as_theirs(output))


def _family(run: Run) -> str:
    """How LangChain's methods for a run are called."""
    return {"chat_model": "llm", "prompt": "chain", "parser": "chain"}.get(run.type, run.type)


def _result(run: Run, output: Any) -> Any:
    from langchain_core.outputs import ChatGeneration, Generation, LLMResult

    ours = as_result(run, output)
    generations = [
        [
            ChatGeneration(message=as_theirs(cast("Any", one).message), generation_info=one.generation_info)
            if run.type == "chat_model"
            else Generation(text=one.text, generation_info=one.generation_info)
            for one in several
        ]
        for several in ours.generations
    ]
    return LLMResult(generations=generations, llm_output=ours.llm_output)


__all__ = ["Relay"]
