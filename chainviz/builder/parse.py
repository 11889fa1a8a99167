"""Python source as a tree: read node by node from a list of what may stand in it, and never run.

What may stand: imports (which import nothing), assignments to names, and one expression of combinators, components,
names, lambdas (as text) and literals.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from chainviz.builder import slots
from chainviz.builder.code import NAME, POSITIONAL
from chainviz.builder.components import Combinator, Given, OfClass
from chainviz.builder.made import MADE, Kind
from chainviz.builder.parse_values import Values
from chainviz.builder.settle import joined, settled
from chainviz.builder.tree import DEEPEST, Ids, Node, Ref, depth, renewed
from chainviz.errors import InvalidInputError

if TYPE_CHECKING:
    from chainviz.builder.catalog import Catalog

LONGEST = 64_000_000
"""Characters of code that is read."""
_PROMPTS = ("ChatPromptTemplate", "PromptTemplate")
_ALIASES = {"SimpleJsonOutputParser": "JsonOutputParser"}
"""Other names of the core's classes."""


def parsed(code: str, catalog: Catalog, ids: Ids) -> Node:
    """The tree of a chain's code: that of its last statement.

    Raises InvalidInputError, with the line, for code that has more in it than a chain.
    """
    if len(code) > LONGEST:
        raise InvalidInputError(f"code: expected at most {LONGEST:,} characters, got {len(code):,}")
    try:
        module = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise InvalidInputError(f"code{f', line {line}' if line else ''}: {getattr(error, 'msg', error)}") from None
    try:
        root = settled(_Parser(code, catalog, ids).module(module), ids)
    except RecursionError:
        raise InvalidInputError("code: it is nested too deeply") from None
    if depth(root) > DEEPEST:
        raise InvalidInputError(f"code: expected at most {DEEPEST} steps inside of each other, got {depth(root)}")
    return root


class _Parser(Values):
    def __init__(self, code: str, catalog: Catalog, ids: Ids) -> None:
        super().__init__(code)
        self._catalog = catalog
        self._ids = ids
        self._variables: dict[str, Node] = {}
        self._modules: set[str] = set()
        self._aliases: dict[str, str] = {}

    # --- statements ------------------------------------------------------------------------------------------

    def module(self, module: ast.Module) -> Node:
        chain: Node | None = None
        for statement in module.body:
            match statement:
                case ast.Import(names=names):
                    self._modules.update(alias.asname or alias.name for alias in names)
                case ast.ImportFrom(names=names):
                    self._aliases.update((alias.asname, alias.name) for alias in names if alias.asname)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    chain = self._named(self._step(value), name)
                    self._variables[name] = chain
                case ast.Expr(value=ast.Constant(value=str())):
                    pass
                case ast.Expr(value=value):
                    chain = self._step(value)
                case _:
                    raise self.refused(statement, "an assignment or a chain")
        if chain is None:
            raise InvalidInputError("code: expected a chain, got nothing")
        if chain.component == slots.SEQUENCE:
            return chain.having(variable=None) if chain.variable == NAME else chain
        if isinstance(module.body[-1], ast.Assign) and (name := chain.variable) is not None:
            inner = self._inner_name(module.body[-1].value)
            return Node(self._ids(), slots.SEQUENCE, children=(chain.having(variable=inner),), variable=_root(name))
        return chain

    def _inner_name(self, value: ast.expr) -> str | None:
        """The variable that the last statement gives another name."""
        return value.id if isinstance(value, ast.Name) and value.id in self._variables else None

    def _named(self, node: Node, name: str) -> Node:
        return node.having(variable=name)

    # --- steps -----------------------------------------------------------------------------------------------

    def _step(self, node: ast.expr) -> Node:
        match node:
            case ast.BinOp(op=ast.BitOr()):
                return self._new(slots.SEQUENCE, children=tuple(map(self._step, _operands(node))))
            case ast.Dict():
                return self._new(slots.PARALLEL, children=self._keyed(node))
            case ast.Name(id=name):
                return self._by_name(name)
            case ast.Lambda():
                return self._new(self._lambda(node))
            case ast.Attribute(value=ast.Name(id=model), attr=method) if f".{method}" == slots.VALIDATE:
                return self._new(model + slots.VALIDATE)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module in self._modules:
                return self._call(node, name)
            case ast.Call(func=ast.Attribute(value=target, attr=method)):
                return self._method(node, target, method)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(node, self._aliases.get(name, name))
            case _:
                raise self.refused(node, "a step")

    def _new(self, component: str, params: Mapping[str, Any] | None = None, children: tuple[Node, ...] = ()) -> Node:
        return Node(self._ids(), component, params or {}, children)

    def _by_name(self, name: str) -> Node:
        if name in self._variables:
            return renewed(self._variables[name], self._ids)
        return self._new(self._aliases.get(name, name))

    def _lambda(self, node: ast.Lambda) -> str:
        """The source of a lambda: as it is written where it is known by that, else in a form of its own."""
        source = ast.get_source_segment(self.code, node) or ""
        return source if self._catalog.find(source) is not None else ast.unparse(node)

    def _keyed(self, node: ast.Dict) -> tuple[Node, ...]:
        steps: dict[str, Node] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            match key:
                case ast.Constant(value=str(text)):
                    steps[text] = self._step(value).having(key=text)
                case _:
                    raise self.refused(key or value, "a text as a key")
        if not steps:
            raise self.refused(node, "a dict with at least one step")
        return tuple(steps.values())

    def _from_keywords(self, call: ast.Call) -> tuple[Node, ...]:
        """The steps of `assign(a=…, **{"b": …})`."""
        steps: dict[str, Node] = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                steps[keyword.arg] = self._step(keyword.value).having(key=keyword.arg)
            elif isinstance(keyword.value, ast.Dict):
                steps.update((step.key or "", step) for step in self._keyed(keyword.value))
            else:
                raise self.refused(keyword.value, "a dict of steps")
        if call.args or not steps:
            raise self.refused(call, "steps as keywords")
        return tuple(steps.values())

    # --- calls -----------------------------------------------------------------------------------------------

    def _call(self, call: ast.Call, name: str) -> Node:
        match name, call.args:
            case "RunnableSequence", [_, _, *_]:
                sequence = self._new(slots.SEQUENCE, children=tuple(map(self._step, call.args)))
                options = self.arguments(call)
                return sequence.having(options={"run_name": options["name"]}) if options.get("name") else sequence
            case "RunnableParallel" | "RunnableMap", [ast.Dict() as steps]:
                return self._new(slots.PARALLEL, children=self._keyed(steps))
            case "RunnableParallel" | "RunnableMap", []:
                return self._new(slots.PARALLEL, children=self._from_keywords(call))
            case "RouterRunnable", [ast.Dict() as steps]:
                return self._new(slots.ROUTER, children=self._keyed(steps))
            case "RunnableBranch", [_, *_, _]:
                return self._new(slots.BRANCH, children=self._cases(call.args))
            case (("RunnableLambda" | "RunnableGenerator"), [function]) if not call.keywords:
                return self._step(function)
            case "RunnableWithMessageHistory", [step, *sessions] if len(sessions) < 2:
                given = dict(zip(["get_session_history"], map(self.value, sessions), strict=False))
                return self._new(slots.HISTORY, {**given, **self.arguments(call)}, (self._step(step),))
            case _:
                return self._component(call, name)

    def _cases(self, args: list[ast.expr]) -> tuple[Node, ...]:
        *pairs, default = args
        steps: list[Node] = []
        for pair in pairs:
            match pair:
                case ast.Tuple(elts=[condition, case]) | ast.List(elts=[condition, case]):
                    steps += (self._step(condition), self._step(case))
                case _:
                    raise self.refused(pair, "a (condition, step) pair")
        return (*steps, self._step(default))

    def _component(self, call: ast.Call, name: str) -> Node:
        """A component that is made with parameters."""
        known = self._catalog.find(name)
        if isinstance(known, Combinator):
            raise self.refused(call, f"{name} with its steps")
        if isinstance(known, Given):
            raise self.refused(call, f"{name} itself, or RunnableLambda({name}).bind(…) to give it more than its input")
        name = _ALIASES.get(name, name)
        made = {param: partial(self._made, each.kind) for param, each in MADE.get(name, {}).items()}
        params = self.arguments(call, made)
        given = [self.value(value) for value in call.args]
        if name == "ChatPromptTemplate" and given:
            params["messages"] = self.rows(call.args[0])
            given = given[1:]
        if given and isinstance(known, OfClass):
            names = list((known.form or {}).get("properties", {}))
            params = {**dict(zip(names, given, strict=False)), **params}
        elif given:
            params[POSITIONAL] = given
        return self._new(name, params)

    def _made(self, kind: Kind, node: ast.expr) -> Any:
        """What a parameter that is made by a call is made of."""
        match kind, node:
            case "text prompt" | "chat prompt", ast.Call() | ast.Name():
                if isinstance(node, ast.Name) and node.id not in self._variables:
                    return self.value(node)
                prompt = self._step(node)
                if prompt.component not in _PROMPTS or prompt.options:
                    raise self.refused(node, "a prompt")
                return prompt.params
            case "messages", ast.List(elts=[ast.Call(), *_] as items):
                return [{name: said for name, said in self.row(item).items() if name != "fixed"} for item in items]
            case "iterator", ast.Call(func=ast.Name(id="iter"), args=[ast.List() as items], keywords=[]):
                return self.value(items)
            case _:
                return self.value(node)

    def _method(self, call: ast.Call, target: ast.expr, method: str) -> Node:
        match target, method, call.args:
            case ast.Name(id="RunnablePassthrough"), "assign", []:
                return self._new(slots.ASSIGN, children=self._from_keywords(call))
            case ast.Name(id="PromptTemplate"), "from_template", [template]:
                return self._new("PromptTemplate", {"template": self.text(template), **self.arguments(call)})
            case ast.Name(id="ChatPromptTemplate"), "from_template", [template]:
                rows = [{"role": "human", "text": self.text(template)}]
                return self._new("ChatPromptTemplate", {"messages": rows, **self.arguments(call)})
            case ast.Name(id="ChatPromptTemplate"), "from_messages", [messages]:
                rows = self.rows(messages)
                return self._new("ChatPromptTemplate", {"messages": rows, **self.arguments(call)})
            case ast.Name(id="StructuredTool"), "from_function", [function]:
                return self._new("StructuredTool", {"func": self.value(function), **self.arguments(call)})
            case ast.Name(id=store), "as_retriever", []:
                return self._new("VectorStoreRetriever", {"vectorstore": Ref(store), **self.arguments(call)})
            case _:
                return self._wrapped(call, target, method)

    def _wrapped(self, call: ast.Call, target: ast.expr, method: str) -> Node:
        """A step and a method that makes another one of it."""
        step = self._step(target)
        match method, call.args:
            case "map", [] if not call.keywords:
                return self._new(slots.EACH, children=(step,))
            case "with_retry", []:
                return self._new(slots.RETRY, self.arguments(call), (step,))
            case "with_fallbacks", [ast.List(elts=others)]:
                return self._new(slots.FALLBACKS, self.arguments(call), (step, *map(self._step, others)))
            case "bind", []:
                return step.having(options=joined(step.options, {"bind": self.arguments(call)}), variable=None)
            case "with_types", []:
                return step.having(options=joined(step.options, self.arguments(call)), variable=None)
            case "with_config", [] | [ast.Dict()]:
                given = [cast("dict[str, Any]", self.value(value)) for value in call.args]
                config = {**(given[0] if given else {}), **self.arguments(call)}
                return step.having(options=joined(step.options, config), variable=None)
            case "partial", [] if step.component in _PROMPTS:
                partial = {**step.params.get("partial_variables", {}), **self.arguments(call)}
                return step.having(params={**step.params, "partial_variables": partial}, variable=None)
            case "pick", [keys]:
                pick = self._new("RunnablePick", {"keys": self.value(keys)})
                return self._new(slots.SEQUENCE, children=(step, pick))
            case "assign", []:
                assign = self._new(slots.ASSIGN, children=self._from_keywords(call))
                return self._new(slots.SEQUENCE, children=(step, assign))
            case "pipe", [_, *_] if not call.keywords:
                return self._new(slots.SEQUENCE, children=(step, *map(self._step, call.args)))
            case _:
                raise self.refused(call, "a call that a chain is made of")


def _operands(node: ast.expr) -> list[ast.expr]:
    """What stands between the `|` of an expression, from left to right."""
    operands: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        operands.append(node.right)
        node = node.left
    return [node, *reversed(operands)]


def _root(name: str) -> str | None:
    return None if name == NAME else name


__all__ = ["LONGEST", "parsed"]
