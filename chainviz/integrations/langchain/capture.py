"""What LangChain and LangGraph run, as our run events: a callback handler that every run of theirs is given while
somebody watches."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from threading import Thread
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID
from weakref import ref

from langchain_core.callbacks.base import BaseCallbackHandler
from langchain_core.tracers._streaming import _StreamingCallbackHandler

from chainviz.config import CURRENT
from chainviz.integrations.langchain.captured import settle, surrounding
from chainviz.integrations.langchain.places import has_place, is_task
from chainviz.integrations.langchain.running import running_thing
from chainviz.integrations.langchain.spared import spare
from chainviz.integrations.langchain.state_runs import begun_task, join, next_tasks
from chainviz.integrations.langchain.telling import (
    log_fault,
    tell_answer,
    tell_custom,
    tell_end,
    tell_error,
    tell_lost,
    tell_part,
    tell_pause,
    tell_start,
    tell_token,
)
from chainviz.tracing.active import SURROUNDINGS
from chainviz.tracing.notes import OPEN, taken_here
from chainviz.tracing.scope import Scope
from chainviz.tracing.trace import open_traces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from chainviz.tracing.notes import Notes, Teller


def _noting(teller: Teller) -> Any:
    """A handler's method for how a run ends, of which `teller` is told."""

    def method(_: Any, told: Any, *, run_id: UUID, parent_run_id: Any = None, inputs: Any = None, **__: Any) -> None:
        note(teller, run_id, told, inputs)
        if parent_run_id is None:
            expect_no_end(run_id)

    return method


class Capture(BaseCallbackHandler):
    """Reports LangChain's runs to who listens around them: noted for a trace, which makes events of it when it is read,
    and told at once to everybody else."""

    run_inline = True
    # Each is a property that is asked for each event.
    ignore_agent = ignore_chain = ignore_chat_model = ignore_custom_event = False  # type: ignore[assignment]
    ignore_llm = ignore_retriever = False  # type: ignore[assignment]

    def __init__(self) -> None:
        from langchain_core.runnables.config import var_child_runnable_config

        self._their_config = var_child_runnable_config.get

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
        try:
            t, notes, current, around = perf_counter_ns(), OPEN[-1], CURRENT.get(), self._their_config()
            if metadata and tags and is_task(tags, metadata):
                tags, metadata = begun_task(tags, metadata)
            ambient_id = None if around is None else getattr(around.get("callbacks"), "parent_run_id", None)
            is_noted = notes.context is current
            is_placed = (ambient_id is None or ambient_id is parent_run_id) and has_place(tags) and is_noted
            thing = None if is_placed else running_thing()
            told = (
                tell_start,
                t,
                run_type,
                name or _serialized_name(serialized),
                run_id.int,
                None if parent_run_id is None else parent_run_id.int,
                tags[0] if tags and len(tags) == 1 else tags,
                metadata or None,
                thing,
                None if ambient_id is None else ambient_id.int,
                current,
                inputs,
            )
            if parent_run_id is None:
                expect_end(run_id, notes if is_noted else None)
            if not is_noted:
                report(*told)
            else:
                notes.extend(told)
                if len(notes) > notes.limit:
                    notes.added()
            if parent_run_id is None:
                join(self, thing)
        except Exception as error:
            log_fault(error)

    def on_chat_model_start(self, serialized: Any, messages: Any, **told: Any) -> None:
        self.on_chain_start(serialized, {"messages": messages}, run_type="chat_model", **told)

    def on_llm_start(self, serialized: Any, prompts: Any, **told: Any) -> None:
        self.on_chain_start(serialized, {"prompts": prompts}, run_type="llm", **told)

    def on_tool_start(self, serialized: Any, input_str: str, *, inputs: Any = None, **told: Any) -> None:
        # Of one text, not of arguments by name, only the text is told.
        self.on_chain_start(serialized, input_str if inputs is None else inputs, run_type="tool", **told)

    def on_retriever_start(self, serialized: Any, query: str, **told: Any) -> None:
        self.on_chain_start(serialized, {"query": query}, run_type="retriever", **told)

    # --- parts -------------------------------------------------------------------------------------------------

    def on_llm_new_token(self, token: Any, *, run_id: UUID, chunk: Any = None, **_: Any) -> None:
        note(tell_token, run_id, token, getattr(chunk, "message", chunk))

    def on_custom_event(self, name: str, data: Any, *, run_id: UUID, tags: Any = None, **_: Any) -> None:
        note(tell_custom, run_id, (name, data), tags)

    # --- ends --------------------------------------------------------------------------------------------------

    on_chain_end = on_tool_end = on_retriever_end = _noting(tell_end)
    on_llm_end = _noting(tell_answer)
    on_chain_error = on_llm_error = on_tool_error = on_retriever_error = _noting(tell_error)

    def on_interrupt(self, event: Any) -> None:
        """LangGraph stops a graph: a node asks for something, or it was told to stop before or after one."""
        try:
            asked = [asking.value for asking in event.interrupts]
            before = [] if event.status == "pending" else next_tasks()  # where nodes that run have asked
            told = event.checkpoint_id, "|".join(event.checkpoint_ns), asked, before
        except Exception as error:
            log_fault(error)
        else:
            if event.run_id is not None:
                note(tell_pause, event.run_id, told, None)

    def __deepcopy__(self, _: Any) -> Capture:
        return self

    def __copy__(self) -> Capture:
        return self


class StreamingCapture(Capture, _StreamingCallbackHandler[Any]):
    """The same where somebody wants tokens: LangChain's models then stream, and its chains hand out their parts.
    `plain` is who takes its place where that does harm."""

    def __init__(self, plain: Capture) -> None:
        super().__init__()
        self._plain = plain

    def on_chat_model_start(self, serialized: Any, messages: Any, **told: Any) -> None:
        try:
            spare(self, self._plain)
        except Exception as error:
            log_fault(error)
        super().on_chat_model_start(serialized, messages, **told)

    def tap_output_iter(self, run_id: UUID, output: Iterator[Any]) -> Iterator[Any]:
        tap, notes, current = object(), OPEN[-1], CURRENT.get()
        for part in output:
            # As `note` does, without a call for each token and with what does not change looked up once.
            try:
                if notes.context is not current or len(notes) >= notes.limit:
                    note(tell_part, run_id, tap, part)
                else:
                    notes.extend((tell_part, perf_counter_ns(), run_id.int, tap, part))
            except Exception as error:
                log_fault(error)
            yield part

    async def tap_output_aiter(self, run_id: UUID, output: AsyncIterator[Any]) -> AsyncIterator[Any]:
        tap = object()
        async for part in output:
            note(tell_part, run_id, tap, part)
            yield part


def note(teller: Teller, run_id: UUID, told: Any, more: Any) -> None:
    """Have `teller` told of what happens now in a run: later where notes are taken, and otherwise now."""
    try:
        notes = OPEN[-1]
        if notes.context is not CURRENT.get():
            report(teller, perf_counter_ns(), run_id.int, told, more)
            return
        notes.extend((teller, perf_counter_ns(), run_id.int, told, more))
        if len(notes) > notes.limit:
            notes.added()
    except Exception as error:
        log_fault(error)


class Ambient:
    """Stands for the context variable that LangChain looks up when it opens a run: has a handler where somebody
    watches, the same one each time."""

    @cached_property
    def _plain(self) -> Capture:
        return Capture()

    @cached_property
    def _streaming(self) -> Capture:
        return StreamingCapture(self._plain)

    def get(self) -> Capture | None:
        return self._streaming if CURRENT.get() is OPEN[-1].context else self._watching()

    def _watching(self) -> Capture | None:
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


def hear_graphs() -> None:
    """Have LangGraph tell the handlers of what it tells no others: they become handlers of its own kind."""
    from langgraph.callbacks import GraphCallbackHandler

    Capture.__bases__ = (GraphCallbackHandler,)


ROOTS: dict[int, ref[UUID]] = {}
"""The ids of the roots of which LangChain may still tell the end."""


def expect_end(run_id: UUID, notes: Notes | None) -> None:
    """Take note of a root that began. Who may tell its end holds its id; when nobody does any more, as where a model
    is cancelled that is a root, it has been left."""
    id = run_id.int
    ROOTS[id] = ref(run_id, partial(_lost, id, notes))
    if notes is not None:
        notes.begun.add(id)


def expect_no_end(run_id: UUID) -> None:
    """Take note that a root has ended."""
    ROOTS.pop(run_id.int, None)
    notes = OPEN[-1]
    if notes.context is CURRENT.get():
        notes.begun.discard(run_id.int)


def _lost(id: int, notes: Notes | None, _: object) -> None:
    ROOTS.pop(id, None)
    told = perf_counter_ns(), id, None, None
    if notes is None:
        _elsewhere(partial(tell_lost.tell, *told))
        return
    notes.extend((tell_lost, *told))
    notes.begun.discard(id)
    if len(notes) > notes.limit:
        _elsewhere(notes.added)


def _elsewhere(call: Callable[[], None]) -> None:
    """Call it on a thread of its own: who lets go of an id, or collects garbage, may hold any lock."""
    with suppress(RuntimeError):  # while the interpreter goes down, there are no more threads
        Thread(target=call, daemon=True).start()


def report(teller: Teller, *told: Any) -> None:
    """The same where it is not the innermost trace that takes notes."""
    notes = taken_here()
    if notes is None:
        settle()
        teller.tell(*told)
    else:
        notes.extend((teller, *told))
        notes.added()


def _serialized_name(serialized: Any) -> str:
    known = cast("dict[str, Any]", serialized) if isinstance(serialized, dict) else {}
    return str(known.get("name") or (known.get("id") or ["Unnamed"])[-1])


__all__ = ["Capture", "StreamingCapture", "capture_runs", "hear_graphs"]
