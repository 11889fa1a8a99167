"""Every message between the chain builder and its page, defined once, beside those of traces in `messages`.

The builder has a feed, which only publishes `BuilderState` and `Previews`, and a control, which only answers
`BuilderRequest`s. A value that Python keeps (a secret, a live object) stands as
`{"$type": "kept", "name", "class", "secret"}`; sent back unchanged, it stays what it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chainviz.builder.slots import SlotKind
from chainviz.wire.builder_edits import Edit, Fragment, Position
from chainviz.wire.messages import VERSION, Asked, Done, GraphNode, Model, Script, Value

Kind = GraphNode.model_fields["kind"].annotation
"""The kinds of steps, as in a static graph."""


# --- the state -------------------------------------------------------------------------------------------------


class BuilderNode(Model):
    """One step of the chain that is built. The root is a sequence, always; it has one child at least."""

    id: str = Field(description="Stays the same through moves, edits, undo and redo.")
    kind: Kind  # type: ignore[valid-type]
    component: str
    label: str
    variable: str | None = Field(description="The name of the Python variable that it is kept in.")
    slot: str | None = Field(description="What its parent calls it: a key, 'condition', 'default', …")
    slot_kind: SlotKind
    params: dict[str, Value]
    options: dict[str, Value] = Field(description="Of `with_config` and `bind`.")
    summary: dict[str, Value] = Field(description="The few parameters that matter.")
    form: int | None = Field(description="Index into `forms`: the JSON Schema of `params`; null without any.")
    input_type: str
    output_type: str
    removable: bool = Field(description="Whether its slot can be taken away; else deleting it leaves an empty slot.")
    empty: bool = Field(description="An empty slot, which passes its input on.")
    unknown: bool = Field(description="No component of this name is known here.")
    doc: str | None = Field(description="The first paragraph of the docstring.")
    children: list[BuilderNode]


class Fix(Model):
    id: str
    label: str


class BuilderProblem(Model):
    """What is wrong at a step, mostly on the edge into it. The chain exists and runs nevertheless."""

    node: str
    expected: str | None
    got: str | None
    message: str
    fixes: list[Fix]


class Variable(Model):
    name: str
    node: str


class BuilderRun(Model):
    """The last run that was started from the builder. Its events bear paths; `nodes` tells the step of each."""

    trace: str
    feed: str
    control: str
    running: bool
    nodes: dict[str, str]


class BuilderState(Model):
    """Sent after every change, from the page or from Python; also answers `builder`."""

    v: Literal[1] = VERSION
    type: Literal["builder"] = "builder"
    revision: int
    root: BuilderNode
    forms: list[dict[str, Value]] = Field(description="JSON Schemas, each once; its `description` is the docstring.")
    options_form: dict[str, Value] = Field(description="The JSON Schema of every step's `options`.")
    problems: list[BuilderProblem]
    variables: list[Variable]
    templates: list[str]
    code: str
    input_schema: dict[str, Value] | None = Field(description="Null where the chain does not say what it takes.")
    undo: str | None = Field(description="What would be undone; null where there is nothing.")
    redo: str | None
    run: BuilderRun | None
    previews: dict[str, Value] = Field(description="The last output of steps, by id.")


class Previews(Model):
    """Sent while a chain runs: the outputs that are new."""

    v: Literal[1] = VERSION
    type: Literal["previews"] = "previews"
    previews: dict[str, Value]


# --- page to kernel --------------------------------------------------------------------------------------------


class BuilderSync(Asked):
    """Ask for the state."""

    type: Literal["builder"] = "builder"
    language: str = Field("en", description="The page's: what the kernel says is said in it where that is known.")


class ScriptRequest(Asked):
    """Ask for the script that draws builders, which only pages with one need."""

    type: Literal["script"] = "script"


class EditRequest(Asked):
    """Change the chain; answered with `Edited`, or with an error and `FieldErrors` where parameters are wrong."""

    type: Literal["edit"] = "edit"
    revision: int = Field(description="The state that the page shows. An older one will do where its steps still are.")
    op: Edit


class CopyRequest(Asked):
    """Ask for a step as a `Fragment`."""

    type: Literal["copy"] = "copy"
    node: str


class PaletteRequest(Asked):
    """Ask which components there are for a place, or in the place of a step."""

    type: Literal["palette"] = "palette"
    at: Position | None = None
    node: str | None = None


class MisfitsRequest(Asked):
    """Ask where a component, or a step of the chain, does not fit."""

    type: Literal["misfits"] = "misfits"
    component: str | None = None
    node: str | None = None


class RunRequest(Asked):
    """Start the chain, or a part of it: up to the step `until`, or again from the step `since` on, with what the steps
    before it gave last. Answered at once."""

    type: Literal["run"] = "run"
    input: Value = None
    until: str | None = None
    since: str | None = None


class StopRun(Asked):
    type: Literal["stop"] = "stop"


class CodeRequest(Asked):
    """Ask for the chain's Python; `next_cell` puts it into a new cell too, where the kernel can."""

    type: Literal["code"] = "code"
    next_cell: bool = False


BuilderRequest = Annotated[
    BuilderSync
    | ScriptRequest
    | EditRequest
    | CopyRequest
    | PaletteRequest
    | MisfitsRequest
    | RunRequest
    | StopRun
    | CodeRequest,
    Field(discriminator="type"),
]


# --- answers ---------------------------------------------------------------------------------------------------


class Edited(Model):
    revision: int
    select: str | None = Field(None, description="The step that the edit made or moved, to select it.")


class FieldError(Model):
    path: list[str | int]
    message: str


class FieldErrors(Model):
    fields: list[FieldError]


class PaletteEntry(Model):
    component: str
    label: str
    kind: Kind  # type: ignore[valid-type]
    group: str
    doc: str | None
    fits: bool
    why: str | None = Field(description="Why it does not fit, in a sentence.")
    wraps: bool = Field(description="Put onto a step, it has that inside; else it replaces it.")


class Palette(Model):
    """What fits best comes first."""

    entries: list[PaletteEntry]


class Misfits(Model):
    """Why something does not fit, by the steps and by the sides of them: before, after, onto."""

    why: dict[str, dict[str, str]]


class Code(Model):
    code: str


class BuilderReply(Model):
    """Answers one request, whatever became of it."""

    v: Literal[1] = VERSION
    type: Literal["reply"] = "reply"
    id: str
    ok: bool
    value: BuilderState | Edited | FieldErrors | Fragment | Palette | Misfits | Code | Script | Done | None = None
    error: str | None = None


__all__ = ["BuilderReply", "BuilderRequest", "BuilderState", "Previews"]
