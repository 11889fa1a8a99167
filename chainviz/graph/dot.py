"""A graph in Graphviz's language, and the pictures that Graphviz makes of it. Never uses the network."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from chainviz.errors import MissingProgramError, ProgramError
from chainviz.graph.flat import box_label, drawing_order
from chainviz.graph.model import CHOICES, ENDS
from chainviz.graph.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from chainviz.graph.model import Edge, Graph, Node


def quote(text: str) -> str:
    """A string of the language in which nothing is an escape; what cannot be seen is shown as one."""
    lines = [visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")]
    return '"' + "\\n".join(lines) + '"'


def draw_dot(graph: Graph, *, fontname: str | None = None, labels: Mapping[str, str] | None = None) -> str:
    font = quote(fontname or "Helvetica")
    lines = [
        "digraph chain {",
        f"  graph [fontname={font} fontsize=11 style=rounded color=gray60 newrank=true]",
        f'  node [fontname={font} fontsize=11 shape=box style="rounded,filled" fillcolor="#f2f0ff" color="#9d94e0"]',
        f"  edge [fontname={font} fontsize=10 color=gray40]",
    ]
    depth = 1
    for what, node in drawing_order(graph.root, graph.nodes):
        if what == "close":
            depth -= 1
            lines.append("  " * depth + "}")
        elif what == "open":
            lines.append("  " * depth + f"subgraph {quote('cluster ' + node.id)} {{ label={quote(box_label(node))}")
            depth += 1
        else:
            lines.append("  " * depth + _node(node, (labels or {}).get(node.id, node.name)))
    lines += [f"  {_edge(edge)}" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Node, label: str) -> str:
    look = ""
    if node.kind == "schema":
        look = ' shape=plaintext style=""'
    elif node.kind in CHOICES:
        look = " shape=hexagon style=filled"
    elif node.kind in ENDS:
        look = " shape=oval style=filled"
    return f"{quote(node.id or 'chain')} [label={quote(label)}{look}]"


def _edge(edge: Edge) -> str:
    look = ["style=dashed"] if edge.conditional else []
    if edge.data:
        look.append(f"label={quote(edge.data)}")
    attributes = f" [{' '.join(look)}]" if look else ""
    return f"{quote(edge.source or 'chain')} -> {quote(edge.target or 'chain')}{attributes}"


def render(graph: Graph, format: str, *, fontname: str | None = None, labels: Mapping[str, str] | None = None) -> bytes:
    """What `dot` makes of a graph: `format` is "svg", "png" or another that it knows.

    Raises MissingProgramError where `dot` is not installed, ProgramError with its message where it fails.
    """
    import graphviz

    try:
        return graphviz.Source(draw_dot(graph, fontname=fontname, labels=labels)).pipe(format)
    except graphviz.ExecutableNotFound:
        raise MissingProgramError(
            f"drawing a {format.upper()} needs Graphviz's program 'dot', which is not on the PATH; install it with "
            "'apt install graphviz', 'brew install graphviz' or 'conda install -c conda-forge graphviz'"
        ) from None
    except subprocess.CalledProcessError as error:
        message = (error.stderr or b"").decode(errors="replace").strip()
        raise ProgramError(f"Graphviz's 'dot' failed on this graph: {message or error}") from error


def write(data: bytes, path: str | PathLike[str] | None) -> bytes | None:
    """The data, or None where it was written to a file."""
    if path is None:
        return data
    Path(path).write_bytes(data)
    return None
