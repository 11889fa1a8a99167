"""What LangChain and LangGraph run, as our run events: a callback handler that every run of theirs is given while
somebody watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks.base import BaseCallbackHandler
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from chainviz.config import CURRENT
from chainviz.integrations.langchain.captured import CAPTURED, surrounding
from chainviz.integrations.langchain.values import as_ours
from chainviz.missing import MISSING
from chainviz.outputs import ChatGeneration, Generation, LLMResult
from chainviz.tracing.active import SURROUNDINGS
from chainviz.tracing.events import WAITING
from chainviz.tracing.scope import Scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from uuid import UUID

    from langchain_core.outputs import LLMResult as TheirResult

    from chainviz.tracing.events import RunType

_UNKNOWN = {"input": ""}


class Capture(BaseCallbackHandler):
    """Reports LangChain's runs to who listens around them. What it raises, LangChain logs, and the run goes on."""

    run_inline = True
    # --- starts ------------------------------------------------------------------------------------------------

    def on_chain_start(
        self,
        serialized: Any,
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        run_type: Any = None,
        name: str | None = None,
        **_: Any,
    ) -> None:
        # A chain that is given a stream does not know its input yet, and says so by an empty one.
        known = MISSING if inputs.__class__ is dict and inputs == _UNKNOWN else inputs
        name = name or _serialized_name(serialized)
        CAPTURED.open(run_type or "chain", name, run_id, known, parent_run_id, tags or [], metadata or {})

    def on_chat_model_start(self, serialized: Any, messages: Any, **told: Any) -> None:
        self._open("chat_model", serialized, {"messages": messages}, **told)

    def on_llm_start(self, serialized: Any, prompts: Any, **told: Any) -> None:
        self._open("llm", serialized, {"prompts": prompts}, **told)

    def on_tool_start(self, serialized: Any, input_str: str, *, inputs: Any = None, **told: Any) -> None:
        # Of one text, not of arguments by name, only the text is told.
        self._open("tool", serialized, input_str if inputs is None else inputs, **told)

    def on_retriever_start(self, serialized: Any, query: str, **told: Any) -> None:
        self._open("retriever", serialized, {"query": query}, **told)

    def _open(self, run_type: RunType, serialized: Any, inputs: Any, **told: Any) -> None:
        told = {name: told.get(name) for name in ("run_id", "parent_run_id", "tags", "metadata", "name")}
        self.on_chain_start(serialized, inputs, run_type=run_type, **cast("Any", told))

    # --- parts -------------------------------------------------------------------------------------------------

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        run = CAPTURED.find(run_id)
        if run is None or run.tapped:
            return
        if run.record.type == "llm":
            run.chunk(token if isinstance(token, str) else getattr(chunk, "text", ""))
        elif chunk is not None:
            run.chunk(chunk.message)
        else:
            from langchain_core.messages import AIMessageChunk

            run.chunk(AIMessageChunk(content=token))

    def on_custom_event(self, name: str, data: Any, *, run_id: UUID, tags: Any = None, **_: Any) -> None:
        run = CAPTURED.find(run_id)
        if run is not None:
            run.tags = (*(tags or ()),)
            run.custom(name, data)

    # --- ends --------------------------------------------------------------------------------------------------

    def on_chain_end(self, outputs: Any, *, run_id: UUID, inputs: Any = None, **_: Any) -> None:
        run = CAPTURED.leave(run_id)
        if run is not None:
            run.end(outputs, MISSING if inputs is None or (inputs.__class__ is dict and not inputs) else inputs)

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_end(output, run_id=run_id)

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_end(documents, run_id=run_id)

    def on_llm_end(self, response: TheirResult, *, run_id: UUID, **_: Any) -> None:
        run = CAPTURED.leave(run_id)
        if run is None:
            return
        run.record.result = _result(response)
        first = next((one for several in response.generations for one in several), None)
        run.end(getattr(first, "message", None) if run.record.type == "chat_model" else getattr(first, "text", ""))

    def on_chain_error(self, error: BaseException, *, run_id: UUID, inputs: Any = None, **_: Any) -> None:
        run = CAPTURED.leave(run_id)
        if run is None:
            return
        kinds = {cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "langgraph.errors"}
        if "GraphInterrupt" in kinds:
            asked = [getattr(asking, "value", asking) for asking in (error.args[0] if error.args else ())]
            run.abandon(f"{WAITING}: {', '.join(map(str, asked))}" if asked else WAITING)
        elif "ParentCommand" in kinds:  # no error, but the way to hand a command to the graph above
            run.end(error.args[0] if error.args else None)
        else:
            run.fail(error, MISSING if inputs is None else inputs)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def __deepcopy__(self, _: Any) -> Capture:
        return self

    def __copy__(self) -> Capture:
        return self


class StreamingCapture(Capture, _StreamingCallbackHandler[Any]):
    """The same where somebody wants tokens: LangChain's models then stream, and its chains hand out their parts."""

    def tap_output_iter(self, run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        tell = _teller(run_id)
        if tell is None:
            yield from output
            return
        for part in output:
            tell(part)
            yield part

    async def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        tell = _teller(run_id)
        async for part in output:
            if tell is not None:
                tell(part)
            yield part


class Ambient:
    """Stands for the context variable that LangChain looks up when it opens a run: has a handler where somebody
    watches, the same one each time."""

    def __init__(self) -> None:
        self._plain = Capture()
        self._streaming = StreamingCapture()

    def get(self) -> Capture | None:
        around: Any = CURRENT.get()
        if around is None:
            return self._streaming if open_traces() else None
        callbacks = around if isinstance(around, Scope) else around.get("callbacks")
        sinks: Any = callbacks.bus.sinks if isinstance(callbacks, Scope) else callbacks or ()
        for sink in sinks:
            if getattr(sink, "streaming", False):
                return self._streaming
        return self._plain if sinks else None


def capture_runs() -> None:
    """Have LangChain give the handler to all that it runs while somebody watches."""
    from langchain_core.tracers.context import register_configure_hook

    register_configure_hook(cast("Any", Ambient()), inheritable=True)
    SURROUNDINGS.append(surrounding)


def _teller(id: UUID) -> Callable[[Any], None] | None:
    """What is told of each part that a run streams; None where somebody tells of them already."""
    run = CAPTURED.find(id)
    if run is None or run.tapped:
        return None
    run.tapped = True
    return run.teller()


def _serialized_name(serialized: Any) -> str:
    known = cast("dict[str, Any]", serialized) if isinstance(serialized, dict) else {}
    return str(known.get("name") or (known.get("id") or ["Unnamed"])[-1])


def _result(response: TheirResult) -> LLMResult:
    """Their result as ours."""
    return LLMResult([[_generation(one) for one in several] for several in response.generations], response.llm_output)


def _generation(generation: Any) -> Generation:
    if hasattr(generation, "message"):
        return ChatGeneration(as_ours(generation.message), generation.generation_info)
    return Generation(generation.text, generation.generation_info)


__all__ = ["Capture", "StreamingCapture", "capture_runs"]
