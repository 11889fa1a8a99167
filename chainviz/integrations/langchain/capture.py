"""What LangChain and LangGraph run, as our run events: a callback handler that every run of theirs is given while
somebody watches."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, cast

from langchain_core.callbacks.base import BaseCallbackHandler
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from chainviz.config import CURRENT
from chainviz.integrations.langchain.places import is_position, segment_of
from chainviz.integrations.langchain.running import ambient_parent, running_step
from chainviz.integrations.langchain.step import LangChainStep
from chainviz.integrations.langchain.values import as_ours
from chainviz.missing import MISSING
from chainviz.outputs import ChatGeneration, Generation, LLMResult
from chainviz.tracing.active import SURROUNDINGS, ActiveRun
from chainviz.tracing.events import Run, RunType, open_run
from chainviz.tracing.scope import Scope, as_scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from langchain_core.outputs import LLMResult as TheirResult

_REMEMBERED = 10_000
"""How many runs that have ended are still found as parents."""
_LEFT = "its caller ended without it"
DETACHED = "detached"
"""The tag of a run whose caller is not known: it came from a thread that the user's own code started."""


class Capture(BaseCallbackHandler):
    """Reports LangChain's runs to who listens around them. Safe on any thread, as LangChain calls it on many."""

    run_inline = True

    def __init__(self) -> None:
        self._open: dict[UUID, ActiveRun] = {}
        self._ended: OrderedDict[UUID, ActiveRun] = OrderedDict()
        self._tapped: set[UUID] = set()
        self._roots: set[UUID] = set()

    def run_of(self, id: UUID | None) -> ActiveRun | None:
        """The open run with this id, or one that has ended not long ago."""
        return None if id is None else self._open.get(id) or self._ended.get(id)

    # --- starts ------------------------------------------------------------------------------------------------

    def on_chain_start(
        self, serialized: Any, inputs: Any, *, run_type: str | None = None, run_id: UUID, **told: Any
    ) -> None:
        # A chain that is given a stream does not know its input yet, and says so by an empty one.
        known = MISSING if inputs == {"input": ""} else inputs
        self._start(cast("RunType", run_type or "chain"), serialized, run_id, known, told)

    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: UUID, **told: Any) -> None:
        self._start("chat_model", serialized, run_id, {"messages": messages}, told)

    def on_llm_start(self, serialized: Any, prompts: Any, *, run_id: UUID, **told: Any) -> None:
        self._start("llm", serialized, run_id, {"prompts": prompts}, told)

    def on_tool_start(
        self, serialized: Any, input_str: str, *, inputs: Any = None, run_id: UUID, **told: Any
    ) -> None:
        # Of one text, not of arguments by name, only the text is told.
        self._start("tool", serialized, run_id, input_str if inputs is None else inputs, told)

    def on_retriever_start(self, serialized: Any, query: str, *, run_id: UUID, **told: Any) -> None:
        self._start("retriever", serialized, run_id, {"query": query}, told)

    def _start(self, type: RunType, serialized: Any, id: UUID, inputs: Any, told: dict[str, Any]) -> None:
        if id in self._open:
            return
        tags, metadata = list(told.get("tags") or ()), dict(told.get("metadata") or {})
        step = running_step()
        claimed = self.run_of(told.get("parent_run_id"))
        around = _deepest(claimed, self.run_of(ambient_parent()), _current())
        if isinstance(around, ActiveRun) and self.run_of(around.record.id) is around:
            if around is not claimed:
                # LangChain gives the alternatives of fallbacks to whoever called these.
                tags = [tag for tag in tags if not (is_position(tag) and tag in around.record.tags)]
            scope: Scope = around
            segment = segment_of(_thing(around.record.step), step, tags, metadata)
        else:
            scope, tags = _outside(tags)
            segment = scope.segment
            self._roots.add(id)
        run = ActiveRun(scope.bus, None, scope.tags, scope.metadata, scope.slots, scope.rest)
        name = told.get("name") or _serialized_name(serialized)
        described = None if step is None else LangChainStep(step)
        run.record = open_run(type, name, scope.record, segment, tags, metadata, described, id)
        self._open[id] = run
        run.start(inputs)

    # --- parts -------------------------------------------------------------------------------------------------

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        run = self._open.get(run_id)
        if run is None or run_id in self._tapped:
            return
        if run.record.type == "llm":
            run.chunk(token if isinstance(token, str) else getattr(chunk, "text", ""))
        elif chunk is not None:
            run.chunk(chunk.message)
        else:
            from langchain_core.messages import AIMessageChunk

            run.chunk(AIMessageChunk(content=token))

    def on_custom_event(self, name: str, data: Any, *, run_id: UUID, tags: Any = None, **_: Any) -> None:
        run = self._open.get(run_id)
        if run is not None:
            run.tags = tuple(tags or ())
            run.custom(name, data)

    def tapped(self, id: UUID) -> Any:
        """What is told of each part that the run streams, or None where that is told of already."""
        run = self._open.get(id)
        if run is None or id in self._tapped:
            return None
        self._tapped.add(id)
        return run.teller()

    # --- ends --------------------------------------------------------------------------------------------------

    def on_chain_end(self, outputs: Any, *, run_id: UUID, inputs: Any = None, **_: Any) -> None:
        run = self._leave(run_id)
        if run is not None:
            run.end(outputs, inputs or MISSING)

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_end(output, run_id=run_id)

    def on_retriever_end(self, documents: Any, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_end(documents, run_id=run_id)

    def on_llm_end(self, response: TheirResult, *, run_id: UUID, **_: Any) -> None:
        run = self._leave(run_id)
        if run is None:
            return
        run.record.result = _result(response)
        first = next((one for several in response.generations for one in several), None)
        run.end(getattr(first, "message", None) if run.record.type == "chat_model" else getattr(first, "text", ""))

    def on_chain_error(self, error: BaseException, *, run_id: UUID, inputs: Any = None, **_: Any) -> None:
        run = self._leave(run_id)
        if run is not None:
            run.fail(error, MISSING if inputs is None else inputs)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.on_chain_error(error, run_id=run_id)

    def _leave(self, id: UUID) -> ActiveRun | None:
        """Take a run that ends out of the open ones, and what is open below a root: of a stream that is left in the
        middle, LangChain tells no end."""
        run = self._open.get(id)
        if run is None:
            return None
        if id in self._roots:
            self._roots.discard(id)
            for other, inside in reversed([*self._open.items()]):
                if other != id and _is_inside(inside.record, run.record):
                    self._forget(other)
                    inside.abandon(_LEFT)
        return self._forget(id)

    def _forget(self, id: UUID) -> ActiveRun | None:
        run = self._open.pop(id, None)
        if run is not None:
            self._tapped.discard(id)
            self._ended[id] = run
            if len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)
        return run

    def __deepcopy__(self, _: Any) -> Capture:
        return self

    def __copy__(self) -> Capture:
        return self


class StreamingCapture(Capture, _StreamingCallbackHandler[Any]):
    """The same where somebody wants tokens: LangChain's models then stream, and its chains hand out their parts."""

    def tap_output_iter(self, run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        tell = self.tapped(run_id)
        if tell is None:
            yield from output
            return
        for part in output:
            tell(part)
            yield part

    async def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        tell = self.tapped(run_id)
        async for part in output:
            if tell is not None:
                tell(part)
            yield part


class Ambient:
    """Stands for the context variable that LangChain looks up when it opens a run: has a handler where somebody
    watches."""

    def __init__(self) -> None:
        self._plain = Capture()
        self._streaming = StreamingCapture()
        # One may tell of the end of what the other was told the start of.
        vars(self._streaming).update(vars(self._plain))

    def run_of(self, id: UUID | None) -> ActiveRun | None:
        return self._plain.run_of(id)

    def get(self) -> Capture | None:
        around = CURRENT.get()
        if around is None:
            return self._streaming if open_traces() else None
        if isinstance(around, dict):
            callbacks = around.get("callbacks")
            bus = callbacks.bus if isinstance(callbacks, Scope) else None
            sinks = (callbacks or ()) if bus is None else bus.sinks
        else:
            sinks = cast("Scope", around).bus.sinks
        for sink in sinks:
            if getattr(sink, "streaming", False):
                return self._streaming
        return self._plain if sinks else None


AMBIENT = Ambient()


def _is_inside(run: Run, around: Run) -> bool:
    """Whether a run goes on below another one, or is it."""
    above: Run | None = run
    while above is not None and above is not around:
        above = above.parent
    return above is not None


def _deepest(*scopes: Scope | None) -> Scope | None:
    """The innermost of the scopes around a call, as far as they lie in each other; the first of those that do not."""
    found: Scope | None = None
    for scope in scopes:
        if scope is None or scope.record is None:
            continue
        if found is None or (scope.record is not found.record and _is_inside(scope.record, found.record)):  # type: ignore[arg-type]
            found = scope
    return found


def _current() -> Scope | None:
    """Our own scope here."""
    around = CURRENT.get()
    if isinstance(around, dict):
        around = around.get("callbacks")
    return around if isinstance(around, Scope) else None


def _outside(tags: list[str]) -> tuple[Scope, list[str]]:
    """The scope of a run that no run of LangChain's is around, and its tags."""
    around = CURRENT.get()
    if around is None:
        return as_scope(open_traces()[-1:]), [*tags, DETACHED]
    if not isinstance(around, dict):
        scope = cast("Scope", around)
        return scope, ([scope.position, *tags] if scope.position else tags)
    return as_scope(around.get("callbacks")), tags


def _thing(step: Any) -> Any:
    return step.thing if isinstance(step, LangChainStep) else None


def _serialized_name(serialized: Any) -> str:
    if isinstance(serialized, dict):
        if "name" in serialized:
            return str(serialized["name"])
        if serialized.get("id"):
            return str(serialized["id"][-1])
    return "Unnamed"


def _result(response: TheirResult) -> LLMResult:
    """Their result as ours, with their messages inside."""
    return LLMResult([[_generation(one) for one in several] for several in response.generations], response.llm_output)


def _generation(generation: Any) -> Generation:
    if hasattr(generation, "message"):
        return ChatGeneration(as_ours(generation.message), generation.generation_info)
    return Generation(generation.text, generation.generation_info)


def capture_runs() -> None:
    """Have LangChain give the handler to all that it runs while somebody watches."""
    from langchain_core.tracers.context import register_configure_hook

    register_configure_hook(cast("Any", AMBIENT), inheritable=True)
    SURROUNDINGS.append(_surrounding)


def _surrounding(scope: Scope) -> Scope | None:
    """The open run of LangChain's in whose code a run of ours begins."""
    inner = AMBIENT.run_of(ambient_parent())
    return inner if inner is not None and _deepest(scope, inner) is inner else None


__all__ = ["AMBIENT", "DETACHED", "Ambient", "Capture", "StreamingCapture", "capture_runs"]
