"""A chain as Python source: the one printer, for the builder's code and for the graph's.

Combinators are written with `|`, dicts and methods, a component as the call that makes it, a step or function of the
user's by its name, the same name for the same object. What only a name can stand for is told in a comment.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder import slots
from chainviz.builder.calls import Calls
from chainviz.builder.components import Given, OfClass
from chainviz.builder.conversions import Conversion
from chainviz.builder.forms import TYPES
from chainviz.builder.layout import Items, Pipe, Row, Text
from chainviz.builder.literals import keywords, quoted
from chainviz.builder.prompts import MESSAGES
from chainviz.builder.tree import NOTHING
from chainviz.graph.text import visible
from chainviz.tracing.redact import says_secret

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog
    from chainviz.builder.tree import Node

NAME = "chain"
"""The variable of a chain that has no other name."""
POSITIONAL = "*"
"""The parameter that holds the positional arguments of a component that is not known."""
_IMPORT = 100
"""Characters of an import that stands on one line."""
_SHORT = 72
"""Characters of a dict of steps that stands on one line."""


def code_of(root: Node, catalog: Catalog) -> str:
    """The statements that make a chain: imports, its variables, and last the chain itself."""
    printer = _Printer(catalog)
    statements = printer.statements(root)
    typing = "from typing import Any" if "Any" in printer.used else ""
    parts = (typing, "\n".join(printer.imports()), "\n".join([*printer.comments(), *statements]))
    return "\n\n".join(filter(None, parts)) + "\n"


def expression_of(root: Node, catalog: Catalog) -> str:
    """The expression that makes a chain, below comments on the names in it."""
    printer = _Printer(catalog)
    text = printer.whole(root).written("", 0)
    return "\n".join([*printer.comments(), text])


class _Printer(Calls):
    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog

    # --- statements ------------------------------------------------------------------------------------------

    def statements(self, root: Node) -> list[str]:
        defined: dict[str, Node] = {}
        for node in _inner_first(root):
            if node is not root and node.variable is not None:
                defined.setdefault(node.variable, node)
        return [
            *(self._statement(name, self._defined(node)) for name, node in defined.items()),
            self._statement(root.variable or NAME, self.whole(root)),
        ]

    def _statement(self, name: str, value: Text) -> str:
        return f"{name} = {value.written('', len(name) + 3)}"

    def _defined(self, node: Node) -> Text:
        return self._step(node.having(variable=None), alone=True)

    def whole(self, root: Node) -> Text:
        """The expression of the root, which is a sequence, of a single step too."""
        if len(root.children) == 1 and not root.options:
            return self._step(root.children[0], alone=True)
        return self._step(root.having(variable=None), alone=True)

    def imports(self) -> list[str]:
        homes: dict[str, set[str]] = {}
        for name in self.classes:
            homes.setdefault(self._home(name), set()).add(name)
        homes.pop("", None)
        return [_import(home, sorted(names)) for home, names in sorted(homes.items())]

    def _home(self, name: str) -> str:
        """The module that a class is imported from; none where it is the notebook's own."""
        component = self._catalog.find(name)
        if not isinstance(component, OfClass):
            return "chainviz" if component or name in _ALWAYS else ""
        home = component.cls.__module__
        if home.startswith("chainviz."):
            return "chainviz"
        return home if getattr(sys.modules.get(home), name, None) is component.cls and home != "__main__" else ""

    def comments(self) -> list[str]:
        """What the names stand for that nobody could know."""
        return [f"# {name}: {visible(said)}" for name in self.used if (said := self._said(name)) is not None]

    def _said(self, name: str) -> str | None:
        kept = self._catalog.kept
        if name not in kept:
            return None if self._catalog.knows(name) else "not known here"
        thing = kept[name]
        if says_secret(name) or hasattr(thing, "get_secret_value"):
            return "your own, shown to nobody"
        if self._catalog.namespace().get(name) is thing or getattr(thing, "__name__", None) == name:
            return None
        if inspect.isroutine(thing):
            return "your own function"
        return f"your own {getattr(thing, 'class_name', None) or _class_name(thing)}"

    # --- steps -----------------------------------------------------------------------------------------------

    def _step(self, node: Node, *, alone: bool = False, target: bool = False) -> Text:
        """The expression of a step. `alone` it is a step in itself, and no dict or function that becomes one; as a
        `target` it can be followed by a method."""
        if node.variable is not None:
            return Text(node.variable)
        options = self._options(node.options)
        alone = alone or target or bool(options)
        if node.component == slots.SEQUENCE:
            text: Text = Pipe(self._operands(node), in_brackets=target or bool(options))
        elif node.component in slots.COMBINATORS:
            text = self._combinator(node, alone)
        else:
            text = self._leaf(node, alone)
        return Row(text, *options) if options else text

    def _operands(self, node: Node) -> list[Text]:
        """The steps between `|`. Python joins the first two only where one of them is a step in itself."""
        first, second, *_ = [self._is_loose(child) for child in node.children]
        return [
            self._step(
                child,
                alone=(index == 0 and first and second) or child.component.startswith("lambda"),
                target=child.component == slots.SEQUENCE,
            )
            for index, child in enumerate(node.children)
        ]

    def _is_loose(self, node: Node) -> bool:
        if not node.is_plain:
            return False
        return node.component == slots.PARALLEL or self._is_function(node.component)

    def _combinator(self, node: Node, alone: bool) -> Text:
        inside = node.children
        match node.component:
            case slots.PARALLEL:
                return self._dict(node, slots.PARALLEL if alone else "")
            case slots.ROUTER:
                return self._dict(node, slots.ROUTER)
            case slots.ASSIGN:
                self.classes["RunnablePassthrough"] = None
                steps = keywords({child.key or "": self._step(child) for child in inside})
                return Items("RunnablePassthrough.assign(", steps, ")")
            case slots.BRANCH:
                pairs = zip(inside[:-1:2], inside[1:-1:2], strict=True)
                cases = [Row("(", self._step(condition), ", ", self._step(case), ")") for condition, case in pairs]
                return self.call(slots.BRANCH, [*cases, self._step(inside[-1])])
            case slots.EACH:
                return Row(self._step(inside[0], target=True), ".map()")
            case slots.HISTORY:
                return self.call(slots.HISTORY, [self._step(inside[0]), *self.led("get_session_history", node.params)])
            case slots.RETRY:
                return Row(self._step(inside[0], target=True), Items(".with_retry(", self.arguments(node.params), ")"))
            case _:
                others = [self._step(child) for child in inside[1:]]
                arguments = self.arguments(node.params)
                call = (
                    Items(".with_fallbacks(", [Items("[", others, "]"), *arguments], ")")
                    if arguments
                    else Items(".with_fallbacks([", others, "])")
                )
                return Row(self._step(inside[0], target=True), call)

    def _dict(self, node: Node, name: str) -> Text:
        """The steps of a step with keys, as a dict or in the call of a class."""
        pairs = [Row(f"{quoted(child.key or '')}: ", self._step(child)) for child in node.children]
        if not name:
            return Items("{", pairs, "}", _SHORT)
        self.classes[name] = None
        return Items(f"{name}({{", pairs, "})", _SHORT + len(name))

    # --- leaves ----------------------------------------------------------------------------------------------

    def _leaf(self, node: Node, alone: bool) -> Text:
        name, params = node.component, node.params
        if name.startswith("lambda"):
            component = self._catalog.find(name)
            self.classes.update(dict.fromkeys(component.imports if isinstance(component, Conversion) else ()))
            return self.call("RunnableLambda", [Text(name)]) if alone else Text(name)
        if name == "ChatPromptTemplate" and (call := self.prompt(params)) is not None:
            return call
        if name == "PromptTemplate" and (call := self.text_prompt(params)) is not None:
            return call
        if name == "StructuredTool" and "func" in params:
            return self.call(name, self.led("func", params), ".from_function")
        if name == "VectorStoreRetriever" and "vectorstore" in params:
            store, *others = self.led("vectorstore", params)
            return Row(store, Items(".as_retriever(", others, ")"))
        if name == "RunnablePick" and set(params) == {"keys"}:
            return self.call(name, self.arguments(params, named=False))
        if self._is_call(name, params):
            self.used[name] = None
            named = {key: value for key, value in params.items() if key != POSITIONAL}
            positional = self.arguments(dict(enumerate(cast("list[Any]", params.get(POSITIONAL, [])))), named=False)
            return self.call(name, [*positional, *self.made(name, named)])
        self.used[name.removesuffix(slots.VALIDATE)] = None
        if alone and (kind := self._function_class(name)) is not None:
            return self.call(kind, [Text(name)])
        return Text(name)

    def _is_call(self, name: str, params: Mapping[str, Any]) -> bool:
        """Whether a component is a class that is called, and not a name that stands for a step."""
        component = self._catalog.find(name)
        unknown = component is None and name[:1].isupper() and not name.endswith(slots.VALIDATE)
        return bool(params) or isinstance(component, OfClass) or unknown

    def _is_function(self, name: str) -> bool:
        return name.startswith("lambda") or self._function_class(name) is not None

    def _function_class(self, name: str) -> str | None:
        """The class of the step that a function of the user's is."""
        component = self._catalog.find(name)
        return type(component.step).__name__ if isinstance(component, Given) and component.is_function else None

    def _options(self, options: Mapping[str, Any]) -> list[Text]:
        """The calls of `bind`, `with_types` and `with_config`."""
        bound: Mapping[str, Any] = options.get("bind", NOTHING)
        types = {name: options[name] for name in TYPES if name in options}
        config = {name: value for name, value in options.items() if name not in ("bind", *TYPES)}
        return [
            Items(f".{method}(", self.arguments(values), ")")
            for method, values in (("bind", bound), ("with_types", types), ("with_config", config))
            if values
        ]


def _import(home: str, names: list[str]) -> str:
    line = f"from {home} import {', '.join(names)}"
    return line if len(line) <= _IMPORT else Items(f"from {home} import (", [*map(Text, names)], ")").broken("", 0)


def _inner_first(node: Node) -> Any:
    for child in node.children:
        yield from _inner_first(child)
    yield node


def _class_name(thing: Any) -> str:
    return getattr(thing, "_graph_class", None) or type(thing).__name__


_ALWAYS = frozenset({"Document", "RunnableLambda", "RunnableGenerator", "MessagesPlaceholder"}) | {
    cls.__name__ for cls in MESSAGES.values()
}
"""Names of the core that stand in code and are no components."""

__all__ = ["NAME", "POSITIONAL", "code_of", "expression_of"]
