"""A static graph as its wire message, with the schemas and the texts to copy."""

from __future__ import annotations

import inspect
import json
import textwrap
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast, get_args

from chainviz.tracing.values import visible
from chainviz.wire.encode import encode
from chainviz.wire.messages import GraphNode

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Node

_PARAMETER = 500
_SOURCE = 4000


def encode_graph(graph: Graph) -> dict[str, Any]:
    """A `wire.messages.Graph` as a dict. What a step fails to say of itself is left out; nothing is raised."""
    schemas = _Schemas()
    return {
        "root": _node(graph.root, graph, schemas),
        "schemas": schemas.all,
        "exports": {
            name: visible(text)
            for name, draw in (("python", graph.draw_python), ("mermaid", graph.draw_mermaid), ("dot", graph.draw_dot))
            if (text := _said(draw)) is not None
        },
    }


def _node(node: Node, graph: Graph, schemas: _Schemas) -> dict[str, Any]:
    step = node.data
    encoded: dict[str, Any] = {
        "id": visible(node.id),
        "kind": node.kind if node.kind in _kinds() else "chain",
        "name": visible(node.name),
        "class_name": node.class_name,
        "slot": None if node.slot is None else visible(node.slot),
        "params": {visible(key): encode(value, _PARAMETER) for key, value in _params(node).items()},
        "input_type": visible(graph.flow.input(node.id)),
        "output_type": visible(graph.flow.output(node.id)),
        "input_schema": schemas.add(step, "get_input_jsonschema"),
        "output_schema": schemas.add(step, "get_output_jsonschema"),
        "children": [_node(child, graph, schemas) for child in node.children],
    }
    function = _function(step)
    if (doc := _doc(step, function)) is not None:
        encoded["doc"] = doc
    if function is not None and (source := _said(lambda: inspect.getsource(function))) is not None:
        encoded["source"] = visible(textwrap.dedent(source))[:_SOURCE]
    return encoded


@cache
def _kinds() -> frozenset[str]:
    return frozenset(get_args(GraphNode.model_fields["kind"].annotation))


def _params(node: Node) -> dict[str, Any]:
    return _said(lambda: node.params) or {}


class _Schemas:
    """The JSON Schemas of a graph, each kept once."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, step: Any, method: str) -> int | None:
        schema = _said(getattr(step, method, None))
        if not isinstance(schema, dict):
            return None
        text = _said(lambda: visible(json.dumps(schema, allow_nan=False)))
        if text is None:
            return None
        if text not in self._places:
            self._places[text] = len(self.all)
            self.all.append(json.loads(text))
        return self._places[text]


def _function(step: Any) -> Callable[..., Any] | None:
    """The user's function in a step, where it has one."""
    for attribute in ("func", "afunc"):
        function = getattr(step, attribute, None)
        if inspect.isfunction(function) or inspect.ismethod(function):
            return function
    return None


def _doc(step: Any, function: Callable[..., Any] | None) -> str | None:
    description = getattr(step, "description", None)
    text = description if isinstance(description, str) else inspect.getdoc(function or cast("type[Any]", type(step)))
    return visible(inspect.cleandoc(text))[:_SOURCE] or None if text else None


def _said(ask: Callable[[], Any] | None) -> Any:
    """What a step answers, or None where its own code fails."""
    try:
        return None if ask is None else ask()
    except Exception:
        return None
