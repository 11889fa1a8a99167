"""A static graph as its wire message, with the schemas and the texts to copy."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING, Any, cast, get_args

from chainviz.graph.model import ENDS
from chainviz.graph.svg import draw_svg
from chainviz.runnables.source import lambda_of
from chainviz.tracing.values import visible
from chainviz.wire.encode import encode, named, placed
from chainviz.wire.messages import GraphNode

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Link, Node

_PARAMETER = 500
_SOURCE = 4000
_EXPORT = 250_000
"""Characters of a text to copy; one that is longer, as an endless name makes it, is left out."""
_SCHEMA = 100_000
"""Characters of a schema as it is; in one that is longer, long texts are cut."""


def encode_graph(graph: Graph) -> dict[str, Any]:
    """A `wire.messages.Graph` as a dict. What a step fails to say of itself is left out; nothing is raised."""
    schemas = _Schemas()
    return {
        "root": _node(graph.root, graph, lambda node: _details(node, schemas)),
        "schemas": schemas.all,
        "exports": {
            name: visible(text)
            for name, draw in _drawings(graph).items()
            if (text := _said(draw)) is not None and len(text) <= _EXPORT
        },
    }


def encode_brief(graph: Graph) -> dict[str, Any]:
    """`encode_graph` without what takes long: what the graph looks like, and no more."""
    return {"root": _node(graph.root, graph, lambda _: {}), "schemas": [], "exports": {}}


def _drawings(graph: Graph) -> dict[str, Callable[[], str]]:
    """The texts to copy, by the names of their languages."""
    return {
        "python": graph.draw_python,
        "mermaid": graph.draw_mermaid,
        "dot": graph.draw_dot,
        "svg": lambda: draw_svg(graph),
    }


def _node(node: Node, graph: Graph, details: Callable[[Node], dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": placed(node.id),
        "kind": node.kind if node.kind in _kinds() else "chain",
        "name": named(node.name),
        "class_name": "" if node.kind in ENDS else named(node.class_name),
        "slot": None if node.slot is None else named(node.slot),
        "params": {named(key): encode(value, _PARAMETER) for key, value in _params(node).items()},
        "input_type": named(graph.flow.input(node.id)),
        "output_type": named(graph.flow.output(node.id)),
        "children": [_node(child, graph, details) for child in node.children],
        **({"links": [_link(link) for link in node.links]} if node.links else {}),
        **details(node),
    }


def _link(link: Link) -> dict[str, Any]:
    return {**link._asdict(), "label": None if link.label is None else named(link.label)}


def _details(node: Node, schemas: _Schemas) -> dict[str, Any]:
    """What the page shows of a node when it is asked to."""
    step = node.data
    encoded: dict[str, Any] = {
        "input_schema": schemas.add(step, "get_input_jsonschema"),
        "output_schema": schemas.add(step, "get_output_jsonschema"),
    }
    function = _function(step)
    if (doc := _doc(step, function)) is not None:
        encoded["doc"] = doc
    source = lambda_of(step) or (None if function is None else _said(lambda: inspect.getsource(function)))
    if source is not None:
        encoded["source"] = visible(textwrap.dedent(source))[:_SOURCE]
    return encoded


def shape_of(graph: Graph) -> Hashable:
    """What graphs have in common that look alike: cheap to tell, where to encode one takes long."""
    return tuple(
        (
            node.id,
            node.kind,
            node.name,
            node.slot,
            cast("type[Any]", type(node.data)),
            graph.flow.input(node.id),
            graph.flow.output(node.id),
            node.links,
            getattr(_function(node.data), "__code__", None),
            json.dumps(encode(_params(node), _PARAMETER)),
        )
        for node in graph.root.walk()
    )


@cache
def _kinds() -> frozenset[str]:
    return frozenset(get_args(GraphNode.model_fields["kind"].annotation))


def _params(node: Node) -> dict[str, Any]:
    return _said(lambda: node.params) or {}


_LONE = re.compile("[\ud800-\udfff]")


def _escaped(surrogate: re.Match[str]) -> str:
    """A lone surrogate inside of JSON as the text of its escape, not as an escape."""
    return f"\\\\u{ord(surrogate[0]):04x}"


class _Schemas:
    """The JSON Schemas of a graph, each kept once."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, step: Any, method: str) -> int | None:
        schema = _said(getattr(step, method, None))
        if not isinstance(schema, dict):
            return None
        text = self._text(schema)
        if text is not None and len(text) > _SCHEMA:
            text = self._text(_shortened(schema))
        if text is None:
            return None
        if text not in self._places:
            self._places[text] = len(self.all)
            self.all.append(json.loads(text))
        return self._places[text]

    def _text(self, schema: Any) -> str | None:
        return _said(lambda: _LONE.sub(_escaped, json.dumps(schema, allow_nan=False, ensure_ascii=False)))


def _shortened(schema: Any) -> Any:
    if isinstance(schema, str):
        return named(schema)
    if isinstance(schema, dict):
        return {named(str(key)): _shortened(value) for key, value in cast("dict[Any, Any]", schema).items()}
    return [_shortened(value) for value in cast("list[Any]", schema)] if isinstance(schema, list) else schema


def _function(step: Any) -> Callable[..., Any] | None:
    """The user's function in a step, where it has one."""
    for attribute in ("func", "afunc"):
        function = getattr(step, attribute, None)
        if inspect.isfunction(function) or inspect.ismethod(function):
            return function
    return None


def _doc(step: Any, function: Callable[..., Any] | None) -> str | None:
    if step is None:
        return None
    description = getattr(step, "description", None)
    text = description if isinstance(description, str) else inspect.getdoc(function or cast("type[Any]", type(step)))
    return visible(inspect.cleandoc(text))[:_SOURCE] or None if text else None


def _said(ask: Callable[[], Any] | None) -> Any:
    """What a step answers, or None where its own code fails."""
    try:
        return None if ask is None else ask()
    except Exception:
        return None
