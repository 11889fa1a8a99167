"""What a step can be: one of the core's combinators, a class with parameters, or a step or function of the user's."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder import slots
from chainviz.builder.forms import DERIVED, FALLBACKS, FUNCTION_FORM, HISTORY, RETRY, Fault, form_of
from chainviz.builder.needs import SESSIONS, Need, is_own_function, need_of
from chainviz.builder.tree import NOTHING, Ref
from chainviz.errors import InvalidConfigError
from chainviz.graph.model import Graph
from chainviz.graph.model import Node as GraphNode
from chainviz.runnables import (
    RouterRunnable,
    Runnable,
    RunnableAssign,
    RunnableBranch,
    RunnableEach,
    RunnableParallel,
    RunnableSequence,
    RunnableWithMessageHistory,
)
from chainviz.runnables.coerce import as_step

if TYPE_CHECKING:
    Step = Runnable[Any, Any]

_BRIEF = 300
GROUPS = {
    "chat_model": "Models",
    "llm": "Models",
    "prompt": "Prompts",
    "parser": "Parsers",
    "retriever": "Retrievers",
    "tool": "Tools",
}


class Component(ABC):
    """Makes steps. `name` is what a spec calls it, `label` what a person does."""

    kind: str
    group: str
    form: dict[str, Any] | None = None

    def __init__(self, name: str, label: str | None = None) -> None:
        self.name = name
        self.label = label or name

    @property
    def doc(self) -> str | None:
        return None

    @cached_property
    def brief(self) -> str:
        """The first paragraph of its docstring, in one line."""
        return " ".join((self.doc or "").partition("\n\n")[0].split())[:_BRIEF]

    def initial(self) -> Mapping[str, Any]:
        """The parameters that a new step of it begins with."""
        return NOTHING

    @abstractmethod
    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        """The step of these parameters and of the steps inside. Raises what its class raises."""

    def needs(self) -> Mapping[str, Need]:
        """The parameters that have to be live objects, and what these have to be."""
        return {}

    def shown(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the form of a step with these parameters is filled with."""
        return params

    def fitting(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Those of another component's parameters that it has too."""
        known = (self.form or {}).get("properties", {})
        return {name: value for name, value in params.items() if name in known}

    @cached_property
    def sample(self) -> GraphNode:
        """A step of it as a node of a static graph, which tells its types; without the step where none can be made."""
        try:
            return Graph.of(self.make(self.initial(), (), ())).root
        except Exception:
            return GraphNode("", self.name, kind=self.kind)


class Combinator(Component):
    """A step that is made of others."""

    group = "Flow"

    def __init__(self, name: str, label: str, doc: str, form: dict[str, Any] | None = None) -> None:
        super().__init__(name, label)
        self.kind = slots.KINDS[name]
        self.form = form
        self._doc = doc

    @property
    def doc(self) -> str:
        return self._doc

    def needs(self) -> Mapping[str, Need]:
        return {"get_session_history": SESSIONS} if self.name == slots.HISTORY else {}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        keyed = dict(zip(keys, inside, strict=False))
        match self.name:
            case slots.PARALLEL:
                return RunnableParallel(keyed)
            case slots.ASSIGN:
                return RunnableAssign(RunnableParallel(keyed))
            case slots.ROUTER:
                return RouterRunnable(keyed)
            case slots.BRANCH:
                pairs = list(zip(inside[:-1:2], inside[1:-1:2], strict=True))
                return RunnableBranch(*pairs, inside[-1])
            case slots.EACH:
                return RunnableEach[Any](inside[0])
            case slots.RETRY:
                return inside[0].with_retry(**params)
            case slots.FALLBACKS:
                return inside[0].with_fallbacks(inside[1:], **params)
            case slots.HISTORY:
                if "get_session_history" not in params:
                    raise Fault(("get_session_history",), f"expected {SESSIONS.what}, got none")
                return RunnableWithMessageHistory(inside[0], **params)
            case _:
                return RunnableSequence(*inside) if len(inside) > 1 else inside[0]


class OfClass(Component):
    """A class whose parameters make its steps."""

    def __init__(self, cls: type[Any], initial: Mapping[str, Any] = NOTHING, group: str | None = None) -> None:
        super().__init__(cls.__name__)
        self.cls = cls
        self.kind: str = cls._graph_kind
        self.group = group or GROUPS.get(self.kind, "Flow")
        self._initial = initial

    @property
    def doc(self) -> str | None:
        return inspect.getdoc(self.cls)

    @cached_property
    def form(self) -> dict[str, Any] | None:  # type: ignore[override]
        return form_of(self.cls)

    def initial(self) -> Mapping[str, Any]:
        return self._initial

    def needs(self) -> Mapping[str, Need]:
        form: dict[str, Any] = self.form or {}
        kept = [name for name in form.get("required", ()) if form["properties"][name].get("kept")]
        fields: dict[str, Any] = getattr(self.cls, "model_fields", {})
        return {name: need_of(fields[name].annotation) for name in kept if name in fields}

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        return self.cls(**params)

    def own(self, step: Any) -> dict[str, Any] | None:
        """The parameters that a step of the class was made of; None where it does not tell them all."""
        fields: dict[str, Any] | None = getattr(self.cls, "model_fields", None)
        if fields is None:
            return _of_signature(self.cls, step)
        given = {name: getattr(step, name) for name in fields if name in step.model_fields_set - DERIVED}
        own = {name: value for name, value in given.items() if not _is_default(fields[name], value)}
        return None if "callbacks" in own else own


def _of_signature(cls: type[Any], step: Any) -> dict[str, Any] | None:
    """The arguments of a step of a class that is no model, where it keeps these and no more."""
    parameters = inspect.signature(cls).parameters
    own = cast("dict[str, Any]", vars(step))
    kept = {name: value for name, value in own.items() if value is not None}
    if not kept.keys() <= parameters.keys() or any(name not in own for name in parameters):
        return None
    return {name: value for name, value in kept.items() if not _equal(value, parameters[name].default)}


def _is_default(field: Any, value: Any) -> bool:
    return not field.is_required() and _equal(field.get_default(call_default_factory=True), value)


def _equal(one: Any, other: Any) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception:
        return False


class Given(Component):
    """A step or a function of the user's, by its name."""

    group = "Yours"

    def __init__(self, name: str, thing: Any) -> None:
        super().__init__(name)
        self.thing = thing
        self.step = as_step(thing, f"the component {name!r}")
        self.kind = self.step._graph_kind  # pyright: ignore[reportPrivateUsage]

        if self.is_function:
            self.form = FUNCTION_FORM

    @property
    def is_function(self) -> bool:
        return not isinstance(self.thing, Runnable)

    def needs(self) -> Mapping[str, Need]:
        if not self.is_function:
            return {}
        return {"function": Need("a function", self._fits)}

    def _fits(self, thing: Any) -> bool:
        return thing is self.thing or is_own_function(thing)

    def shown(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"function": Ref(self.name)} if self.is_function else params

    @property
    def doc(self) -> str | None:
        return inspect.getdoc(self.thing if self.is_function else cast("type[Any]", type(self.thing)))

    def make(self, params: Mapping[str, Any], inside: Sequence[Step], keys: Sequence[str]) -> Step:
        return self.step


def component_of(name: str, thing: Any) -> Component:
    """The component that a class of Runnable, a Runnable or a function is. Raises NotAStepError for anything else."""
    cls: Any = thing
    if isinstance(thing, type) and issubclass(thing, Runnable):
        if inspect.isabstract(cls):
            raise InvalidConfigError(f"component {name!r}: expected a class that can be made, got an abstract one")
        return OfClass(cls, group="Yours")
    return Given(name, thing)


BUILT_IN: dict[str, Component] = {
    component.name: component
    for component in (
        Combinator(slots.SEQUENCE, "sequence", "Steps one after another."),
        Combinator(slots.PARALLEL, "parallel", "Steps side by side on the same input, each under a key."),
        Combinator(slots.ASSIGN, "assign", "Adds keys to the input dict, each made from that dict by a step."),
        Combinator(slots.BRANCH, "branch", "One of several steps, chosen by conditions."),
        Combinator(slots.EACH, "map", "A step on each item of a list."),
        Combinator(slots.FALLBACKS, "fallbacks", "A step, and others to try where it fails.", FALLBACKS),
        Combinator(slots.RETRY, "retry", "A step that is tried again where it fails.", RETRY),
        Combinator(slots.ROUTER, "router", "One of several steps, chosen by a key in the input."),
        Combinator(
            slots.HISTORY,
            "history",
            "A step that gets what was said before in its session, and adds what is said now. Runs here are of the"
            ' session "builder" where the options name no other.',
            HISTORY,
        ),
    )
}
"""The combinators by name."""

__all__ = ["BUILT_IN", "Combinator", "Component", "Given", "OfClass", "component_of"]
