"""From a tree to the chain that it says: always a Runnable, whatever is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from chainviz.builder.forms import TYPES, FieldError, field_errors, said
from chainviz.builder.slots import placed
from chainviz.errors import InvalidConfigError
from chainviz.runnables.base import Runnable
from chainviz.runnables.step import Step

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.components import Component
    from chainviz.builder.parts import Part
    from chainviz.builder.read import Reading
    from chainviz.builder.tree import Node
    from chainviz.tracing.active import ActiveRun, Unwatched


class Missing(Step[Any, Any]):
    """Stands where a step cannot be made; whoever runs it gets one sentence that says why and where."""

    inline = True

    def __init__(self, name: str, why: str, path: str) -> None:
        self.name = name
        self.why = why
        self.path = path

    def __repr__(self) -> str:
        return f"<{self.name} is missing>"

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        raise InvalidConfigError(f"{self.path or 'the chain'}: {self.why}")


class Remembered(Step[Any, Any]):
    """Gives what a step gave before, whatever comes."""

    inline = True

    def __init__(self, name: str, output: Any) -> None:
        self.name = name
        self.output = output

    def _invoke(self, input: Any, run: ActiveRun | Unwatched, **kwargs: Any) -> Any:
        return self.output


class _Made(NamedTuple):
    node: Node
    component: Component | None
    inside: tuple[Runnable[Any, Any], ...]
    step: Runnable[Any, Any]

    def is_of(self, node: Node, component: Component | None, inside: tuple[Runnable[Any, Any], ...]) -> bool:
        """Whether it was made of just these."""
        unchanged = self.node is node and self.component is component and len(self.inside) == len(inside)
        return unchanged and all(one is other for one, other in zip(self.inside, inside, strict=True))


class Factory:
    """Makes the chains of one builder. What did not change since the last one is the same object again."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._made: dict[str, _Made] = {}
        self._given: Mapping[str, Any] = {}
        self.errors: dict[str, list[FieldError]] = {}
        """Why the steps of the last chain that are missing could not be made, by id; no errors where the component is
        not known."""

    def adopt(self, reading: Reading) -> None:
        """Use the steps that a chain was read from for as long as nobody edits them."""
        for node in reading.root.walk():
            if node.id in reading.steps:
                component = self._catalog.find(node.component)
                self._made[node.id] = _Made(node, component, (), reading.steps[node.id])

    def part(self, part: Part) -> Runnable[Any, Any]:
        """The chain of a part of a tree."""
        factory = Factory(self._catalog)
        factory._made, factory._given = self._made, part.given
        return factory.chain(part.root)

    def chain(self, root: Node) -> Runnable[Any, Any]:
        """The chain of a tree."""
        self.errors = {}
        variables: dict[str, Runnable[Any, Any]] = {}
        paths = {node.id: path for node, path in placed(root)}
        made: dict[str, _Made] = {}
        step = self._step(root, paths, variables, made)
        self._made = made
        return step

    def _step(
        self,
        node: Node,
        paths: dict[str, str],
        variables: dict[str, Runnable[Any, Any]],
        made: dict[str, _Made],
    ) -> Runnable[Any, Any]:
        if node.id in self._given:
            return Remembered(node.component, self._given[node.id])
        if node.variable is not None and node.variable in variables:
            return variables[node.variable]
        before = self._made.get(node.id)
        component = self._catalog.find(node.component)
        inside = tuple(self._step(child, paths, variables, made) for child in node.children)
        if before is not None and before.is_of(node, component, inside):
            entry = before
        else:
            entry = _Made(node, component, inside, self._new(node, component, inside, paths[node.id]))
        if node.id not in self.errors:
            made[node.id] = entry
        if node.variable is not None:
            variables[node.variable] = entry.step
        return entry.step

    def _new(
        self, node: Node, component: Component | None, inside: tuple[Runnable[Any, Any], ...], path: str
    ) -> Runnable[Any, Any]:
        if component is None:
            self.errors[node.id] = []
            return Missing(node.component, unknown(node.component), path)
        try:
            return self.made(component, node, inside)
        except Exception as error:
            self.errors[node.id] = field_errors(error)
            return Missing(node.component, f"{node.component}: {said(self.errors[node.id])}", path)

    def made(self, component: Component, node: Node, inside: tuple[Runnable[Any, Any], ...]) -> Runnable[Any, Any]:
        """The step of a node. Raises what its class raises."""
        keys = [child.key or "" for child in node.children]
        step = component.make(self._catalog.resolved(node.params), inside, keys)
        if not node.options:
            return step
        options = self._catalog.resolved(node.options)
        bound = options.pop("bind", None)
        types = {name: options.pop(name) for name in TYPES if name in options}
        step = step.bind(**bound) if bound else step
        step = step.with_types(**types) if types else step
        return step.with_config(**options) if options else step


def unknown(name: str) -> str:
    """What is said of a component that is not known."""
    if name.startswith("lambda"):
        return f"the function `{name}` came as text, which is not run: put a function of yours in its place"
    return f"no component is called {name!r} here: define it, or make it known with chainviz.register"


__all__ = ["Factory", "Missing", "unknown"]
