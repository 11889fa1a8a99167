"""Answers to what a builder's page asks: each request gets exactly one reply, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder.editor import FieldsError
from chainviz.builder.ops import Place
from chainviz.builder.wrapping import WRAPS
from chainviz.tracing.values import visible
from chainviz.wire.builder_messages import (
    BuilderRequest,
    BuilderSync,
    CodeRequest,
    CopyRequest,
    EditRequest,
    MisfitsRequest,
    PaletteRequest,
    RunRequest,
    ScriptRequest,
)
from chainviz.wire.language import speak, told
from chainviz.wire.requests import parsed, replied, script

if TYPE_CHECKING:
    from chainviz.builder.editor import Editor
    from chainviz.builder.palette import Entry
    from chainviz.builder.runs import Runs

Json = dict[str, Any]


class BuilderAnswers:
    """Answers the requests about one builder, from any thread. `state` gives the whole state, `put_code` puts code into
    the notebook's next cell."""

    def __init__(
        self, editor: Editor, runs: Runs, state: Callable[[], Json], put_code: Callable[[str], None] | None = None
    ) -> None:
        self._editor = editor
        self._runs = runs
        self._state = state
        self._put_code = put_code

    def to(self, content: Any) -> tuple[Json, list[bytes]]:
        """The `BuilderReply` to one message of the page, and its buffers. Raises nothing."""
        wrong: list[FieldsError] = []
        reply, buffers = replied(content, lambda: self._answered(content, wrong))
        if wrong:
            fields = [{"path": list(path), "message": visible(message)} for path, message in wrong[0].fields]
            reply["value"] = {"fields": fields}
        return reply, buffers

    def _answered(self, content: Any, wrong: list[FieldsError]) -> tuple[Json, list[bytes]]:
        try:
            request = parsed(_adapter(), content)
            return script("builder.js") if isinstance(request, ScriptRequest) else (self._answer(request), [])
        except FieldsError as error:
            wrong.append(error)
            raise

    def _answer(self, request: Any) -> Json:
        editor = self._editor
        if isinstance(request, BuilderSync):
            speak(request.language)
            return self._state()
        if isinstance(request, EditRequest):
            select = edited(editor, request.op)
            return {"revision": editor.revision, "select": select}
        if isinstance(request, CopyRequest):
            return editor.copy(request.node)
        if isinstance(request, PaletteRequest):
            place = _place(request.at) if request.at is not None else request.node or editor.root.id
            return {"entries": [_entry(entry) for entry in editor.palette(place)]}
        if isinstance(request, MisfitsRequest):
            why = editor.misfits(request.component, request.node)
            return {
                "why": {id: {side: visible(told(said)) for side, said in sides.items()} for id, sides in why.items()}
            }
        if isinstance(request, RunRequest):
            self._runs.run(request.input, request.until, request.since)
        elif isinstance(request, CodeRequest):
            if request.next_cell and self._put_code is not None:
                self._put_code(editor.code)
            return {"code": visible(editor.code)}
        else:
            self._runs.stop()
        return {"done": True}


def edited(editor: Editor, op: Any) -> str | None:
    """Make one edit of the page; the id of the step to look at. Raises InvalidInputError where it cannot be made."""
    match op.op:
        case "insert":
            return editor.insert(_place(op.at), op.component)
        case "paste":
            return editor.paste(_place(op.at), op.fragment.model_dump())
        case "move":
            return editor.move(op.node, _place(op.to))
        case "duplicate":
            return editor.duplicate(op.node, None if op.to is None else _place(op.to))
        case "cut":
            return editor.delete(op.node, "cut")
        case "load_code":
            editor.code = op.code
        case "load_spec":
            editor.spec = op.spec
        case name:
            return getattr(editor, name)(**op.model_dump(exclude={"op"}))
    return None


def _place(position: Any) -> Place:
    return Place(position.parent, position.index)


def _entry(entry: Entry) -> Json:
    component = entry.component
    return {
        "component": visible(component.name),
        "label": visible(component.label),
        "kind": component.kind,
        "group": component.group,
        "doc": visible(component.brief) or None,
        "fits": entry.why is None,
        "why": None if entry.why is None else visible(told(entry.why)),
        "wraps": component.name in WRAPS,
    }


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(cast("Any", BuilderRequest))


__all__ = ["BuilderAnswers", "edited"]
