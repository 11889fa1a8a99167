"""The editor: a tree, what was done to it, and all that can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chainviz.builder import ops, slots, variables
from chainviz.builder.build import Factory
from chainviz.builder.catalog import Catalog
from chainviz.builder.code import code_of
from chainviz.builder.history import History
from chainviz.builder.ops import Edited, Place
from chainviz.builder.parse import parsed
from chainviz.builder.read import Reader
from chainviz.builder.settle import settled
from chainviz.builder.tree import DEEPEST, Node, depth, find
from chainviz.errors import InvalidInputError, shorten
from chainviz.runnables.coerce import as_step

if TYPE_CHECKING:
    from chainviz.runnables.base import Runnable


class Editor:
    """Edits one chain. `chain`, `code` and `spec` are always those of the tree as it stands; every edit is one step of
    `undo`. From any thread.

    `namespace` gives the user's variables, of which steps and functions can be used by name.
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

    def begin(self) -> None:
        """Forget what led here: there is nothing to undo."""
        self.history = History()

    def ids(self) -> str:
        return f"n{next(self._numbers)}"

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function after every change, on the thread that made it."""
        self._listeners.append(listener)

    # --- what it is ------------------------------------------------------------------------------------------

    @property
    def chain(self) -> Runnable[Any, Any]:
        """The chain as a Runnable. Assigning another one shows that; the object itself is never changed."""
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
        """The chain as Python. Assigned code is read, never run."""
        with self.lock:
            return code_of(self.root, self.catalog)

    @code.setter
    def code(self, code: str) -> None:
        with self.lock:
            self._became(parsed(code, self.catalog, self.ids), "load_code")

    # --- edits -----------------------------------------------------------------------------------------------

    def insert(self, at: Place, component: str) -> str | None:
        """Put a new step of a component in a place."""
        return self._edit("insert", lambda: ops.insert(self.root, at, self._new(component), self.ids))

    def delete(self, node: str) -> str | None:
        return self._edit("delete", lambda: ops.delete(self.root, node, self.ids))

    def undo(self) -> None:
        """Take the last edit back; nothing where there was none."""
        self._go(self.history.undo)

    def redo(self) -> None:
        """Make the edit again that was taken back last; nothing where there was none."""
        self._go(self.history.redo)

    def _go(self, step: Callable[[Node], Node | None]) -> None:
        with self.lock:
            root = step(self.root)
            if root is not None:
                self._show(root)

    def _new(self, name: str) -> Node:
        component = self.catalog.find(name)
        if component is None:
            raise InvalidInputError(f"insert: expected the name of a component, got {shorten(name)}")
        return Node(self.ids(), name, component.initial())

    def _edit(self, label: str, edit: Callable[[], Edited]) -> str | None:
        """Make an edit, bring the tree into its one form, and note it; the id of the step to look at."""
        with self.lock:
            root, select = edit()
            self._became(variables.consistent(settled(root, self.ids), self.root), label)
            ids = {node.id for node in self.root.walk()}
            return select if select in ids else None

    def _became(self, root: Node, label: str) -> None:
        if depth(root) > DEEPEST:
            raise InvalidInputError(f"{label}: expected at most {DEEPEST} steps inside of each other, got more")
        if root is not self.root:
            self.history.note(label, self.root)
            self._show(root)

    def _show(self, root: Node) -> None:
        self.root = root
        self.revision += 1
        for listener in list(self._listeners):
            listener()

    def find(self, node: str) -> Node:
        """The step with an id. Raises InvalidInputError where there is none."""
        return find(self.root, node)


__all__ = ["Editor"]
