"""A chain as Python source, as far as it can be said.

Combinators are written with `|`, dicts and methods. A step that is made of plain values only is written as its call;
any other as a name that stands for it (`prompt`, `model`, `retriever`), the same name for the same object.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from chainviz.graph.model import Graph, Node

_WIDTH = 88
_STEP = "    "
_LONG = 60
_NAMES = {"chat_model": "model", "lambda": "function", "chain": "step"}


def draw_python(graph: Graph) -> str:
    return _Writer().expression(graph.root, "", alone=True)


class _Writer:
    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._used: dict[str, int] = {}

    def expression(self, node: Node, indent: str, *, alone: bool = False) -> str:
        """The expression for a node; continuation lines begin at `indent`. A dict that stands `alone` is no step."""
        text = self._bare(node, indent)
        if node.run_name is None:
            return f"RunnableParallel({text})" if alone and text.startswith("{") else text
        if text.startswith("{"):
            text = f"RunnableParallel({text})"
        elif node.kind == "sequence" and not text.startswith("("):
            text = f"({text})"
        return f"{text}.with_config(run_name={_quoted(node.run_name)})"

    def _bare(self, node: Node, indent: str) -> str:
        if not node.children:
            return self._leaf(node)
        match node.kind:
            case "sequence":
                return self._sequence(node, indent)
            case "parallel":
                return self._dict(node, indent)
            case "router":
                return f"RouterRunnable({self._dict(node, indent)})"
            case "assign":
                return f"RunnablePassthrough.assign(**{self._dict(node, indent)})"
            case "each":
                return f"{self._target(node, indent)}.map()"
            case "retry":
                return f"{self._target(node, indent)}.with_retry()"
            case "fallbacks":
                others = ", ".join(self.expression(other, indent) for other in node.children[1:])
                return f"{self._target(node, indent)}.with_fallbacks([{others}])"
            case "branch":
                return self._branch(node, indent)
            case _:
                return self._leaf(node)

    def _target(self, node: Node, indent: str) -> str:
        """The first child, so written that a method can be called on it."""
        child = node.children[0]
        text = self.expression(child, indent, alone=True)
        return f"({text})" if child.kind == "sequence" and not text.startswith("(") else text

    def _sequence(self, node: Node, indent: str) -> str:
        def parts(at: str) -> list[str]:
            texts = [self._operand(child, at) for child in node.children]
            if len(texts) > 1 and texts[0].startswith("{") and texts[1].startswith("{"):
                texts[0] = f"RunnableParallel({texts[0]})"
            return texts

        one_line = " | ".join(parts(indent))
        if "\n" not in one_line and len(indent) + len(one_line) <= _WIDTH:
            return one_line
        deeper = indent + _STEP
        return f"(\n{deeper}" + f"\n{deeper}| ".join(parts(deeper)) + f"\n{indent})"

    def _operand(self, node: Node, indent: str) -> str:
        text = self.expression(node, indent)
        return f"({text})" if node.kind == "sequence" and not text.startswith("(") else text

    def _dict(self, node: Node, indent: str) -> str:
        def pairs(at: str) -> list[str]:
            return [f"{_quoted(child.slot or child.name)}: {self.expression(child, at)}" for child in node.branches]

        one_line = "{" + ", ".join(pairs(indent)) + "}"
        if "\n" not in one_line and len(indent) + len(one_line) <= _LONG:
            return one_line
        deeper = indent + _STEP
        return "{\n" + "".join(f"{deeper}{pair},\n" for pair in pairs(deeper)) + indent + "}"

    def _branch(self, node: Node, indent: str) -> str:
        conditions = [child for child in node.children if child.is_condition]

        def cases(at: str) -> list[str]:
            options = [self.expression(child, at, alone=True) for child in node.branches]
            pairs = zip((self.expression(child, at, alone=True) for child in conditions), options, strict=False)
            return [*(f"({condition}, {option})" for condition, option in pairs), *options[len(conditions) :]]

        one_line = f"RunnableBranch({', '.join(cases(indent))})"
        if "\n" not in one_line and len(indent) + len(one_line) <= _WIDTH:
            return one_line
        deeper = indent + _STEP
        return "RunnableBranch(\n" + "".join(f"{deeper}{case},\n" for case in cases(deeper)) + f"{indent})"

    def _leaf(self, node: Node) -> str:
        function = getattr(node.data, "func", None) or getattr(node.data, "afunc", None)
        if node.kind == "lambda" and inspect.isroutine(function):
            name = function.__name__
            return f"RunnableLambda({name if name.isidentifier() else _lambda(function) or self._name(node)})"
        arguments = _plain_arguments(node.data)
        return self._name(node) if arguments is None else f"{node.class_name}({arguments})"

    def _name(self, node: Node) -> str:
        known = self._names.get(id(node.data))
        if known is None:
            word = _NAMES.get(node.kind, node.kind)
            if node.kind == "tool":
                word = re.sub(r"\W+", "_", node.name)
            number = self._used[word] = self._used.get(word, 0) + 1
            known = self._names[id(node.data)] = word if number == 1 else f"{word}_{number}"
        return known


def _quoted(text: str) -> str:
    """A string literal with double quotes, as formatters write it."""
    literal = repr(text)
    return literal if '"' in text else f'"{literal[1:-1]}"'.replace("\\'", "'")


def _plain_arguments(step: Any) -> str | None:
    """What makes the step if its class is called with it, or None where that is more than a few plain values."""
    names: set[str] | None = getattr(step, "model_fields_set", None)
    if names is None:
        return "" if type(step).__module__.startswith("chainviz.") and not step._graph_params() else None
    values: dict[str, Any] = {name: getattr(step, name) for name in sorted(names)}
    if not all(value is None or isinstance(value, bool | int | float | str) for value in values.values()):
        return None
    literals = {name: _quoted(value) if isinstance(value, str) else repr(value) for name, value in values.items()}
    text = ", ".join(f"{name}={literal}" for name, literal in literals.items())
    return text if len(text) <= _LONG else None


def _lambda(function: Callable[..., Any]) -> str | None:
    """The source of a lambda, where its file has it and it is the only one on its lines."""
    try:
        source = textwrap.dedent(inspect.getsource(function)).strip()
    except (OSError, TypeError):
        return None
    for text in (source, f"({source})", f"({source.strip('.,')})", f"{{{source}}}"):
        try:
            found = [part for part in ast.walk(ast.parse(text)) if isinstance(part, ast.Lambda)]
        except SyntaxError:
            continue
        segment = ast.get_source_segment(text, found[0]) if len(found) == 1 else None
        return segment if segment and "\n" not in segment else None
    return None
