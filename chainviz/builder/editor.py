"""The editor: a tree, what was done to it, and all that can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from weakref import WeakValueDictionary

from chainviz.builder import moving, ops, slots, variables, wrapping
from chainviz.builder.build import Factory
from chainviz.builder.catalog import Catalog
from chainviz.builder.code import code_of
from chainviz.builder.components import Component, Given
from chainviz.builder.edges import Edge, Edges
from chainviz.builder.forms import OPTIONS, FieldError, field_errors, said
from chainviz.builder.history import History
from chainviz.builder.ops import Edited, Place
from chainviz.builder.palette import Entry, misfits, palette
from chainviz.builder.parse import parsed
from chainviz.builder.parts import Part
from chainviz.builder.problems import Problem, problems
from chainviz.builder.read import Reader
from chainviz.builder.settle import settled
from chainviz.builder.spec import spec_of, tree_of
from chainviz.builder.templates import TEMPLATES
from chainviz.builder.tree import DEEPEST, Node, Ref, depth, find, lineage, put, refs
from chainviz.builder.values import concealed, received
from chainviz.errors import InvalidInputError, nearest, shorten
from chainviz.graph.types import REST
from chainviz.runnables.coerce import as_step

if TYPE_CHECKING:
    from chainviz.runnables.base import Runnable

_EDITORS: WeakValueDictionary[str, Editor] = WeakValueDictionary()
"""By id: what is copied in one can be pasted in another, with the live objects in it."""


class FieldsError(InvalidInputError):
    """Parameters are not what a component takes; `fields` tell which and why."""

    def __init__(self, component: str, fields: list[FieldError]) -> None:
        super().__init__(f"{component}: {said(fields)}")
        self.fields = fields


class Editor:
    """Edits one chain. `chain`, `code` and `spec` are always those of the tree as it stands, and each can be assigned;
    every edit is one step of `undo`. From any thread.

    `namespace` gives the user's variables, of which steps, functions and live objects can be used by name. Edits take
    the ids of steps, give the id of the step to look at, and raise InvalidInputError for what cannot be done.
    """

    def __init__(self, namespace: Callable[[], Mapping[str, Any]] = dict) -> None:
        self.id = uuid4().hex
        self.catalog = Catalog(namespace)
        self.lock = RLock()
        self.revision = 0
        self.history = History()
        self._factory = Factory(self.catalog)
        self._numbers = count(1)
        self._listeners: list[Callable[[], None]] = []
        self.root = settled(slots.empty(self.ids), self.ids)
        _EDITORS[self.id] = self

    def ids(self) -> str:
        """An id that no step has had."""
        return f"n{next(self._numbers)}"

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function after every change, on the thread that made it."""
        self._listeners.append(listener)

    def begin(self) -> None:
        """Forget what led here: there is nothing to undo."""
        self.history = History()

    # --- what it is ------------------------------------------------------------------------------------------

    @property
    def chain(self) -> Runnable[Any, Any]:
        """The chain as a Runnable. An object that is assigned is shown, and never changed."""
        with self.lock:
            return self._factory.chain(self.root)

    @chain.setter
    def chain(self, chain: Any) -> None:
        step = as_step(chain, "b.chain")
        with self.lock:
            reading = Reader(self.catalog, self.ids).read(step.get_graph().root)
            self._factory.adopt(reading)
            self._became(reading.root, "chain")

    @property
    def code(self) -> str:
        """The chain as Python. Code that is assigned is read, and never run."""
        with self.lock:
            return code_of(self.root, self.catalog)

    @code.setter
    def code(self, code: str) -> None:
        with self.lock:
            self._became(concealed(parsed(code, self.catalog, self.ids), self.catalog), "load_code")

    @property
    def spec(self) -> dict[str, Any]:
        """The chain as JSON. A spec that is assigned, as a dict or as text, is read, and nothing in it is run."""
        with self.lock:
            return spec_of(self.root)

    @spec.setter
    def spec(self, spec: Any) -> None:
        with self.lock:
            self._became(
                concealed(variables.shaped(tree_of(spec, self.ids), self.root, self.ids), self.catalog), "load_spec"
            )

    def edges(self, chain: Runnable[Any, Any] | None = None) -> Edges:
        """The types on the edges; `chain` is the chain, where it is at hand."""
        return Edges(self.root, (self.chain if chain is None else chain).get_graph())

    def problems(self, edges: Edges) -> list[Problem]:
        return list(problems(edges, self._factory.errors, self.catalog))

    def label(self, node: Node) -> str:
        """What a person calls a step: the name that it was given, or that of its component."""
        name = node.options.get("run_name")
        component = self.catalog.find(node.component)
        return name if isinstance(name, str) and name else component.label if component else node.component

    def palette(self, at: Place | str) -> list[Entry]:
        """The components for a place, or in the place of a step, those that fit best first."""
        with self.lock:
            edges = self.edges()
            return palette(self.catalog, edges, self._edge(edges, at))

    def misfits(self, component: str | None = None, node: str | None = None) -> dict[str, dict[str, str]]:
        """Why a component, or a step of the chain, does not fit before, after, or in the place of steps, by their
        ids."""
        with self.lock:
            edges = self.edges()
            if component is not None:
                return misfits(edges, self._known(component))
            return misfits(edges, find(self.root, node or ""))

    def _edge(self, edges: Edges, at: Place | str) -> Edge:
        return edges.around(at) if isinstance(at, str) else edges.at(at)

    def part(self, part: Part) -> Runnable[Any, Any]:
        """The chain of a part of the tree."""
        with self.lock:
            return self._factory.part(part)

    # --- edits -----------------------------------------------------------------------------------------------

    def insert(self, at: Place, component: str) -> str | None:
        """Put a new step of a component in a place; a new parallel has the keys that the next step wants. Put onto a
        step, it wraps that one where it can have it inside, and replaces it else."""
        with self.lock:
            if at.index == "onto" and component in wrapping.WRAPS:
                return self.wrap(at.parent, wrapping.WRAPS[component])
            if at.index == "onto":
                return self.replace(at.parent, component)
            return self._edit("insert", ops.insert(self.root, at, self._new(component, at), self.ids))

    def replace(self, node: str, component: str) -> str | None:
        """Put another component in a step's place, with the parameters that fit and the steps inside."""
        with self.lock:
            new = self._new(component, node)
            old = find(self.root, node)
            fitting = self._known(component).fitting(old.params)
            return self._edit("replace", ops.replace(self.root, node, new, fitting, self.ids))

    def wrap(self, node: str, into: str) -> str | None:
        """Put a step inside of a `parallel`, `branch`, `map`, `fallbacks`, `retry` or `history`."""
        with self.lock:
            step = find(self.root, node)
            component = self.catalog.find(step.component)
            retrieves = component is not None and component.kind == "retriever"
            keys = ("context", "question") if retrieves else ("first", "second")
            params = self._sessions(step) if into == "history" else {}
            return self._edit("wrap", wrapping.wrap(self.root, node, into, self.ids, keys, params))

    def _sessions(self, step: Node) -> dict[str, Any]:
        """The parameters that a message history around a step begins with: its keys are those that the step takes."""
        keys = wrapping.history_keys(step, self.edges().takes(step))
        return {**self.catalog.initial(self._known(slots.HISTORY)), **keys}

    def unwrap(self, node: str, keep: str | None = None) -> str | None:
        with self.lock:
            return self._edit("unwrap", wrapping.unwrap(self.root, node, keep))

    def move(self, node: str, to: Place) -> str | None:
        with self.lock:
            edited = moving.move(self.root, node, to, self.ids)
            if to.index != "onto":
                return self._edit("move", edited)
            is_around = any(step.id == to.parent for step in lineage(self.root, node))
            return self._edit("unwrap" if is_around else "replace", edited)

    def set(
        self, node: str, params: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
    ) -> str | None:
        """Set parameters as a form gives them, options, or both. Raises FieldsError where they are wrong."""
        with self.lock:
            old = find(self.root, node)
            component = self._known(old.component)
            form = component.form
            fields: dict[str, Any] = form["properties"] if form else {}
            if params is not None:
                hidden = {name: value for name, value in old.params.items() if name not in fields}
                params = {**hidden, **received(params, form, self.catalog)}
            if options is not None:
                options = received(options, OPTIONS, self.catalog)
            function = params.get("function") if params and isinstance(component, Given) else None
            if isinstance(function, Ref):
                old, component, params = old.having(component=function.name), self._known(function.name), None
            edited = ops.set_values(put(self.root, node, old), node, params, options)
            self._check(component, find(edited.root, node))
            return self._edit("set", edited)

    def _check(self, component: Component, node: Node) -> None:
        """Raise FieldsError where no step can be made of a node."""
        inside = tuple(self.part(Part(child, {})) for child in node.children)
        try:
            self._factory.made(component, node, inside)
        except Exception as error:
            raise FieldsError(component.label, field_errors(error)) from None

    def rename(self, node: str, key: str) -> str | None:
        with self.lock:
            return self._edit("rename", ops.rename(self.root, node, key))

    def add_slot(self, node: str) -> str | None:
        """Add an empty key, case or fallback; a key is one that the next step wants, where it wants one."""
        with self.lock:
            parent = find(self.root, node)
            wanted = self._keys(self._edge(self.edges(), node)) if parent.component in slots.KEYED else []
            taken = [child.key for child in parent.children]
            key = next((key for key in wanted if key not in taken), "step")
            return self._edit("add_slot", ops.add_slot(self.root, node, self.ids, key))

    def remove_slot(self, node: str) -> str | None:
        with self.lock:
            return self._edit("remove_slot", ops.remove_slot(self.root, node, self.ids))

    def extract(self, node: str, name: str) -> str | None:
        """Keep a step in a Python variable."""
        with self.lock:
            return self._edit("extract", variables.extract(self.root, node, name))

    def inline(self, node: str) -> str | None:
        with self.lock:
            return self._edit("inline", variables.inline(self.root, node))

    def delete(self, node: str, label: str = "delete") -> str | None:
        with self.lock:
            return self._edit(label, ops.delete(self.root, node, self.ids))

    def duplicate(self, node: str, to: Place | None = None) -> str | None:
        """Put a copy of a step behind it, or in a place."""
        with self.lock:
            return self._edit("duplicate", moving.duplicate(self.root, node, to, self.ids))

    def copy(self, node: str) -> dict[str, Any]:
        """A step as a spec, to paste here or in another builder."""
        with self.lock:
            return {**spec_of(find(self.root, node).having(key=None)), "source": self.id}

    def paste(self, at: Place, fragment: Mapping[str, Any]) -> str | None:
        """Put what was copied in a place, with the live objects that it names."""
        with self.lock:
            spec = {name: fragment[name] for name in fragment if name != "source"}
            steps = concealed(tree_of(spec, self.ids), self.catalog)
            self._take_over(steps, _EDITORS.get(str(fragment.get("source"))))
            known = {node.variable for node in self.root.walk()}
            new = self._without(steps if len(steps.children) > 1 else next(iter(steps.children)), known)
            return self._edit("paste", ops.insert(self.root, at, new, self.ids))

    def _without(self, node: Node, known: set[str | None]) -> Node:
        """A step whose variables are none of those that are there."""
        inside = tuple(self._without(child, known) for child in node.children)
        return node.having(children=inside, variable=None if node.variable in known else node.variable)

    def _take_over(self, steps: Node, source: Editor | None) -> None:
        """Keep what another editor keeps of what a tree names."""
        if source is None or source is self:
            return
        for node in steps.walk():
            for name in (node.component.removesuffix(slots.VALIDATE), *refs(node.params), *refs(node.options)):
                if name in source.catalog.kept and not self.catalog.knows(name):
                    self.catalog.kept[name] = source.catalog.kept[name]

    def fix(self, node: str, fix: str) -> str | None:
        """Mend a problem by one of its fixes."""
        with self.lock:
            found = [each for each in self.problems(self.edges()) if each.node == node]
            edit = next((each.edit for problem in found for each in problem.fixes if each.id == fix), None)
            if edit is None:
                raise InvalidInputError(f"fix: expected one of the fixes of a problem at this step, got {shorten(fix)}")
            return self._edit("fix", edit(self.root, self.ids))

    def load_template(self, name: str) -> None:
        """Begin anew with one of the templates."""
        if name not in TEMPLATES:
            known = ", ".join(map(repr, TEMPLATES))
            raise InvalidInputError(f"template: expected one of {known}, got {name!r}{nearest(name, TEMPLATES)}")
        with self.lock:
            self._became(parsed(TEMPLATES[name], self.catalog, self.ids), "load_template")

    def undo(self) -> None:
        """Take the last edit back; nothing where there was none."""
        with self.lock:
            self._show(self.history.undo(self.root))

    def redo(self) -> None:
        """Make the edit again that was taken back last; nothing where there was none."""
        with self.lock:
            self._show(self.history.redo(self.root))

    # --- how edits are made ----------------------------------------------------------------------------------

    def _known(self, name: str) -> Component:
        component = self.catalog.find(name)
        if component is None:
            raise InvalidInputError(f"expected the name of a component that is known here, got {shorten(name)}")
        return component

    def _new(self, name: str, at: Place | str) -> Node:
        """A new step of a component; the slots of a combinator are empty."""
        component = self._known(name)
        children: tuple[Node, ...] = ()
        if name in slots.KEYED:
            keys = self._keys(self._edge(self.edges(), at)) or ["first", "second"]
            children = tuple(slots.empty(self.ids, key) for key in keys)
        elif name in slots.COMBINATORS:
            number = {slots.BRANCH: 3, slots.FALLBACKS: 2}.get(name, 1)
            children = tuple(slots.empty(self.ids) for _ in range(number))
        return Node(self.ids(), name, self.catalog.initial(component), children)

    def _keys(self, edge: Edge) -> list[str]:
        """The keys that are wanted at a place."""
        return [key for key in edge.wanted if key != REST] if isinstance(edge.wanted, dict) else []

    def _edit(self, label: str, edited: Edited) -> str | None:
        """Bring an edited tree into its one form, and note it; the id of the step to look at."""
        self._became(variables.shaped(edited.root, self.root, self.ids), label)
        return edited.select if any(node.id == edited.select for node in self.root.walk()) else None

    def _became(self, root: Node, label: str) -> None:
        if depth(root) > DEEPEST:
            raise InvalidInputError(f"{label}: expected at most {DEEPEST} steps inside of each other, got more")
        if root is not self.root:
            self.history.note(label, self.root)
            self._show(root)

    def _show(self, root: Node | None) -> None:
        if root is None:
            return
        self.root = root
        self.revision += 1
        for listener in list(self._listeners):
            listener()


__all__ = ["Editor", "FieldsError"]
