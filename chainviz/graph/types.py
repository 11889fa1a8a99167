"""The types that flow through a chain, as short texts: `{context: list[Document], question: str}`.

Read off annotations and the shape of the tree, never by building a schema, so that it costs next to nothing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ForwardRef, TypeAlias, TypeVar, Union, cast, get_args, get_origin

if TYPE_CHECKING:
    from chainviz.graph.model import Node

Shape: TypeAlias = "str | dict[str, Shape]"
"""A type's text, or the shapes behind the known keys of a dict."""

ANY = "Any"
REST = "…"
"""The key that stands for keys which are not known."""

MESSAGES = "list[Message]"
_MODEL_INPUT = f"PromptValue | str | {MESSAGES}"


class Flow:
    """What goes into and comes out of each node, by path id; `given` is what comes to the root, where that is known."""

    def __init__(self, root: Node, given: Shape | None = None) -> None:
        self.given: dict[str, Shape] = {}
        """What comes to each node, be it what the node takes or not."""
        self.outputs: dict[str, Shape] = {}
        self._inputs: dict[str, Shape] = {}
        self._through(root, accepts(root) if given is None else given)

    def input(self, id: str) -> str:
        return text(self._inputs[id])

    def output(self, id: str) -> str:
        return text(self.outputs[id])

    def _through(self, node: Node, given: Shape) -> Shape:
        wanted = accepts(node)
        self.given[node.id] = given
        given = given if _said(node, "input_type") is None else wanted
        taken = given if _suits(given, wanted) else wanted
        self._inputs[node.id] = taken
        output = self._output(node, given, taken)
        said = _said(node, "output_type")
        self.outputs[node.id] = output if said is None else said
        return self.outputs[node.id]

    def _output(self, node: Node, given: Shape, taken: Shape) -> Shape:
        if not node.children:
            return _passed(node, taken) if node.kind == "passthrough" else gives(node)
        if node.kind == "each":
            return f"list[{text(self._through(node.children[0], _item(taken)))}]"
        if node.kind == "sequence":
            for child in node.children:
                taken = self._through(child, taken)
            return taken
        if node.kind == "graph":
            for child in node.children:
                self._through(child, accepts(child))
            return gives(node)
        comes = taken if node.kind == "router" else given
        outputs = {child: self._through(child, comes) for child in node.children}
        if node.kind == "parallel":
            return {child.slot or child.name: output for child, output in outputs.items()}
        if node.kind == "assign":
            added = next(iter(outputs.values()))
            return {**_keys(taken), **_keys(added)}
        return union(outputs[child] for child in node.branches)


def _passed(node: Node, taken: Shape) -> Shape:
    """What a step gives that only passes on: all that it took, or some keys of it."""
    keys: Any = getattr(node.data, "keys", None)
    if keys is None:
        return taken
    known = taken if isinstance(taken, dict) else {}
    return known.get(keys, ANY) if isinstance(keys, str) else {key: known.get(key, ANY) for key in keys}


def _keys(shape: Shape) -> dict[str, Shape]:
    return shape if isinstance(shape, dict) else {REST: ANY}


def _vague(shape: Shape) -> bool:
    return isinstance(shape, str) and (shape in ("", ANY) or " | " in shape)


def _suits(given: Shape, wanted: Shape) -> bool:
    """Whether what comes says more than what is asked for: a type for Any or a union, known keys for some dict."""
    if isinstance(given, dict) and isinstance(wanted, str) and wanted.startswith("dict"):
        return True
    return _vague(wanted) and not _vague(given)


def _item(shape: Shape) -> Shape:
    if isinstance(shape, str) and shape.startswith("list[") and shape.endswith("]"):
        return shape[5:-1]
    return ANY


def accepts(node: Node) -> Shape:
    """What a node says it takes."""
    if (said := _said(node, "input_type")) is not None:
        return said
    if node.kind == "sequence":
        return accepts(node.children[0])
    if node.kind == "each":
        return f"list[{text(accepts(node.children[0]))}]"
    if node.children and node.kind != "graph":
        return _common([accepts(child) for child in node.children])
    if node.kind == "prompt":
        declared: dict[str, Any] = getattr(node.data, "input_types", None) or {}
        names: list[str] = getattr(node.data, "input_variables", None) or []
        return {name: name_of(declared.get(name, str)) for name in names}
    if node.kind in ("chat_model", "llm"):
        return _MODEL_INPUT
    return _declared(node, "InputType")


def gives(node: Node) -> Shape:
    """What a node says it gives that does not depend on its children."""
    if node.kind == "prompt":
        return "ChatPromptValue" if hasattr(node.data, "messages") else "StringPromptValue"
    if node.kind == "chat_model":
        return "AIMessage"
    if node.kind == "llm":
        return "str"
    made = getattr(node.data, "func", None)
    return name_of(made) if isinstance(made, type) else _declared(node, "OutputType")


def _said(node: Node, attribute: str) -> str | None:
    """What `with_types` says of a node, where it does."""
    for wrapper in node.wrappers:
        type_: Any = cast("dict[str, Any]", vars(wrapper)).get(attribute)
        if type_ is not None:
            return name_of(type_)
    return None


def _common(shapes: list[Shape]) -> Shape:
    """The shape that suits all: of several dicts all their keys, else the first that says anything."""
    dicts = [shape for shape in shapes if isinstance(shape, dict)]
    if dicts:
        return {key: value for shape in dicts for key, value in shape.items()}
    return next((shape for shape in shapes if not _vague(shape)), shapes[0])


def union(shapes: Any) -> Shape:
    """One of several: itself where all are the same."""
    texts: dict[str, Shape] = {text(shape): shape for shape in shapes}
    if len(texts) == 1:
        return next(iter(texts.values()))
    return ANY if ANY in texts or "" in texts or not texts else " | ".join(texts)


def text(shape: Shape) -> str:
    if isinstance(shape, str):
        return shape
    return "{" + ", ".join(key if key == REST else f"{key}: {text(value)}" for key, value in shape.items()) + "}"


def _declared(node: Node, attribute: str) -> str:
    """What the step itself says; nothing where there is no step."""
    if node.data is None:
        return ""
    try:
        return name_of(getattr(node.data, attribute))
    except Exception:  # a property of the user's class
        return ANY


def name_of(type_: Any) -> str:
    """The short text of an annotation: no modules, `Any` for what is not known."""
    try:
        return _known_name(type_)
    except TypeError:  # what cannot be hashed
        return _name_of(type_)


def _name_of(type_: Any) -> str:
    if type_ is None or type_ is type(None):
        return "None"
    if isinstance(type_, str | ForwardRef):
        return type_ if isinstance(type_, str) else type_.__forward_arg__
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return name_of(arguments[0])
    if origin is Union or origin is types.UnionType:
        names = dict.fromkeys(name_of(argument) for argument in arguments)
        others = [name for name in names if not name.endswith(("Message", "MessageChunk"))]
        if len(names) - len(others) > 4:
            names = dict.fromkeys([*others, "Message"])
        return ANY if ANY in names else " | ".join(names)
    if origin is not None:
        return _generic(origin, arguments)
    if isinstance(type_, TypeVar) or type_ is Any:
        return ANY
    return getattr(type_, "__name__", None) or ANY


_known_name = lru_cache(maxsize=1024)(_name_of)


def _generic(origin: Any, arguments: tuple[Any, ...]) -> str:
    name = getattr(origin, "__name__", None) or ANY
    if name in ("Sequence", "Iterable", "Iterator", "AsyncIterator"):
        name = "list"
    if name == "Literal":
        return " | ".join(map(repr, arguments))
    shown = [argument for argument in arguments if not isinstance(argument, list)]
    inner = ["…" if argument is Ellipsis else name_of(argument) for argument in shown]
    if isinstance(origin, type) and issubclass(origin, Mapping) and inner[-1:] == [ANY]:
        return name
    return f"{name}[{', '.join(inner)}]" if inner and inner != [ANY] else name
