"""The state of a chain builder as its wire message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.builder.forms import OPTIONS
from chainviz.builder.ops import removable
from chainviz.builder.slots import KINDS, is_empty, placed, slots
from chainviz.builder.tree import Ref
from chainviz.tracing.redact import says_secret
from chainviz.tracing.values import visible
from chainviz.wire.builder_messages import VERSION
from chainviz.wire.encode import encode

if TYPE_CHECKING:
    from chainviz.builder.components import Component
    from chainviz.builder.editor import Editor
    from chainviz.builder.slots import Slot
    from chainviz.builder.tree import Node

_DOC = 300
_VALUE = 20_000


class StateEncoder:
    """Encodes the states of one editor."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    def state(self) -> dict[str, Any]:
        """A `BuilderState`."""
        with self._editor.lock:
            return _Encoding(self._editor).state()


class _Encoding:
    """The encoding of one state."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._catalog = editor.catalog
        self._forms: list[dict[str, Any]] = []
        self._form_places: dict[int, int] = {}
        self._paths = {node.id: path for node, path in placed(editor.root)}
        self._chain = editor.chain
        self._flow = self._chain.get_graph().flow

    def state(self) -> dict[str, Any]:
        editor = self._editor
        return {
            "v": VERSION,
            "type": "builder",
            "revision": editor.revision,
            "root": self._node(editor.root, None, None),
            "forms": self._forms,
            "options_form": OPTIONS,
            "problems": [],
            "variables": [
                {"name": node.variable, "node": node.id} for node in editor.root.walk() if node.variable is not None
            ],
            "templates": [],
            "code": visible(editor.code),
            "input_schema": _input_schema(self._chain),
            "undo": editor.history.undo_label,
            "redo": editor.history.redo_label,
            "run": None,
            "previews": {},
        }

    def _node(self, node: Node, slot: Slot | None, parent: Node | None) -> dict[str, Any]:
        component = self._catalog.find(node.component)
        path = self._paths[node.id]
        children = [self._node(child, inside, node) for child, inside in zip(node.children, slots(node), strict=True)]
        return {
            "id": node.id,
            "path": visible(path),
            "kind": KINDS.get(node.component) or (component.kind if component else "chain"),
            "component": visible(node.component),
            "label": visible(_label(node, component)),
            "variable": node.variable,
            "slot": None if slot is None or slot.name is None else visible(slot.name),
            "slot_kind": "step" if slot is None else slot.kind,
            "params": self._values(node.params),
            "options": self._values(node.options),
            "summary": {},
            "form": self._form(component),
            "input_type": visible(self._flow.input(path)),
            "output_type": visible(self._flow.output(path)),
            "removable": removable(parent, node),
            "empty": is_empty(node),
            "unknown": component is None,
            "doc": _doc(component),
            "children": children,
        }

    def _form(self, component: Component | None) -> int | None:
        form = component.form if component else None
        if form is None:
            return None
        if id(form) not in self._form_places:
            self._form_places[id(form)] = len(self._forms)
            self._forms.append(form)
        return self._form_places[id(form)]

    def _values(self, values: Any) -> Any:
        return {visible(name): self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._kept(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, dict):
            return self._values(value)
        return encode(value, _VALUE)

    def _kept(self, ref: Ref) -> dict[str, Any]:
        kept = self._catalog.kept.get(ref.name)
        secret = says_secret(ref.name) or hasattr(kept, "get_secret_value")
        return {"$type": "kept", "name": ref.name, "class": type(kept).__name__, "secret": secret}


def _label(node: Node, component: Component | None) -> str:
    name = node.options.get("run_name")
    return name if isinstance(name, str) else component.label if component else node.component


def _doc(component: Component | None) -> str | None:
    doc = component.doc if component else None
    return visible(doc.partition("\n\n")[0])[:_DOC] if doc else None


def _input_schema(chain: Any) -> dict[str, Any] | None:
    try:
        return chain.get_input_jsonschema()
    except Exception:
        return None


__all__ = ["StateEncoder"]
