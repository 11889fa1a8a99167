"""The state of a chain builder as its wire message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chainviz.builder.forms import OPTIONS
from chainviz.builder.ops import removable
from chainviz.builder.slots import KINDS, is_empty, slots
from chainviz.builder.templates import TEMPLATES
from chainviz.builder.tree import Ref
from chainviz.tracing.redact import Redactor, says_secret, secrets_in
from chainviz.tracing.values import visible
from chainviz.wire.builder_messages import VERSION
from chainviz.wire.encode import encode
from chainviz.wire.language import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chainviz.builder.components import Component
    from chainviz.builder.editor import Editor
    from chainviz.builder.needs import Need
    from chainviz.builder.problems import Problem
    from chainviz.builder.slots import Slot
    from chainviz.builder.tree import Node

Json = dict[str, Any]

_VALUE = 100_000
"""Characters of one parameter."""
_PREVIEW = 2_000
_SUMMARY = ("model", "temperature", "k", "keys", "template", "stop_after_attempt", "search_kwargs", "responses")
"""Parameters that tell a step from another of its kind."""
_MOST = 3


class StateEncoder:
    """Encodes the states of one editor, and of each only what changed since the last."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._known: dict[str, tuple[Node, Component | None, Json]] = {}

    def state(self) -> Json:
        """A `BuilderState` but for its run and its previews, which the editor does not know."""
        with self._editor.lock:
            encoding = _Encoding(self._editor, self._known)
            state = encoding.state()
            self._known = encoding.seen
            return state


class _Encoding:
    """The encoding of one state. `known` is what was said of the steps last time, `seen` what is now."""

    def __init__(self, editor: Editor, known: dict[str, tuple[Node, Component | None, Json]]) -> None:
        self._editor = editor
        self._known = known
        self.seen: dict[str, tuple[Node, Component | None, Json]] = {}
        self._catalog = editor.catalog
        self._forms: list[Json] = []
        self._form_places: dict[tuple[Any, ...], int] = {}
        self._chain = editor.chain
        self._edges = editor.edges(self._chain)

    def state(self) -> Json:
        editor = self._editor
        return {
            "v": VERSION,
            "type": "builder",
            "revision": editor.revision,
            "root": self._node(editor.root, None, None),
            "forms": self._forms,
            "options_form": OPTIONS,
            "problems": [encode_problem(problem) for problem in editor.problems(self._edges)],
            "variables": [
                {"name": node.variable, "node": node.id} for node in editor.root.walk() if node.variable is not None
            ],
            "templates": list(TEMPLATES),
            "code": visible(editor.code),
            "input_schema": _input_schema(self._chain),
            "undo": editor.history.undo_label,
            "redo": editor.history.redo_label,
            "run": None,
            "previews": {},
        }

    def _node(self, node: Node, slot: Slot | None, parent: Node | None) -> Json:
        component = self._catalog.find(node.component)
        places = zip(node.children, slots(node), strict=True)
        return {
            **self._own(node, component),
            "slot": None if slot is None or slot.name is None else visible(slot.name),
            "slot_kind": "step" if slot is None else slot.kind,
            "form": self._form(component),
            "input_type": visible(self._edges.input(node)),
            "output_type": visible(self._edges.output(node)),
            "removable": removable(parent, node),
            "children": [self._node(child, inside, node) for child, inside in places],
        }

    def _own(self, node: Node, component: Component | None) -> Json:
        """What there is to say of a step wherever it stands."""
        before = self._known.get(node.id)
        if before is None or before[0] is not node or before[1] is not component:
            params = self._values(component.shown(node.params) if component else node.params)
            own = {
                "id": node.id,
                "kind": KINDS.get(node.component) or (component.kind if component else "chain"),
                "component": visible(node.component),
                "label": visible(self._editor.label(node)),
                "variable": node.variable,
                "params": params,
                "options": self._values(node.options),
                "summary": _summary(params),
                "empty": is_empty(node),
                "unknown": component is None,
                "doc": visible(component.brief) or None if component else None,
            }
            before = (node, component, own)
        self.seen[node.id] = before
        return before[2]

    def _form(self, component: Component | None) -> int | None:
        form = component.form if component else None
        if component is None or form is None:
            return None
        needs = component.needs()
        place = (id(form), *(name for need in needs.values() for name in self._catalog.fitting(need)))
        if place not in self._form_places:
            self._form_places[place] = len(self._forms)
            chosen = {name: {**form["properties"][name], **self._choice(need)} for name, need in needs.items()}
            self._forms.append({**form, "properties": {**form["properties"], **chosen}} if chosen else form)
        return self._form_places[place]

    def _choice(self, need: Need) -> Json:
        """What a field says of the user's objects that it can have."""
        names = self._catalog.fitting(need)
        if names:
            return {"enum": [self._kept(Ref(name)) for name in names]}
        lacking = told(f"needs {need.what}, and the notebook has none")
        return {"enum": [], "description": f"{lacking[0].upper()}{lacking[1:]}."}

    def _values(self, values: Mapping[str, Any]) -> Json:
        return {visible(name): self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self._kept(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            return self._values(cast("Json", value))
        return encode(value, _VALUE)

    def _kept(self, ref: Ref) -> Json:
        kept = self._catalog.kept.get(ref.name, self._catalog.namespace().get(ref.name))
        secret = says_secret(ref.name) or hasattr(kept, "get_secret_value")
        cls = cast("type[Any]", type(kept))
        return {"$type": "kept", "name": ref.name, "class": visible(cls.__name__), "secret": secret}


def encode_problem(problem: Problem) -> Json:
    """A `BuilderProblem`."""
    return {
        "node": problem.node,
        "expected": None if problem.expected is None else visible(problem.expected),
        "got": None if problem.got is None else visible(problem.got),
        "message": visible(told(problem.message)),
        "fixes": [{"id": visible(fix.id), "label": visible(told(fix.label))} for fix in problem.fixes],
    }


def encode_previews(outputs: Mapping[str, Any], editor: Editor) -> Json:
    """Outputs by id as values of a `Previews`, without their secrets."""
    redactor = Redactor.of_steps()
    redactor.learn(secrets_in(editor.catalog.kept))
    return {id: redactor.value(encode(output, _PREVIEW)) for id, output in outputs.items()}


def _summary(params: Json) -> Json:
    shown = [name for name in _SUMMARY if name in params]
    return {name: params[name] for name in shown[:_MOST]}


def _input_schema(chain: Any) -> Json | None:
    try:
        return chain.get_input_jsonschema()
    except Exception:  # a user's step that cannot say what it takes
        return None


__all__ = ["StateEncoder", "encode_previews", "encode_problem"]
