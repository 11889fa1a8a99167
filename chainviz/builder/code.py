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
from chainviz.builder.components import Given, OfClass
from chainviz.builder.layout import Items, Pipe, Row, Text
from chainviz.builder.literals import keywords, literal, quoted
from chainviz.builder.prompts import MESSAGES
from chainviz.builder.tree import NOTHING, refs
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
    imports = printer.imports()
    return "\n\n".join(filter(None, ("\n".join(imports), "\n".join([*printer.comments(), *statements])))) + "\n"


def expression_of(root: Node, catalog: Catalog) -> str:
    """The expression that makes a chain, below comments on the names in it."""
    printer = _Printer(catalog)
    text = printer.whole(root).written("", 0)
    return "\n".join([*printer.comments(), text])


class _Printer:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._used: dict[str, None] = {}
        self._classes: dict[str, None] = {}

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
        for name in self._classes:
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
        return [f"# {name}: {visible(said)}" for name in self._used if (said := self._said(name)) is not None]

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
                self._classes["RunnablePassthrough"] = None
                steps = keywords({child.key or "": self._step(child) for child in inside})
                return Items("RunnablePassthrough.assign(", steps, ")")
            case slots.BRANCH:
                pairs = zip(inside[:-1:2], inside[1:-1:2], strict=True)
                cases = [Row("(", self._step(condition), ", ", self._step(case), ")") for condition, case in pairs]
                return self._call(slots.BRANCH, [*cases, self._step(inside[-1])])
            case slots.EACH:
                return Row(self._step(inside[0], target=True), ".map()")
            case slots.RETRY:
                return Row(self._step(inside[0], target=True), Items(".with_retry(", self._arguments(node.params), ")"))
            case _:
                others = [self._step(child) for child in inside[1:]]
                arguments = self._arguments(node.params)
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
        self._classes[name] = None
        return Items(f"{name}({{", pairs, "})", _SHORT + len(name))

    # --- leaves ----------------------------------------------------------------------------------------------

    def _leaf(self, node: Node, alone: bool) -> Text:
        name, params = node.component, node.params
        if name.startswith("lambda"):
            return self._call("RunnableLambda", [Text(name)]) if alone else Text(name)
        if name == "ChatPromptTemplate" and (call := self._prompt(params)) is not None:
            return call
        if name == "PromptTemplate" and isinstance(template := params.get("template"), str):
            others = {key: value for key, value in params.items() if key != "template"}
            arguments = [Text(quoted(template)), *self._arguments(others)]
            return self._call(name, arguments, ".from_template")
        if name == "VectorStoreRetriever" and "vectorstore" in params:
            store, *_ = self._arguments({"": params["vectorstore"]}, named=False)
            others = {key: value for key, value in params.items() if key != "vectorstore"}
            return Row(store, Items(".as_retriever(", self._arguments(others), ")"))
        if name == "RunnablePick" and set(params) == {"keys"}:
            return self._call(name, self._arguments(params, named=False))
        if self._is_call(name, params):
            self._used[name] = None
            named = {key: value for key, value in params.items() if key != POSITIONAL}
            positional = self._arguments(dict(enumerate(cast("list[Any]", params.get(POSITIONAL, [])))), named=False)
            return self._call(name, [*positional, *self._arguments(named)])
        self._used[name] = None
        if alone and (kind := self._function_class(name)) is not None:
            return self._call(kind, [Text(name)])
        return Text(name)

    def _is_call(self, name: str, params: Mapping[str, Any]) -> bool:
        """Whether a component is a class that is called, and not a name that stands for a step."""
        component = self._catalog.find(name)
        return bool(params) or isinstance(component, OfClass) or (component is None and name[:1].isupper())

    def _is_function(self, name: str) -> bool:
        return name.startswith("lambda") or self._function_class(name) is not None

    def _function_class(self, name: str) -> str | None:
        """The class of the step that a function of the user's is."""
        component = self._catalog.find(name)
        return type(component.step).__name__ if isinstance(component, Given) and component.is_function else None

    def _call(self, name: str, arguments: list[Text], method: str = "") -> Text:
        self._classes[name] = None
        return Items(f"{name}{method}(", arguments, ")")

    def _arguments(self, values: Mapping[Any, Any], *, named: bool = True) -> list[Text]:
        for value in values.values():
            self._used.update(dict.fromkeys(refs(value)))
        texts = {name: literal(value) for name, value in values.items()}
        return keywords(texts) if named else list(texts.values())

    def _options(self, options: Mapping[str, Any]) -> list[Text]:
        """The calls of `bind` and `with_config`."""
        bound: Mapping[str, Any] = options.get("bind", NOTHING)
        config = {name: value for name, value in options.items() if name != "bind"}
        return [
            Items(f".{method}(", self._arguments(values), ")")
            for method, values in (("bind", bound), ("with_config", config))
            if values
        ]

    # --- prompts ---------------------------------------------------------------------------------------------

    def _prompt(self, params: Mapping[str, Any]) -> Text | None:
        """The call of `from_template` or `from_messages`; None where the rows are none that it could say."""
        rows: Any = params.get("messages")
        if not isinstance(rows, list) or not params.keys() <= {"messages", "template_format", "partial_variables"}:
            return None
        parts = [self._row(row) for row in cast("list[Any]", rows)]
        texts = [part for part in parts if part is not None]
        if len(texts) < len(parts):
            return None
        format = self._arguments({name: value for name, value in params.items() if name == "template_format"})
        only = cast("dict[str, Any]", rows[0]) if len(texts) == 1 else {}
        if set(only) == {"role", "text"} and only["role"] == "human":
            call = self._call("ChatPromptTemplate", [Text(quoted(only["text"])), *format], ".from_template")
        else:
            self._classes["ChatPromptTemplate"] = None
            list_ = Items("[", texts, "]")
            call = (
                Items("ChatPromptTemplate.from_messages(", [list_, *format], ")")
                if format
                else Items("ChatPromptTemplate.from_messages([", texts, "])")
            )
        partial = params.get("partial_variables")
        return Row(call, Items(".partial(", self._arguments(partial), ")")) if partial else call

    def _row(self, row: Any) -> Text | None:
        if not isinstance(row, Mapping):
            return None
        fields = cast("Mapping[str, Any]", row)
        role, text, more = fields.get("role"), fields.get("text"), fields.keys() - {"role", "text"}
        if not isinstance(text, str):
            return None
        if role == "messages" and more <= {"n_messages"}:
            self._classes["MessagesPlaceholder"] = None
            last = self._arguments({name: fields[name] for name in more})
            return Items("MessagesPlaceholder(", [Text(quoted(text)), *last], ")")
        if role in MESSAGES and more == {"fixed"} and fields["fixed"] is True:
            cls = MESSAGES[role].__name__
            return self._call(cls, [Text(quoted(text))])
        if not more and (role == "placeholder" or role in MESSAGES):
            return Items("(", [Text(quoted(str(role))), Text(quoted(text))], ")")
        return None


def _import(home: str, names: list[str]) -> str:
    line = f"from {home} import {', '.join(names)}"
    return line if len(line) <= _IMPORT else Items(f"from {home} import (", [*map(Text, names)], ")").broken("", 0)


def _inner_first(node: Node) -> Any:
    for child in node.children:
        yield from _inner_first(child)
    yield node


def _class_name(thing: Any) -> str:
    return getattr(thing, "_graph_class", None) or type(thing).__name__


_ALWAYS = frozenset({"RunnableLambda", "RunnableGenerator", "MessagesPlaceholder"}) | {
    cls.__name__ for cls in MESSAGES.values()
}
"""Names of the core that stand in code and are no components."""

__all__ = ["NAME", "POSITIONAL", "code_of", "expression_of"]
