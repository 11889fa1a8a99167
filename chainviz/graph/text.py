"""A graph as a tree of text for a terminal, with the types that flow between the steps and the links between states.

RunnableSequence
│ str
├─ parallel
│  ├─ context: Docs · VectorStoreRetriever · k=4
│  └─ question: RunnablePassthrough
│ {context: list[Document], question: str}
├─ ChatPromptTemplate
│ ChatPromptValue
└─ my_llm · LocalChatModel
  AIMessage
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chainviz.errors import shorten
from chainviz.tracing.values import SECRET

if TYPE_CHECKING:
    from chainviz.graph.model import Graph, Link, Node
    from chainviz.graph.types import Flow

_TO_ASCII = str.maketrans({"│": "|", "├": "+", "└": "`", "─": "-", "·": "-", "…": "~", "×": "x", "→": "->", "↩": "<-"})
_WIDTH = 96


def draw_text(graph: Graph, *, ascii_only: bool = False) -> str:
    lines: list[str] = []
    _draw(graph.root, graph.flow, "", "", lines)
    drawing = "\n".join(lines)
    return drawing.translate(_TO_ASCII).encode("ascii", "backslashreplace").decode() if ascii_only else drawing


def _draw(node: Node, flow: Flow, head: str, indent: str, lines: list[str]) -> None:
    lines.append(_fit(head + title(node)))
    if not node.children:
        return
    in_sequence = node.kind == "sequence"
    if in_sequence and (type_ := flow.input(node.children[0].id)):
        lines.append(_fit(f"{indent}│ {visible(type_)}"))
    for place, child in enumerate(node.children):
        last = child is node.children[-1]
        _draw(child, flow, indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  "), lines)
        if in_sequence and (type_ := flow.output(child.id)):
            lines.append(_fit(f"{indent}{' ' if last else '│'} {visible(type_)}"))
        lines += [_fit(f"{indent}{' ' if last else '│'}  {link}") for link in onward(node, place)]


def title(node: Node) -> str:
    """One line that says what a step is: its slot, its name, its class where the name is another, its parameters."""
    if node.is_condition and node.slot:
        return visible(node.slot)
    name = node.kind if node.children and node.name.startswith("Runnable") else node.name
    parts = [visible(name)]
    if not node.children and node.name != node.class_name:
        parts.append(node.class_name)
    parts += [f"{key}={brief(value)}" for key, value in node.params.items()]
    slot = f"{visible(node.slot)}: " if node.slot else ""
    return slot + " · ".join(parts)


def onward(node: Node, place: int) -> list[str]:
    """In a state graph, where it goes on from the child at this place: `→ tools if continue`, `↩ agent` back up."""
    return [
        f"{'→' if link.target > place else '↩'} {visible(node.children[link.target].name)}{_case(link)}"
        for link in node.links
        if link.source == place
    ]


def _case(link: Link) -> str:
    if link.label:
        return f" {'if' if link.conditional else '·'} {visible(link.label)}"
    return " if chosen" if link.conditional else ""


def brief(value: Any) -> str:
    """A parameter's value, short and masked where it is a secret."""
    if hasattr(value, "get_secret_value"):
        return SECRET
    return visible(shorten(value, 48))


def visible(text: str) -> str:
    """The text on one line, with what cannot be seen written as an escape."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


def _fit(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
