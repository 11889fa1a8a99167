"""What LangChain told our handler, as run events: each function is given when something happened and what was told of
it, may be called then or later, and raises nothing: a fault in here is logged once, and the user's run goes on.

Runs are known by the numbers of their ids, as a note of one keeps nothing alive.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chainviz.errors import describe
from chainviz.integrations.langchain.captured import CAPTURED, LEFT
from chainviz.integrations.langchain.places import is_task
from chainviz.integrations.langchain.values import as_ours
from chainviz.missing import MISSING
from chainviz.outputs import ChatGeneration, Generation, LLMResult
from chainviz.tracing.active import cancel_reason
from chainviz.tracing.events import WAITING, CustomEvent, RunCancel, RunChunk, RunEnd, RunError
from chainviz.tracing.notes import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.outputs import LLMResult as TheirResult

    from chainviz.integrations.langchain.captured import CapturedRun

_UNKNOWN = {"input": ""}
"""How a chain that is given a stream says that it does not know its input yet."""
_faults: set[type[BaseException]] = set()


def log_fault(error: Exception) -> None:
    """Log what was raised where a run is told of, once of each kind."""
    if type(error) not in _faults:
        _faults.add(type(error))
        what = "telling of a run of LangChain's raised %s; the run goes on, and a trace may lack it"
        logging.getLogger("chainviz").warning(what, describe(error), exc_info=error)


def _teller(tell: Any) -> Teller:
    def harmless(*told: Any) -> None:
        try:
            tell(*told)
        except Exception as error:
            log_fault(error)

    return Teller(harmless, tell.__code__.co_argcount)


@_teller
def tell_start(
    t: int,
    type: Any,
    name: str,
    id: int,
    parent_id: int | None,
    tags: list[str] | str | None,
    metadata: dict[str, Any] | None,
    thing: Any,
    ambient_id: int | None,
    ambient: Any,
    inputs: Any,
) -> None:
    """A run began, all but `inputs` as `CapturedRuns.open` takes it; a single tag may stand for a list."""
    tags, metadata = [tags] if isinstance(tags, str) else tags or [], metadata or {}
    run = CAPTURED.open(t, type or "chain", name, id, parent_id, tags, metadata, thing, ambient_id, ambient)
    if run is None:
        return
    graph = CAPTURED.find(parent_id) if "checkpoint_id" in metadata and is_task(tags, metadata) else None
    if graph is not None:
        _tell_checkpoint(t, graph, metadata)
    run.start(MISSING if inputs.__class__ is dict and inputs == _UNKNOWN else inputs)


@_teller
def tell_part(t: int, id: int, tap: object, part: Any) -> None:
    """A chain gave a part of its output: it counts for the first `tap` that reports any."""
    run = CAPTURED.find(id)
    if run is None:
        return
    if run.tap is None:
        run.tap = tap
    if run.tap is tap:
        run.tell(RunChunk(t, run.record, part))


@_teller
def tell_token(t: int, id: int, token: Any, part: Any) -> None:
    """A model gave a token, or a `part` of its answer that holds more than that."""
    run = CAPTURED.find(id)
    if run is None or run.tap is not None:
        return
    if run.record.type == "llm":
        part = token if isinstance(token, str) else getattr(part, "text", "")
    elif part is None:
        from langchain_core.messages import AIMessageChunk

        part = AIMessageChunk(content=token)
    run.tell(RunChunk(t, run.record, part))


@_teller
def tell_custom(t: int, id: int, told: tuple[str, Any], tags: Any) -> None:
    """A run dispatched an event of its own, of this name and data."""
    run = CAPTURED.find(id)
    if run is not None:
        run.tags = (*(tags or ()),)
        run.tell(CustomEvent(t, run.record, *told, run.tags))


@_teller
def tell_pause(
    t: int, id: int, told: tuple[str, str, list[Any], list[tuple[str, dict[str, Any], Any]]], _: Any
) -> None:
    """A graph stops at a checkpoint, of this id and namespace, until it is told to go on: nodes have asked for
    something, or it was to stop before these tasks, each of which waits as a run of its own."""
    checkpoint, namespace, asked, tasks = told
    graph = CAPTURED.find(id)
    if graph is None:
        return
    what = f": {_listed(asked)}" if asked else f" before {_listed(name for name, *_ in tasks)}" if tasks else ""
    graph.pause = f"{WAITING}{what}, at checkpoint {checkpoint}"
    _tell_checkpoint(t, graph, {"checkpoint_id": checkpoint, "langgraph_checkpoint_ns": f"{namespace}|"})
    for name, metadata, input in tasks:
        metadata = {**metadata, "checkpoint_id": checkpoint}
        tags = [f"graph:step:{metadata.get('langgraph_step')}"]
        run = CAPTURED.open(t, "chain", name, uuid4().int, id, tags, metadata, None, id, None)
        if run is not None:
            run.gate = None  # it is not to be held up, as it does nothing
            run.start(input)
            run.close(RunCancel(t, run.record, f"{WAITING} before it runs"))


def _tell_checkpoint(t: int, graph: CapturedRun, metadata: dict[str, Any]) -> None:
    """Name the checkpoint from which a task goes on with this metadata, where it is not the one named before."""
    if graph.checkpoint == metadata["checkpoint_id"]:
        return
    graph.checkpoint = metadata["checkpoint_id"]
    namespace = metadata["langgraph_checkpoint_ns"].rpartition("|")[0]
    data = {"checkpoint_id": graph.checkpoint, "checkpoint_ns": namespace}
    if "langgraph_step" in metadata:
        data["step"] = metadata["langgraph_step"] - 1
    graph.tell(CustomEvent(t, graph.record, "checkpoint", data, graph.tags))


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values))


@_teller
def tell_end(t: int, id: int, output: Any, inputs: Any) -> None:
    """A run came to its end."""
    run = CAPTURED.leave(id, t)
    if run is not None:
        known = MISSING if inputs is None or (inputs.__class__ is dict and not inputs) else inputs
        pause = run.pause
        end = RunEnd(t, run.record, output, known) if pause is None else RunCancel(t, run.record, pause, known, output)
        run.close(end)


@_teller
def tell_answer(t: int, id: int, response: TheirResult, _: Any) -> None:
    """A model came to its end."""
    run = CAPTURED.leave(id, t)
    if run is not None:
        run.record.result = _result(response)
        first = next((one for several in response.generations for one in several), None)
        is_chat = run.record.type == "chat_model"
        run.close(RunEnd(t, run.record, getattr(first, "message", None) if is_chat else getattr(first, "text", "")))


@_teller
def tell_error(t: int, id: int, error: BaseException, inputs: Any) -> None:
    """A run raised `error`, which may be the way to something else."""
    run = CAPTURED.leave(id, t)
    if run is None:
        return
    kinds = {cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "langgraph.errors"}
    if "GraphInterrupt" in kinds:
        asked = [getattr(asking, "value", asking) for asking in (error.args[0] if error.args else ())]
        run.close(RunCancel(t, run.record, f"{WAITING}: {_listed(asked)}" if asked else WAITING))
    elif "ParentCommand" in kinds:  # no error, but the way to hand a command to the graph above
        run.close(RunEnd(t, run.record, error.args[0] if error.args else None))
    else:
        reason, inputs = cancel_reason(error), MISSING if inputs is None else inputs
        if reason is None:
            run.close(RunError(t, run.record, error, inputs))
        else:
            run.close(RunCancel(t, run.record, reason, inputs))


@_teller
def tell_lost(t: int, id: int, _: Any, __: Any) -> None:
    """A root was left by those who could have told its end."""
    run = CAPTURED.leave(id, t)
    if run is not None:
        run.close(RunCancel(t, run.record, LEFT))


def _result(response: TheirResult) -> LLMResult:
    """Their result as ours."""
    return LLMResult([[_generation(one) for one in several] for several in response.generations], response.llm_output)


def _generation(generation: Any) -> Generation:
    if hasattr(generation, "message"):
        return ChatGeneration(as_ours(generation.message), generation.generation_info)
    return Generation(generation.text, generation.generation_info)


__all__ = [
    "log_fault",
    "tell_answer",
    "tell_custom",
    "tell_end",
    "tell_error",
    "tell_lost",
    "tell_part",
    "tell_pause",
    "tell_start",
    "tell_token",
]
