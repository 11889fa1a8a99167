"""Every message between kernel and page, defined once; the page's TypeScript types are generated from here.

Times (`t`) are milliseconds since the trace's anchor. `seq` is an event's place in its trace, from 0; of those that are
missing the events were dropped. `Value` is JSON in which an object with a `$type` key stands for a typed Python value
(see `encode`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chainviz.tracing.events import RunType

VERSION: Literal[1] = 1

Value = Any


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Asked(Model):
    """What every request has; its one reply has the same `id`."""

    v: Literal[1] = VERSION
    id: str


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
    seqs: list[int] = Field(description="The first one's seq, then of each the difference to the one before.")
    ts: list[int] = Field(description="In hundredths of a millisecond: the first one's time, then differences.")
    texts: list[str | None]
    values: list[Value] | None = None
    like: Value = Field(None, description="The message that each text is the content of, with its content left empty.")


# --- the RunState of each root run -----------------------------------------------------------------------------


class Op(Model):
    """One JSON Patch operation. `append` is ours: a `replace` of a string by itself plus `value`."""

    op: Literal["add", "replace", "append"]
    path: str
    value: Value = None


class Patch(Model):
    """The operations that one event makes on the RunState of one root run.

    A chunk that is text has none on the wire where its operations are the usual ones: the chunk (the text, or the
    message that its column is `like`) added to the run's
    `streamed_output`, before that its text to the `streamed_output_str` of a model inside the root run; and, in the
    root run itself, its text appended to `final_output` or to that message's `content`, unless it is empty.
    """

    root: str
    seq: int
    ops: list[Op]


# --- the static graph ------------------------------------------------------------------------------------------


class GraphLink(Model):
    """In a state graph, one child may follow another. `source` and `target` are places among the children, from 0."""

    source: int
    target: int
    label: str | None = None
    conditional: bool = False


class GraphNode(Model):
    """One step. Children of a `sequence` run one after another; of a `parallel` or `branch`, side by side; of a `graph`
    as its `links` say, from the child of kind `start` to that of kind `end`."""

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
        "graph",
        "start",
        "end",
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
    links: list[GraphLink] = Field(default_factory=list[GraphLink])


class Graph(Model):
    root: GraphNode
    schemas: list[dict[str, Value]] = Field(
        default_factory=list[dict[str, Value]], description="JSON Schemas, each once."
    )
    exports: dict[str, str] = Field(
        default_factory=dict, description="Texts to copy: 'python', 'mermaid', 'dot', 'svg'."
    )


class RootGraph(Model):
    """What a root run executes. The graph comes with the first of the root runs that share its shape; while a trace is
    live at first without what takes long to make, then again with it."""

    root: str
    shape: int = 0
    graph: Graph | None = None


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
    dropped: int = Field(0, description="How many events the kernel has let go for want of room.")


class Frame(Model):
    """Pushed on the feed: what is new since the last frame."""

    v: Literal[1] = VERSION
    type: Literal["frame"] = "frame"
    batch: Batch


class Screen(Model):
    """What all views of a trace share: the selected run, the filter, the time cursor (the seq up to which events have
    happened; null is the newest moment). `origin` names who set it, so that it comes back to nobody.
    """

    v: Literal[1] = VERSION
    type: Literal["screen"] = "screen"
    selected: str | None = None
    filter: str = ""
    cursor: int | None = None
    origin: str = ""


class _About(Model):
    """What identifies a trace."""

    trace: str
    anchor: float = Field(description="Wall clock of the trace's time zero, in ms since the epoch.")
    now: float = Field(description="Milliseconds since the anchor when this was made; lets the page tick.")
    stoppable: bool = Field(description="Whether the trace started its run itself, so that `stop` can stop it.")
    screen: Screen | None = None


class Snapshot(_About):
    """Answers `sync`: the trace from `have_seq` on, and what identifies it. Also what a saved page embeds."""

    batch: Batch


class RunTable(Model):
    """The runs of a part and those around them, a parent before its children, in columns.

    Texts and lists that repeat stand once, and are told by their place.
    """

    ids: list[str]
    parents: list[int] = Field(description="Places in `ids`; -1 for a root run.")
    types: list[RunType]
    texts: list[str]
    names: list[int] = Field(description="Places in `texts`.")
    paths: list[int] = Field(description="Places in `texts`.")
    tag_lists: list[list[str]]
    tags: list[int] = Field(description="Places in `tag_lists`.")
    metadata_list: list[dict[str, Value]]
    metadata: list[int] = Field(description="Places in `metadata_list`.")


class Columns(_About):
    """Answers a `sync` that lacks many events with the next part of them, without their values.

    Its buffers have an item for each event, in order: `seq` (u32), kind (u8: 1 start, 2 chunk, 3 chunk that brings
    text, 4 end, 5 error, 6 cancel, 7 custom; and 16 where it brings an input), run (u32: a place in `runs`), and
    nanoseconds since the anchor (f64).
    """

    from_seq: int
    to_seq: int
    end_seq: int = Field(description="Where the trace ended when this was made.")
    closed: bool
    dropped: int = 0
    runs: RunTable
    graphs: list[RootGraph] = Field(default_factory=list[RootGraph])
    errors: list[tuple[int, str, str]] = Field(description="seq, type and message of each error.")
    notes: list[tuple[int, str]] = Field(description="seq and reason of a cancel, seq and name of a custom event.")
    usages: list[tuple[int, int]] = Field(description="seq of a model's end, and the output tokens that it tells.")


class Reply(Model):
    """Answers one request, whatever became of it."""

    v: Literal[1] = VERSION
    type: Literal["reply"] = "reply"
    id: str
    ok: bool
    value: Snapshot | Columns | Values | StatePart | Found | Script | Detail | Done | None = None
    error: str | None = None


class Values(Model):
    """What events brought, in the order in which they were asked for: null where an event brought nothing."""

    values: list[Value]
    inputs: list[tuple[int, Value]] = Field(description="seq and input of runs whose input came with their end.")
    errors: list[tuple[int, ErrorInfo]]


class StatePart(Model):
    """Chunks and patches of one root run, from `from_seq` up to `to_seq`, which is `end_seq` in the last part."""

    from_seq: int
    to_seq: int
    end_seq: int
    chunks: list[Chunks]
    patches: list[Patch]


class Found(Model):
    """Which events up to `to_seq` hold a text in their values; `to_seq` is `end_seq` in the last part.

    The one buffer has a bit for each `seq` from the request's `from_seq` on, in each byte the lowest first: whether it
    is one of them. Those that it is too short for are not.
    """

    to_seq: int
    end_seq: int
    count: int = Field(description="How many events these are.")


class Detail(Model):
    value: Value = None


class Script(Model):
    """The one buffer is the text of a script in UTF-8, deflated as zlib does it; `size` is how many bytes it has."""

    size: int


class Done(Model):
    done: bool = True


# --- page to kernel --------------------------------------------------------------------------------------------


class Sync(Asked):
    """Ask for everything from `have_seq` on; asked at the start, after a reload, and when a frame is missing."""

    type: Literal["sync"] = "sync"
    have_seq: int
    language: str = Field("en", description="The page's: what the kernel says is said in it where that is known.")


class DetailRequest(Asked):
    """Ask for a value that a frame carried cut."""

    type: Literal["detail"] = "detail"
    run: str
    what: Literal["input", "output", "error"]


class ValuesRequest(Asked):
    """Ask for what events brought, where the page has them in columns only."""

    type: Literal["values"] = "values"
    seqs: list[int] = Field(max_length=10_000)


class StateRequest(Asked):
    """Ask for the patches of one root run, part by part."""

    type: Literal["state"] = "state"
    root: str
    from_seq: int


class SearchRequest(Asked):
    """Ask which events hold a text in what they brought, in whatever case, part by part."""

    type: Literal["search"] = "search"
    text: str
    from_seq: int


class ScreenRequest(Asked):
    """Tell what the person has selected."""

    type: Literal["screen"] = "screen"
    selected: str | None
    filter: str
    cursor: int | None
    origin: str


class LayoutRequest(Asked):
    """Ask for the script that draws graphs of states and lays them out, which only pages with one need."""

    type: Literal["layout"] = "layout"


class Stop(Asked):
    """Ask the run that `watch` started to stop; answered with an error where the trace has no such run."""

    type: Literal["stop"] = "stop"


Request = Annotated[
    Sync | DetailRequest | ValuesRequest | StateRequest | SearchRequest | ScreenRequest | LayoutRequest | Stop,
    Field(discriminator="type"),
]
