"""The flat view of a graph: the nodes that data flows through and the edges between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from chainviz.graph.model import CHOICES, FORKS, Edge, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

BOXED = frozenset({"each", "retry"})
_NOWHERE = "nowhere"


def flatten(root: Node) -> tuple[dict[str, Node], list[Edge]]:
    """The nodes by id and the edges of a tree, between the schemas of its input and its output.

    A state graph has its start and its end as nodes; a chain that begins or ends with one needs no schema there.
    """
    flat = _Flat()
    exits = flat.pass_through(root, [flat.end(root, "input")])
    if len(exits) != 1 or flat.nodes[exits[0]].kind not in ("schema", "end"):
        flat.join(exits, flat.end(root, "output"))
    return flat.nodes, flat.edges


class _Flat:
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.has_forked = False

    def add(self, node: Node) -> str:
        self.nodes[node.id] = node
        return node.id

    def end(self, node: Node, which: str) -> str:
        """The schema at one end of a step, as a node."""
        id = f"{node.id}/{which}" if node.id else which
        return self.add(Node(id, schema_name(node, which), node.data, kind="schema", slot=which))

    def join(self, sources: list[str], target: str, label: str | None = None, conditional: bool = False) -> None:
        self.edges.extend(Edge(source, target, label, conditional) for source in sources)

    def pass_through(
        self, node: Node, sources: list[str], label: str | None = None, conditional: bool = False
    ) -> list[str]:
        """Lead edges from `sources` through a node; the ids at which the data leaves it."""
        if node.kind in FORKS and node.children:
            return self.fork(node, sources, label, conditional)
        if node.kind in CHOICES:
            return self.choose(node, sources, label, conditional)
        if node.kind == "graph" and node.links:
            return self.follow(node, sources, label, conditional)
        if node.children:
            for child in node.children:
                sources = self.pass_through(child, sources, label, conditional)
                label, conditional = None, False
            return sources
        self.join(sources, self.add(node), label, conditional)
        return [node.id]

    def fork(self, node: Node, sources: list[str], label: str | None, conditional: bool) -> list[str]:
        if sources == ["input"] and not self.has_forked:
            entry = "input"  # the chain begins with this fork: the schema of the one is that of the other
        else:
            entry = self.end(node, "input")
            self.join(sources, entry, label, conditional)
        self.has_forked = True
        exits = [exit for child in node.branches for exit in self.pass_through(child, [entry])]
        if node.kind == "assign":
            exits.append(entry)
        output = self.end(node, "output")
        self.join(exits, output)
        return [output]

    def choose(self, node: Node, sources: list[str], label: str | None, conditional: bool) -> list[str]:
        self.join(sources, self.add(node), label, conditional)
        return [exit for child in node.branches for exit in self.pass_through(child, [node.id], child.slot, True)]

    def follow(self, node: Node, sources: list[str], label: str | None, conditional: bool) -> list[str]:
        starts = [child.id for child in node.children if child.kind == "start"]
        if starts and sources == ["input"] and not self.has_forked:
            del self.nodes["input"]  # the chain begins with this graph: its start is that of the chain
            sources = []
        passages = [self.apart(child) for child in node.children]
        for start in starts:
            self.join(sources, start, label, conditional)
        for link in node.links:
            (_, exits), (entries, _) = passages[link.source], passages[link.target]
            for entry in entries:
                self.join(exits, entry, link.label, link.conditional)
        return [child.id for child in node.children if child.kind == "end"]

    def apart(self, node: Node) -> tuple[list[str], list[str]]:
        """Add a node to which no edge leads yet; the ids at which the data enters it and leaves it."""
        known = len(self.edges)
        exits = self.pass_through(node, [_NOWHERE])
        added = self.edges[known:]
        self.edges[known:] = [edge for edge in added if edge.source != _NOWHERE]
        return [edge.target for edge in added if edge.source == _NOWHERE], exits


def drawing_order(root: Node, nodes: dict[str, Node]) -> Iterator[tuple[Literal["open", "node", "close"], Node]]:
    """The flat nodes in the order of the tree, with the boxes to draw around those that run again or for each item,
    around a graph in a chain and around a state of several steps; then those that the tree has not."""
    drawn: set[str] = set()
    for what, node in _of_tree(root, nodes):
        drawn.add(node.id)
        yield what, node
    for id, node in nodes.items():
        if id not in drawn:
            yield "node", node


def _of_tree(root: Node, nodes: dict[str, Node]) -> Iterator[tuple[Literal["open", "node", "close"], Node]]:
    ends = [nodes[id] for id in ("input", "output") if id in nodes]
    if ends and ends[0].slot == "input":
        yield "node", ends[0]
    yield from _inside(root, nodes)
    if ends and ends[-1].slot == "output":
        yield "node", ends[-1]


def box_label(node: Node) -> str:
    return node.kind if node.kind in BOXED else node.name


def _inside(
    node: Node, nodes: dict[str, Node], is_state: bool = False
) -> Iterator[tuple[Literal["open", "node", "close"], Node]]:
    boxed = bool(node.children) and (node.kind in BOXED or is_state or (node.kind == "graph" and bool(node.id)))
    if boxed:
        yield "open", node
    if node.id in nodes:
        yield "node", nodes[node.id]
    is_fork = node.kind in FORKS and bool(node.id)
    if is_fork and (entry := nodes.get(f"{node.id}/input")):
        yield "node", entry
    for child in node.branches:
        yield from _inside(child, nodes, node.kind == "graph")
    if is_fork and (exit := nodes.get(f"{node.id}/output")):
        yield "node", exit
    if boxed:
        yield "close", node


def schema_name(node: Node, which: str) -> str:
    """What the schema at one end of a step is called."""
    while node.children and node.kind in ("sequence", "retry"):
        node = node.children[0 if which == "input" else -1]
    declared = _declared(node.data, "InputType" if which == "input" else "OutputType")
    if isinstance(declared, type) and hasattr(declared, "model_fields"):
        return declared.__name__
    if node.kind == "prompt" and which == "input":
        return "PromptInput"
    name = node.name.removeprefix("Runnable")
    return f"{name}{which.title()}" if name[:1].isupper() else f"{name}_{which}"


def _declared(step: Any, attribute: str) -> Any:
    try:
        return getattr(step, attribute)
    except Exception:  # a property of the user's class
        return None


def to_json(nodes: dict[str, Node], edges: list[Edge], *, with_schemas: bool) -> dict[str, list[dict[str, Any]]]:
    """The flat view as JSON."""
    return {
        "nodes": [{"id": node.id, **_data_json(node, with_schemas)} for node in nodes.values()],
        "edges": [_edge_json(edge) for edge in edges],
    }


def _data_json(node: Node, with_schemas: bool) -> dict[str, Any]:
    if node.data is None:
        return {"type": node.kind, "data": node.name} if node.kind else {}
    if isinstance(node.data, type):
        return {"type": "schema", "data": cast("Any", node.data).model_json_schema() if with_schemas else node.name}
    if node.kind == "schema":
        if not with_schemas:
            return {"type": "schema", "data": node.name}
        schema = node.data.get_input_jsonschema if node.slot == "input" else node.data.get_output_jsonschema
        return {"type": "schema", "data": cast("dict[str, Any]", schema())}
    cls = cast("type[Any]", type(node.data))
    return {"type": "runnable", "data": {"id": [*cls.__module__.split("."), cls.__name__], "name": node.name}}


def _edge_json(edge: Edge) -> dict[str, Any]:
    json: dict[str, Any] = {"source": edge.source, "target": edge.target}
    if edge.data is not None:
        json["data"] = edge.data
    if edge.conditional:
        json["conditional"] = True
    return json
