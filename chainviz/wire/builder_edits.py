"""The changes of a chain that the chain builder's page asks for, by an `EditRequest` of `builder_messages`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chainviz.wire.messages import Model, Value


class Position(Model):
    """A place among the children of `parent`, from 0; or beside `parent` itself, whatever it is: `before` or `after`
    it. What is put beside a step that is not in a sequence makes a sequence with it. What is put `onto` a step takes
    its place; a new wrapper has it inside, and of a step around what is moved, that alone is left."""

    parent: str
    index: int | Literal["before", "after", "onto"]


class Fragment(Model):
    """A step as a spec, to paste here or in another builder."""

    chainviz: int
    chain: dict[str, Value]
    source: str | None = Field(None, description="The builder that keeps the objects which the spec names.")


class InsertStep(Model):
    op: Literal["insert"] = "insert"
    at: Position
    component: str


class ReplaceStep(Model):
    """Put another component in a step's place; the parameters that fit are kept."""

    op: Literal["replace"] = "replace"
    node: str
    component: str


class WrapStep(Model):
    op: Literal["wrap"] = "wrap"
    node: str
    into: Literal["parallel", "branch", "map", "fallbacks", "retry", "history"]


class UnwrapStep(Model):
    """Put one of its children in a step's place; `keep` is needed where there are several."""

    op: Literal["unwrap"] = "unwrap"
    node: str
    keep: str | None = None


class MoveStep(Model):
    op: Literal["move"] = "move"
    node: str
    to: Position


class SetParams(Model):
    """Set parameters: all that are not named are left out, and so the component's default. What is None here stays."""

    op: Literal["set"] = "set"
    node: str
    params: dict[str, Value] | None = None
    options: dict[str, Value] | None = None


class RenameKey(Model):
    op: Literal["rename"] = "rename"
    node: str
    key: str


class AddSlot(Model):
    """Add a key, a case or a spare step, empty."""

    op: Literal["add_slot"] = "add_slot"
    node: str


class RemoveSlot(Model):
    """Take away the slot that a step stands in, with what is in it."""

    op: Literal["remove_slot"] = "remove_slot"
    node: str


class ExtractVariable(Model):
    op: Literal["extract"] = "extract"
    node: str
    name: str


class InlineVariable(Model):
    op: Literal["inline"] = "inline"
    node: str


class DeleteStep(Model):
    op: Literal["delete"] = "delete"
    node: str


class CutStep(Model):
    """Delete what `copy` has given."""

    op: Literal["cut"] = "cut"
    node: str


class DuplicateStep(Model):
    op: Literal["duplicate"] = "duplicate"
    node: str
    to: Position | None = Field(None, description="Null for the place behind it.")


class PasteStep(Model):
    op: Literal["paste"] = "paste"
    at: Position
    fragment: Fragment


class ApplyFix(Model):
    op: Literal["fix"] = "fix"
    node: str
    fix: str


class LoadCode(Model):
    op: Literal["load_code"] = "load_code"
    code: str


class LoadSpec(Model):
    op: Literal["load_spec"] = "load_spec"
    spec: dict[str, Value]


class LoadTemplate(Model):
    op: Literal["load_template"] = "load_template"
    name: str


class Undo(Model):
    op: Literal["undo"] = "undo"


class Redo(Model):
    op: Literal["redo"] = "redo"


Edit = Annotated[
    InsertStep
    | ReplaceStep
    | WrapStep
    | UnwrapStep
    | MoveStep
    | SetParams
    | RenameKey
    | AddSlot
    | RemoveSlot
    | ExtractVariable
    | InlineVariable
    | DeleteStep
    | CutStep
    | DuplicateStep
    | PasteStep
    | ApplyFix
    | LoadCode
    | LoadSpec
    | LoadTemplate
    | Undo
    | Redo,
    Field(discriminator="op"),
]


__all__ = ["Edit", "Fragment", "Position"]
