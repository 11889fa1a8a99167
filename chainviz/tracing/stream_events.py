"""`astream_events`: run events as the dicts of versions 1 and 2."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, NamedTuple, TypedDict

from chainviz.addable import total_of
from chainviz.errors import InvalidConfigError
from chainviz.tracing.events import (
    MISSING,
    CustomEvent,
    Run,
    RunChunk,
    RunEnd,
    RunError,
    RunEvent,
    RunStart,
    TerminalEvent,
    Told,
)
from chainviz.tracing.outputs import gave_nothing, logged_output, shown_chunk, shown_output
from chainviz.tracing.run_filter import ALL_RUNS, RunFilter


class StreamEvent(TypedDict):
    """One event of `astream_events`."""

    event: str
    """`on_<type>_start`, `_stream`, `_end`, `_error`, `_cancel`, or `on_custom_event`."""
    name: str
    """The run's name; a custom event's own name."""
    run_id: str
    parent_ids: list[str]
    """The ids of the runs around it, the root's first; empty in version 1."""
    tags: list[str]
    metadata: dict[str, Any]
    data: Any
    """A dict of `input`, `output`, `chunk`, `error` or `reason`, as far as known; a custom event's own data."""


class Called(NamedTuple):
    """As what a call names a root."""

    name: str
    tags: list[str]
    metadata: dict[str, Any]


class EventProjection:
    """Turns the run events under one root into stream events of one version.

    `given` is what the caller gave the root; a model or a retriever reports it in a form of its own. `called` is as
    what the root was called: version 1 tells that, and not what its run is.
    """

    def __init__(
        self,
        version: Literal["v1", "v2"],
        chosen: RunFilter = ALL_RUNS,
        given: Any = MISSING,
        called: Called | None = None,
    ) -> None:
        self._given = given
        self._called = called if version == "v1" else None
        self._chosen = chosen
        self.plain: dict[Run, StreamEvent] = {}
        """The runs whose chunks are shown as they are: a copy of this, with its `data`, is all that one costs."""
        self._forms: dict[Run, StreamEvent | None] = {}
        self._started: dict[Run, Any] = {}
        self._root: Run | None = None
        self._old = version == "v1"
        self.summed: Run | None = None
        """The root, where its chunks are added up for its end: these are put in `root_chunks`."""
        self.root_chunks: list[Any] = []

    def feed(self, event: Told) -> Sequence[StreamEvent]:
        """The stream events that a run event makes, mostly one."""
        if isinstance(event, tuple):
            return self._chunk_events(*event)
        run = event.run
        try:
            form = self._forms[run]
        except KeyError:
            form = self._begin(run, event)
        if isinstance(event, CustomEvent):
            return self._custom_events(run, event)
        if form is None:
            return ()
        if isinstance(event, RunChunk):
            return self._chunk_events(run, event.chunk)
        if self._old:
            return self._old_events(run, event)
        return (self._new_event(run, event),)

    def _chunk_events(self, run: Run, chunk: Any) -> Sequence[StreamEvent]:
        form = self._forms[run]
        if form is None:
            return ()
        shown = form.copy()
        shown["data"] = {"chunk": chunk if run.type != "llm" else self._llm_chunk(run, chunk)}
        if run is self.summed:
            self.root_chunks.append(chunk)
        return (shown,)

    def _begin(self, run: Run, event: RunEvent) -> StreamEvent | None:
        """Take note of a run, and of what all its events have in common; None where it is not shown."""
        if self._root is None:
            self._root = run
            self.summed = run if self._old else None
        if self._called is not None and run is self._root:
            shown = self._chosen.chooses_called(run, self._called.name, self._called.tags)
        else:
            shown = self._chosen.chooses(run)
        if isinstance(event, RunStart) and event.inputs is not MISSING and shown:
            self._started[run] = None if _is_text_for_tool(event) else event.inputs
        form = self._forms[run] = self._form(run) if shown else None
        if form is not None and run.type != "llm":
            self.plain[run] = form
        return form

    def _custom_events(self, run: Run, event: CustomEvent) -> Sequence[StreamEvent]:
        if self._old or not self._chosen.chooses_custom(event):
            return ()
        return (
            {
                **self._form(run),
                "event": "on_custom_event",
                "name": event.name,
                "tags": event.tags,
                "metadata": event.metadata,
                "data": event.data,
            },
        )

    def _new_event(self, run: Run, event: RunStart | TerminalEvent) -> StreamEvent:
        if isinstance(event, RunStart):
            return self._start(run, event)
        if isinstance(event, RunEnd):
            output, inputs = {"output": shown_output(run, event.output)}, self._inputs(event)
            if run.type in ("chain", "parser", "prompt") and _is_nothing(inputs):
                inputs = {}
            return self._event(run, "end", output if run is self._root else {**output, **_input(inputs)})
        if isinstance(event, RunError):
            inputs = self._inputs(event)
            call = {"tool_call_id": getattr(inputs, "call_id", None)} if run.type == "tool" else {}
            return self._event(run, "error", {"error": event.error, **_input(inputs), **call})
        return self._event(run, "cancel", {"reason": event.reason, **_input(self._inputs(event))})

    def _old_events(self, run: Run, event: RunStart | TerminalEvent) -> Sequence[StreamEvent]:
        if not isinstance(event, RunEnd):
            return (self._new_event(run, event),)
        if run is not self._root:
            is_model = run.type in ("chat_model", "llm", "retriever")
            shown = logged_output(run, event.output) if is_model else event.output
            return (self._event(run, "end", {**_input(self._inputs(event)), "output": shown}),)
        if self.root_chunks:
            return (self._event(run, "end", {"output": total_of(self.root_chunks)}),)
        if gave_nothing(event):
            return (self._event(run, "end", {"output": None}),)
        output = event.output if run.type == "llm" else shown_output(run, event.output)
        return self._event(run, "stream", {"chunk": output}), self._event(run, "end", {"output": output})

    def _llm_chunk(self, run: Run, chunk: Any) -> Any:
        return chunk if self._old or run is self._root else shown_chunk(run, chunk)

    def _start(self, run: Run, event: RunStart) -> StreamEvent:
        if run is self._root and self._given is not MISSING:
            return self._event(run, "start", {"input": self._given})
        if self._old and event.inputs is None:
            return self._event(run, "start", {})
        if _is_text_for_tool(event):
            return self._event(run, "start", {} if self._old else {"input": {}})
        return self._event(run, "start", _input(event.inputs))

    def _inputs(self, event: TerminalEvent) -> Any:
        started = self._started.pop(event.run, MISSING)
        inputs = started if event.inputs is MISSING else event.inputs
        return MISSING if self._old and inputs is None else inputs

    def _event(self, run: Run, what: str, data: Any) -> StreamEvent:
        event = self._form(run)
        event["data"] = data
        event["event"] = f"on_{run.type}_{what}"
        return event

    def _form(self, run: Run) -> StreamEvent:
        """An event of the run, all but its data; most are `_stream`."""
        name, tags, metadata = run.name, run.tags, run.metadata
        if self._called is not None and run is self._root:
            name, tags, metadata = self._called
        return {
            "event": f"on_{run.type}_stream",
            "name": name,
            "run_id": str(run.id),
            "parent_ids": [] if self._old else run.parent_ids,
            "tags": tags,
            "metadata": metadata,
            "data": None,
        }


def _is_text_for_tool(event: RunStart) -> bool:
    """Whether a tool was given no arguments by name: then the reference's events are silent about what it was given."""
    return event.run.type == "tool" and not isinstance(event.inputs, dict)


def _is_nothing(inputs: Any) -> bool:
    """Whether an input counts as none at the end of a run, as what is false does in the reference's events."""
    try:
        return not inputs
    except Exception:  # an array, which is neither true nor false
        return False


def _input(inputs: Any) -> dict[str, Any]:
    return {} if inputs is MISSING else {"input": inputs}


async def project_events(
    observed: AsyncIterator[list[Told]],
    version: str = "v2",
    chosen: RunFilter = ALL_RUNS,
    given: Any = MISSING,
    called: Called | None = None,
) -> AsyncIterator[StreamEvent]:
    """The stream events of the run events under a root that was given `given`.

    Raises InvalidConfigError for a version that is neither v1 nor v2.
    """
    if version not in ("v1", "v2"):
        raise InvalidConfigError(f"astream_events: expected version 'v1' or 'v2', got {version!r}")
    projection = EventProjection(version, chosen, given, called)
    plain = projection.plain
    stream: Any = observed
    try:
        async for events in observed:
            for event in events:
                if event.__class__ is tuple:
                    run, chunk = event  # type: ignore[misc]
                    if run in plain:
                        if run is projection.summed:
                            projection.root_chunks.append(chunk)
                        shown = plain[run].copy()
                        shown["data"] = {"chunk": chunk}
                        yield shown
                        continue
                for shown in projection.feed(event):
                    yield shown
    finally:
        await stream.aclose()


__all__ = ["Called", "EventProjection", "StreamEvent", "project_events"]
