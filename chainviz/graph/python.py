"""A chain as Python source, as far as it can be said.

Combinators are written with `|`, dicts and methods. A prompt and a step that is made of plain values are written as the
call that makes them; any other as a name that stands for it (`model`, `retriever`), the same name for the same object,
with a comment that says what it is.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, cast

from chainviz.graph.literals import STEP, WIDTH, arguments, literal, prompt_call, quoted
from chainviz.graph.source import lambda_of
from chainviz.graph.text import visible

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Node

_LONG = 60
_CONFIG = ("tags", "metadata", "max_concurrency", "recursion_limit")
_NAMES = {"chat_model": "model", "lambda": "function", "chain": "step"}


def draw_python(graph: Graph) -> str:
    writer = _Writer()
    text = writer.expression(graph.root, "", alone=True)
    return "".join(f"# {name}: your own {visible(what)}\n" for name, what in writer.unknown.items()) + text


class _Writer:
    def __init__(self) -> None:
        self.unknown: dict[str, str] = {}
        self._names: dict[int, str] = {}
        self._used: dict[str, int] = {}

    def expression(self, node: Node, indent: str, *, alone: bool = False) -> str:
        """The expression for a node; continuation lines begin at `indent`. A dict that stands `alone` is no step."""
        text = self._bare(node, indent)
        options = _options(node)
        if text.startswith("{") and (alone or options):
            text = f"RunnableParallel({text})"
        if options and node.kind == "sequence" and not text.startswith("("):
            text = f"({text})"
        return text + options

    def _bare(self, node: Node, indent: str) -> str:
        if not node.children:
            return self._leaf(node, indent)
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
                return f"{self._target(node, indent)}.with_retry({_attempts(node.data)})"
            case "fallbacks":
                others = ", ".join(self.expression(other, indent) for other in node.children[1:])
                return f"{self._target(node, indent)}.with_fallbacks([{others}]{_key(node.data)})"
            case "branch":
                return self._branch(node, indent)
            case _:
                return self._leaf(node, indent)

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
        if "\n" not in one_line and len(indent) + len(one_line) <= WIDTH:
            return one_line
        deeper = indent + STEP
        return f"(\n{deeper}" + f"\n{deeper}| ".join(parts(deeper)) + f"\n{indent})"

    def _operand(self, node: Node, indent: str) -> str:
        text = self.expression(node, indent)
        return f"({text})" if node.kind == "sequence" and not text.startswith("(") else text

    def _dict(self, node: Node, indent: str) -> str:
        def pairs(at: str) -> list[str]:
            return [f"{quoted(child.slot or child.name)}: {self.expression(child, at)}" for child in node.branches]

        one_line = "{" + ", ".join(pairs(indent)) + "}"
        if "\n" not in one_line and len(indent) + len(one_line) <= _LONG:
            return one_line
        deeper = indent + STEP
        return "{\n" + "".join(f"{deeper}{pair},\n" for pair in pairs(deeper)) + indent + "}"

    def _branch(self, node: Node, indent: str) -> str:
        conditions = [child for child in node.children if child.is_condition]

        def cases(at: str) -> list[str]:
            options = [self.expression(child, at, alone=True) for child in node.branches]
            pairs = zip((self.expression(child, at, alone=True) for child in conditions), options, strict=False)
            return [*(f"({condition}, {option})" for condition, option in pairs), *options[len(conditions) :]]

        one_line = f"RunnableBranch({', '.join(cases(indent))})"
        if "\n" not in one_line and len(indent) + len(one_line) <= WIDTH:
            return one_line
        deeper = indent + STEP
        return "RunnableBranch(\n" + "".join(f"{deeper}{case},\n" for case in cases(deeper)) + f"{indent})"

    def _leaf(self, node: Node, indent: str) -> str:
        if node.kind == "lambda":
            return f"RunnableLambda({lambda_of(node.data) or _function_name(node.data) or self._name(node)})"
        if node.kind == "prompt" and (call := prompt_call(node.data, indent)):
            return call
        said = None if node.kind == "graph" else _plain_arguments(node.data)
        return self._name(node) if said is None else f"{node.class_name}({said})"

    def _name(self, node: Node) -> str:
        same = id(node if node.data is None else node.data)
        known = self._names.get(same)
        if known is None:
            word = _NAMES.get(node.kind, node.kind)
            if node.kind == "tool":
                word = re.sub(r"\W+", "_", node.name)
            number = self._used[word] = self._used.get(word, 0) + 1
            known = self._names[same] = word if number == 1 else f"{word}_{number}"
            self.unknown[known] = "function" if node.kind == "lambda" else node.class_name
        return known


def _options(node: Node) -> str:
    """The calls of `bind` and `with_config` around a step, as far as they are plain values."""
    bound: dict[str, Any] = {}
    config: dict[str, Any] = {}
    for wrapper in reversed(node.wrappers):
        own = cast("dict[str, Any]", vars(wrapper))
        bound.update(own.get("kwargs") or {})
        given: dict[str, Any] = own.get("config") or {}
        config.update((name, given[name]) for name in _CONFIG if name in given)
    if node.run_name is not None:
        config["run_name"] = node.run_name
    text = ""
    for method, values in (("bind", bound), ("with_config", config)):
        plain = {name: value for name, value in values.items() if value and literal(value)}
        text += f".{method}({arguments(plain)})" if plain else ""
    return text


def _attempts(retry: Any) -> str:
    number = getattr(retry, "max_attempt_number", 3)
    jitter = getattr(retry, "wait_exponential_jitter", True)
    return ", ".join(
        [
            *([f"stop_after_attempt={number}"] if number != 3 else []),
            *(["wait_exponential_jitter=False"] if not jitter else []),
        ]
    )


def _key(fallbacks: Any) -> str:
    key = getattr(fallbacks, "exception_key", None)
    return f", exception_key={quoted(key)}" if key else ""


def _function_name(step: Any) -> str | None:
    """The name of the function that a step calls, with its class where that can be named too."""
    function = getattr(step, "func", None) or getattr(step, "afunc", None)
    if not inspect.isroutine(function) or not function.__name__.isidentifier():
        return None
    name = function.__qualname__
    return name if all(part.isidentifier() for part in name.split(".")) else function.__name__


def _plain_arguments(step: Any) -> str | None:
    """What makes the step if its class is called with it, or None where that is more than plain values."""
    names: set[str] | None = getattr(step, "model_fields_set", None)
    if names is None:
        return "" if type(step).__module__.startswith("chainviz.") and not step._graph_params() else None
    said = arguments({name: getattr(step, name) for name in sorted(names)})
    return said if said is None or len(said) <= 4 * _LONG else None


__all__ = ["draw_python"]
