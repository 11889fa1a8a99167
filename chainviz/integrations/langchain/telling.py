"""What LangChain told our handler, as run events: each function is given when something happened and what was told of
it, may be called then or later, and raises nothing: a fault in here is logged once, and the user's run goes on."""

from __future__ import annotations

import logging
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from chainviz.errors import describe
from chainviz.integrations.langchain.captured import CAPTURED
from chainviz.integrations.langchain.values import as_ours
from chainviz.missing import MISSING
from chainviz.outputs import ChatGeneration, Generation, LLMResult
from chainviz.tracing.active import cancel_reason
from chainviz.tracing.events import WAITING, CustomEvent, RunCancel, RunChunk, RunEnd, RunError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from langchain_core.outputs import LLMResult as TheirResult

_P = ParamSpec("_P")
_UNKNOWN = {"input": ""}
"""How a chain that is given a stream says that it does not know its input yet."""
_faults: set[type[BaseException]] = set()


def log_fault(error: Exception) -> None:
    """Log what was raised where a run is told of, once of each kind."""
    if type(error) not in _faults:
        _faults.add(type(error))
        what = "telling of a run of LangChain's raised %s; the run goes on, and a trace may lack it"
        logging.getLogger("chainviz").warning(what, describe(error), exc_info=error)


def _harmless(tell: Callable[_P, None]) -> Callable[_P, None]:
    @wraps(tell)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            tell(*args, **kwargs)
        except Exception as error:
            log_fault(error)

    return guarded


@_harmless
def tell_start(inputs: Any, t: int, type: Any, name: str, id: UUID, *told: Any) -> None:
    """A run began; `told` is the rest of what `CapturedRuns.open` takes."""
    run = CAPTURED.open(t, type or "chain", name, id, *told)
    if run is not None:
        run.start(MISSING if inputs.__class__ is dict and inputs == _UNKNOWN else inputs)


@_harmless
def tell_part(t: int, id: UUID, tap: object, part: Any) -> None:
    """A chain gave a part of its output: it counts for the first `tap` that reports any."""
    run = CAPTURED.find(id)
    if run is None:
        return
    if run.tap is None:
        run.tap = tap
    if run.tap is tap:
        run.tell(RunChunk(t, run.record, part))


@_harmless
def tell_token(t: int, id: UUID, token: Any, chunk: Any) -> None:
    """A model gave a token."""
    run = CAPTURED.find(id)
    if run is None or run.tap is not None:
        return
    if run.record.type == "llm":
        part = token if isinstance(token, str) else getattr(chunk, "text", "")
    elif chunk is not None:
        part = chunk.message
    else:
        from langchain_core.messages import AIMessageChunk

        part = AIMessageChunk(content=token)
    run.tell(RunChunk(t, run.record, part))


@_harmless
def tell_custom(t: int, id: UUID, name: str, data: Any, tags: Any) -> None:
    """A run dispatched an event of its own."""
    run = CAPTURED.find(id)
    if run is not None:
        run.tags = (*(tags or ()),)
        run.tell(CustomEvent(t, run.record, name, data, run.tags))


@_harmless
def tell_end(t: int, id: UUID, output: Any, inputs: Any) -> None:
    """A run came to its end."""
    run = CAPTURED.leave(id, t)
    if run is not None:
        known = MISSING if inputs is None or (inputs.__class__ is dict and not inputs) else inputs
        run.close(RunEnd(t, run.record, output, known))


@_harmless
def tell_answer(t: int, id: UUID, response: TheirResult, _: Any) -> None:
    """A model came to its end."""
    run = CAPTURED.leave(id, t)
    if run is not None:
        run.record.result = _result(response)
        first = next((one for several in response.generations for one in several), None)
        is_chat = run.record.type == "chat_model"
        run.close(RunEnd(t, run.record, getattr(first, "message", None) if is_chat else getattr(first, "text", "")))


@_harmless
def tell_error(t: int, id: UUID, error: BaseException, inputs: Any) -> None:
    """A run raised `error`, which may be the way to something else."""
    run = CAPTURED.leave(id, t)
    if run is None:
        return
    kinds = {cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "langgraph.errors"}
    if "GraphInterrupt" in kinds:
        asked = [getattr(asking, "value", asking) for asking in (error.args[0] if error.args else ())]
        run.close(RunCancel(t, run.record, f"{WAITING}: {', '.join(map(str, asked))}" if asked else WAITING))
    elif "ParentCommand" in kinds:  # no error, but the way to hand a command to the graph above
        run.close(RunEnd(t, run.record, error.args[0] if error.args else None))
    else:
        reason, inputs = cancel_reason(error), MISSING if inputs is None else inputs
        if reason is None:
            run.close(RunError(t, run.record, error, inputs))
        else:
            run.close(RunCancel(t, run.record, reason, inputs))


def _result(response: TheirResult) -> LLMResult:
    """Their result as ours."""
    return LLMResult([[_generation(one) for one in several] for several in response.generations], response.llm_output)


def _generation(generation: Any) -> Generation:
    if hasattr(generation, "message"):
        return ChatGeneration(as_ours(generation.message), generation.generation_info)
    return Generation(generation.text, generation.generation_info)


__all__ = ["log_fault", "tell_answer", "tell_custom", "tell_end", "tell_error", "tell_part", "tell_start", "tell_token"]
