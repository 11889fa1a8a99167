"""From a chain to its tree. What a tree cannot say of it is kept as the live object that it is."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pydantic import BaseModel

from chainviz.builder import slots
from chainviz.builder.classes import OfPrompt, OfTool
from chainviz.builder.code import NAME
from chainviz.builder.components import OfClass
from chainviz.builder.conversions import CONVERSIONS
from chainviz.builder.forms import TYPES
from chainviz.builder.plain import LONGEST, plain, size
from chainviz.builder.prompts import params_of
from chainviz.builder.settle import settled
from chainviz.builder.tree import Ids, Node
from chainviz.prompts import ChatPromptTemplate
from chainviz.runnables import (
    RouterRunnable,
    Runnable,
    RunnableAssign,
    RunnableBinding,
    RunnableBranch,
    RunnableEach,
    RunnableGenerator,
    RunnableLambda,
    RunnableParallel,
    RunnableRetry,
    RunnableSequence,
    RunnableWithFallbacks,
    RunnableWithMessageHistory,
)
from chainviz.runnables.source import source_of
from chainviz.runnables.variant import Variant
from chainviz.tracing.redact import Redactor

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.graph.model import Node as GraphNode

_COMBINATORS: dict[type[Any], str] = {
    RunnableSequence: slots.SEQUENCE,
    RunnableParallel: slots.PARALLEL,
    RunnableAssign: slots.ASSIGN,
    RouterRunnable: slots.ROUTER,
    RunnableBranch: slots.BRANCH,
    RunnableEach: slots.EACH,
    RunnableRetry: slots.RETRY,
    RunnableWithFallbacks: slots.FALLBACKS,
}
_BY_KIND = {kind: name for name, kind in slots.KINDS.items() if name != slots.HISTORY}
_WORDS = {"chat_model": "model", "lambda": "function", "chain": "step"}
_EXCEPTIONS = (Exception,)


class Reading(NamedTuple):
    """The tree of a chain, and the steps of it that are as they were while nobody edits them, by id."""

    root: Node
    steps: dict[str, Runnable[Any, Any]]


class Reader:
    """Reads chains for one builder. `exactly` is without doubt: what looks like a combinator of ours, and is another
    framework's or a class of the user's, is kept as it is. Else its looks decide, as in a drawing."""

    def __init__(self, catalog: Catalog, ids: Ids, *, exactly: bool = True) -> None:
        self._catalog = catalog
        self._ids = ids
        self._exactly = exactly
        self._steps: dict[str, tuple[Mapping[str, Any], Runnable[Any, Any]]] = {}

    def read(self, root: GraphNode) -> Reading:
        """The tree of a static graph."""
        tree = settled(self._node(root), self._ids)
        if len(tree.children) == 1 and (name := tree.children[0].variable) is not None:
            tree = tree.having(children=(tree.children[0].having(variable=None),), variable=name)
        return Reading(tree, {node.id: step for node in tree.walk() if (step := self._unchanged(node)) is not None})

    def _unchanged(self, node: Node) -> Runnable[Any, Any] | None:
        """The live step that a step of the settled tree still is."""
        options, step = self._steps.get(node.id, (None, None))
        return step if options == node.options else None

    def _node(self, node: GraphNode) -> Node:
        outer = node.wrappers[0] if node.wrappers else node.data
        *binding, inner = node.wrappers or (None,)
        remembers = _only_remembers(inner)
        binders = binding if remembers else node.wrappers
        if self._exactly and not all(map(_only_binds, binders)):
            return self._kept(node, outer)
        component = slots.HISTORY if remembers else self._combinator(node)
        if remembers:
            tree = self._remembering(node, inner)
        else:
            tree = self._combined(node, component) if component else self._leaf(node)
        options = self._options(node, binders, named=not remembers)
        if not component:
            self._steps[tree.id] = (options, outer)
        variable = self._variable(outer) if tree.component not in self._catalog.kept else None
        return tree.having(options=options, variable=variable) if options or variable else tree

    # --- combinators -----------------------------------------------------------------------------------------

    def _combinator(self, node: GraphNode) -> str | None:
        if not node.children:
            return None
        return _COMBINATORS.get(class_of(node.data)) if self._exactly else _BY_KIND.get(node.kind)

    def _combined(self, node: GraphNode, component: str) -> Node:
        inside = node.children if component == slots.BRANCH else node.branches
        keyed = component in slots.KEYED
        children = tuple(
            self._node(child).having(key=(child.slot or child.name) if keyed else None) for child in inside
        )
        arguments: dict[str, Any] = _ARGUMENTS[component](node.data) if component in _ARGUMENTS else {}
        return Node(self._ids(), component, self._params(arguments), children)

    def _remembering(self, node: GraphNode, step: Any) -> Node:
        """A step with a message history, which in the graph is a sequence that loads it and calls the step."""
        inside = node.children[-1].children[0]
        return Node(self._ids(), slots.HISTORY, self._params(_history(step)), (self._node(inside),))

    # --- leaves ----------------------------------------------------------------------------------------------

    def _leaf(self, node: GraphNode) -> Node:
        step = node.data
        cls = class_of(step)
        if cls in (RunnableLambda, RunnableGenerator) and (function := _only_function(step)) is not None:
            return Node(self._ids(), self._function(function))
        if cls is ChatPromptTemplate:
            params = params_of(step) if _is_all(step) else None
            params = params if size(params) <= LONGEST else None
        else:
            component = self._class(cls)
            params = None if component is None else component.own(step)
            if isinstance(component, OfTool) and params and self._variable(params["func"]) is None:
                params = None
        if params is None:
            return Node(self._ids(), self._catalog.keep(step if step is not None else node, _word(node)))
        return Node(self._ids(), cls.__name__, self._params(params))

    def _class(self, cls: type[Any]) -> OfClass | None:
        """The component that is this class; one that nobody registered is kept."""
        if not issubclass(cls, Runnable) or not cls.__name__.isidentifier():
            return None
        known = self._catalog.find(cls.__name__)
        if known is None and hasattr(cast("Any", cls), "model_fields"):
            self._catalog.kept[cls.__name__] = cls
            known = self._catalog.find(cls.__name__)
        return known if isinstance(known, OfClass) and not isinstance(known, OfPrompt) and known.cls is cls else None

    def _function(self, function: Any) -> str:
        """The name of a function: its own, or its source where it is a lambda that can be read."""
        if (known := _conversion(function)) is not None:
            return known
        kept = self._catalog.kept
        if (model := _model_of(function)) is not None:
            return self._catalog.keep(model, model.__name__) + slots.VALIDATE
        if (source := _source(function)) is not None:
            if kept.setdefault(source, function) is function:
                return source
            return self._catalog.keep(function, "function")
        name = getattr(function, "__name__", "")
        return self._catalog.keep(function, name if inspect.isroutine(function) and name.isidentifier() else "function")

    def _kept(self, node: GraphNode, step: Any) -> Node:
        return Node(self._ids(), self._catalog.keep(step, _word(node)))

    # --- what they have of their own -------------------------------------------------------------------------

    def _params(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: plain(value, _WISHED.get(name, name), self._catalog) for name, value in values.items()}

    def _options(self, node: GraphNode, wrappers: Sequence[Any], *, named: bool) -> dict[str, Any]:
        """What `with_config`, `with_types` and `bind` set, the inner ones first; `named`: a sequence has its name from
        the user."""
        options: dict[str, Any] = {}
        bound: dict[str, Any] = {}
        for wrapper in reversed(wrappers):
            own = cast("dict[str, Any]", vars(wrapper))
            bound.update(own.get("kwargs") or {})
            options.update(own.get("config") or {})
            options.update({name: own[name] for name in TYPES if own.get(name) is not None})
        name = node.run_name
        if name is None and named and class_of(node.data) is RunnableSequence:
            name = node.data.name
        if name is not None:
            options["run_name"] = name
        said = self._params({name: value for name, value in options.items() if value not in (None, [], {}, ())})
        return {**said, "bind": self._params(bound)} if bound else said

    def _variable(self, step: Any) -> str | None:
        """The name of the user's variable that holds a step."""
        for name, thing in list(self._catalog.namespace().items()):
            if thing is step and name.isidentifier() and not name.startswith("_"):
                return None if name == NAME else name
        return None


def class_of(step: Any) -> type[Any]:
    """The class of a step, whatever variant of it was made."""
    classes: tuple[type[Any], ...] = cast("type[Any]", type(step)).__mro__
    return next(cls for cls in classes if not issubclass(cls, Variant))


def _only_binds(wrapper: Any) -> bool:
    return type(wrapper) is RunnableBinding


def _only_remembers(wrapper: Any) -> bool:
    """Whether it is a message history with no more to it than a form can say."""
    if type(wrapper) is not RunnableWithMessageHistory or wrapper.config:
        return False
    return [spec.id for spec in wrapper.history_factory_config] == ["session_id"]


def _only_function(step: Any) -> Any:
    """The function of a step that has one, and no name besides its; None of others."""
    functions = [function for function in (step.func, step.afunc) if function is not None]
    if len(functions) != 1:
        return None
    own = getattr(functions[0], "__name__", None)
    return functions[0] if step.name in (own, None) else None


def _conversion(function: Any) -> str | None:
    """The source of one of the builder's own conversions."""
    return next((name for name, conversion in CONVERSIONS.items() if conversion.thing is function), None)


def _model_of(function: Any) -> type[BaseModel] | None:
    """The class of pydantic's whose objects a function makes of dicts."""
    owner: Any = getattr(function, "__self__", None)
    if not isinstance(owner, type) or not issubclass(owner, BaseModel):
        return None
    return owner if function == owner.model_validate else None


def _source(function: Any) -> str | None:
    """The source of a lambda; None of what is none, cannot be read, or has a secret in it."""
    said = source_of(function)
    if said is None or Redactor().spans(said):
        return None
    try:
        return said if isinstance(ast.parse(said, mode="eval").body, ast.Lambda) else None
    except (SyntaxError, ValueError):
        return None


def _word(node: GraphNode) -> str:
    if node.kind == "tool":
        return re.sub(r"\W+", "_", node.name)
    return _WORDS.get(node.kind, node.kind)


def _is_all(prompt: Any) -> bool:
    """Whether a prompt has no more than its messages."""
    return not any(getattr(prompt, name) for name in ("name", "tags", "metadata", "output_parser"))


def _retry(step: Any) -> dict[str, Any]:
    """The arguments of `with_retry`."""
    given: dict[str, tuple[Any, Any]] = {
        "stop_after_attempt": (getattr(step, "max_attempt_number", 3), 3),
        "wait_exponential_jitter": (getattr(step, "wait_exponential_jitter", True), True),
        "exponential_jitter_params": (getattr(step, "exponential_jitter_params", None) or {}, {}),
        "retry_if_exception_type": (getattr(step, "retry_exception_types", _EXCEPTIONS), _EXCEPTIONS),
    }
    return {name: value for name, (value, default) in given.items() if value != default}


def _fallbacks(step: Any) -> dict[str, Any]:
    """The arguments of `with_fallbacks`, besides the steps."""
    given: dict[str, tuple[Any, Any]] = {
        "exceptions_to_handle": (getattr(step, "exceptions_to_handle", _EXCEPTIONS), _EXCEPTIONS),
        "exception_key": (getattr(step, "exception_key", None), None),
    }
    return {name: value for name, (value, default) in given.items() if value != default}


def _history(step: Any) -> dict[str, Any]:
    """The arguments of a step with a message history, besides the step."""
    names = ("get_session_history", "input_messages_key", "history_messages_key", "output_messages_key")
    return {name: value for name in names if (value := getattr(step, name)) is not None}


_ARGUMENTS: dict[str, Any] = {slots.RETRY: _retry, slots.FALLBACKS: _fallbacks}
_WISHED = {"vectorstore": "store", "callbacks": "handlers"}

__all__ = ["Reader", "Reading", "class_of"]
