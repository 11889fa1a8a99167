"""Every message between kernel and page, defined once; the page's TypeScript types are generated from here.

Times (`t`, `ts`) are milliseconds since the trace's anchor. `seq` is an event's place in its trace, from 0 without
gaps. `Value` is JSON in which an object with a `$type` key stands for a typed Python value (see `encode`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION: Literal[1] = 1

Value = Any
RunType = Literal["chain", "chat_model", "llm", "prompt", "retriever", "tool", "parser"]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- run events ------------------------------------------------------------------------------------------------


class Start(Model):
    """A run began. `input` is absent while it still streams in; then the terminal event carries it."""

    kind: Literal["start"] = "start"
    seq: int
    t: float
    run: str
    parent: str | None
    path: str = Field(description="Path id of the step in the static graph of the root run; the root's is ''.")
    type: RunType
    name: str
    tags: list[str]
    metadata: dict[str, Value]
    input: Value = None
    has_input: bool


class End(Model):
    kind: Literal["end"] = "end"
    seq: int
    t: float
    run: str
    input: Value = None
    has_input: bool
    output: Value = None


class Error(Model):
    kind: Literal["error"] = "error"
    seq: int
    t: float
    run: str
    input: Value = None
    has_input: bool
    error: ErrorInfo


class Cancel(Model):
    kind: Literal["cancel"] = "cancel"
    seq: int
    t: float
    run: str
    reason: str


class Custom(Model):
    kind: Literal["custom"] = "custom"
    seq: int
    t: float
    run: str
    name: str
    data: Value = None


class ErrorInfo(Model):
    type: str
    message: str
    traceback: str


Event = Annotated[Start | End | Error | Cancel | Custom, Field(discriminator="kind")]


class Chunks(Model):
    """The chunks that one run made within a frame, in columns of equal length.

    A chunk that is text (a string, or a message whose only news is its text) stands in `texts`; any other has
    null there and its value at the same index of `values`, which is absent when every chunk is text.
    """

    run: str
    seqs: list[int]
    ts: list[float]
    texts: list[str | None]
    values: list[Value] | None = None


# --- the RunState of each root run -----------------------------------------------------------------------------


class Op(Model):
    """One JSON Patch operation. `append` is ours: a `replace` of a string by itself plus `value`."""

    op: Literal["add", "replace", "append"]
    path: str
    value: Value = None


class Patch(Model):
    """The operations that one event makes on the RunState of one root run."""

    root: str
    seq: int
    ops: list[Op]


# --- the static graph ------------------------------------------------------------------------------------------


class GraphNode(Model):
    """One step. Children of a `sequence` run one after another; of a `parallel` or `branch`, side by side."""

    id: str = Field(description="Path id, e.g. 'seq:1/map:context'; the root's is ''.")
    kind: Literal[
        "sequence",
        "parallel",
        "branch",
        "router",
        "fallbacks",
        "retry",
        "each",
        "assign",
        "chat_model",
        "llm",
        "prompt",
        "retriever",
        "tool",
        "parser",
        "lambda",
        "passthrough",
        "chain",
    ]
    name: str
    class_name: str
    slot: str | None = Field(None, description="What the parent calls this child: a key, a condition, 'default', …")
    params: dict[str, Value] = Field(default_factory=dict)
    input_type: str
    output_type: str
    input_schema: int | None = Field(None, description="Index into the graph's `schemas`.")
    output_schema: int | None = None
    doc: str | None = None
    source: str | None = None
    children: list[GraphNode] = Field(default_factory=list["GraphNode"])


class Graph(Model):
    root: GraphNode
    schemas: list[dict[str, Value]] = Field(
        default_factory=list[dict[str, Value]], description="JSON Schemas, each once."
    )
    exports: dict[str, str] = Field(default_factory=dict, description="Texts to copy: 'python', 'mermaid', 'dot'.")


class RootGraph(Model):
    """The graph of the chain that a root run executes."""

    root: str
    graph: Graph


# --- kernel to page --------------------------------------------------------------------------------------------


class Batch(Model):
    """Everything that happened in a trace from `from_seq` up to, not including, `to_seq`."""

    from_seq: int
    to_seq: int
    events: list[Event] = Field(default_factory=list[Event])
    chunks: list[Chunks] = Field(default_factory=list[Chunks])
    patches: list[Patch] = Field(default_factory=list[Patch])
    graphs: list[RootGraph] = Field(default_factory=list[RootGraph])
    closed: bool = Field(description="True once nothing more will follow.")


class Frame(Model):
    """Pushed on the feed: what is new since the last frame."""

    v: Literal[1] = VERSION
    type: Literal["frame"] = "frame"
    batch: Batch


class Snapshot(Model):
    """Answers `sync`: the trace from `have_seq` on, and what identifies it. Also what a saved page embeds."""

    trace: str
    anchor: float = Field(description="Wall clock of the trace's time zero, in ms since the epoch.")
    now: float = Field(description="Milliseconds since the anchor when this was made; lets the page tick.")
    stoppable: bool = Field(description="Whether the trace started its run itself, so that `stop` can stop it.")
    batch: Batch


class Reply(Model):
    """Answers one request, whatever became of it."""

    v: Literal[1] = VERSION
    type: Literal["reply"] = "reply"
    id: str
    ok: bool
    value: Snapshot | Detail | Done | None = None
    error: str | None = None


class Detail(Model):
    value: Value = None


class Done(Model):
    done: bool = True


# --- page to kernel --------------------------------------------------------------------------------------------


class Sync(Model):
    """Ask for everything from `have_seq` on; asked at the start, after a reload, and when a frame is missing."""

    v: Literal[1] = VERSION
    type: Literal["sync"] = "sync"
    id: str
    have_seq: int


class DetailRequest(Model):
    """Ask for a value that a frame carried cut."""

    v: Literal[1] = VERSION
    type: Literal["detail"] = "detail"
    id: str
    run: str
    what: Literal["input", "output", "error"]


class Stop(Model):
    """Ask the run that `watch` started to stop; answered with an error where the trace has no such run."""

    v: Literal[1] = VERSION
    type: Literal["stop"] = "stop"
    id: str


Request = Annotated[Sync | DetailRequest | Stop, Field(discriminator="type")]
