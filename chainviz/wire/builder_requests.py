"""Answers to what a builder's page asks: each request gets exactly one reply, whatever becomes of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder.ops import Place
from chainviz.errors import InvalidInputError
from chainviz.wire.builder import StateEncoder
from chainviz.wire.builder_messages import BuilderRequest, BuilderSync, EditRequest
from chainviz.wire.requests import parsed, replied

if TYPE_CHECKING:
    from chainviz.builder.editor import Editor

Json = dict[str, Any]


class BuilderAnswers:
    """Answers the requests about one builder, from any thread."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._states = StateEncoder(editor)

    def to(self, content: Any) -> Json:
        """The `BuilderReply` to one message of the page. Raises nothing."""
        return replied(content, lambda: (self._answer(parsed(_adapter(), content)), []))[0]

    def _answer(self, request: Any) -> Json:
        if isinstance(request, BuilderSync):
            return self._states.state()
        if isinstance(request, EditRequest):
            return self._edit(request.op)
        raise InvalidInputError(f"{request.type}: not there yet")

    def _edit(self, op: Any) -> Json:
        editor = self._editor
        select = None
        match op.op:
            case "insert":
                select = editor.insert(Place(op.at.parent, op.at.index), op.component)
            case "delete" | "cut":
                select = editor.delete(op.node)
            case "undo":
                editor.undo()
            case "redo":
                editor.redo()
            case _:
                raise InvalidInputError(f"{op.op}: not there yet")
        return {"revision": editor.revision, "select": select}


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return cast("Any", TypeAdapter(cast("Any", BuilderRequest)))


__all__ = ["BuilderAnswers"]
