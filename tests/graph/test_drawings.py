"""Each drawing of a graph: what it shows, and that no label can break out of it."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import chainviz
from chainviz import ChatPromptTemplate, RunnableBranch, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.errors import MissingProgramError
from chainviz.graph.html import draw_html
from chainviz.graph.text import brief

HOSTILE = 'a"]; b --> c\n<script>alert(1)</script> `x` \\N {} | # %% "end\u202e\x00'


def find(q: str) -> str:
    return q


def is_long(q: str) -> bool:
    return len(q) > 9


prompt = ChatPromptTemplate.from_template("Answer {context} and {question}")
retrieval = {"context": RunnableLambda(find).with_config(run_name="Docs"), "question": RunnablePassthrough()} | prompt
hostile = RunnableLambda(find).with_config(run_name=HOSTILE) | RunnableParallel({HOSTILE: find})


def test_the_text_drawing() -> None:
    assert (
        (retrieval | RunnableLambda(find)).get_graph().draw_text()
        == """\
sequence
│ str
├─ parallel
│  ├─ context: Docs · RunnableLambda
│  └─ question: RunnablePassthrough
│ {context: str, question: str}
├─ ChatPromptTemplate · human='Answer {context} and {question}'
│ ChatPromptValue
└─ find · RunnableLambda
  str"""
    )


def test_the_ascii_drawing_has_no_other_characters() -> None:
    assert (retrieval | RunnableLambda(find).with_config(run_name="é…")).get_graph().draw_ascii().isascii()


def test_mermaid() -> None:
    text = retrieval.get_graph().draw_mermaid(with_styles=False)
    assert (
        text
        == """\
graph TD;
\tParallel_context_question_Input --> Docs;
\tParallel_context_question_Input --> RunnablePassthrough;
\tDocs --> Parallel_context_question_Output;
\tRunnablePassthrough --> Parallel_context_question_Output;
\tParallel_context_question_Output --> ChatPromptTemplate;
\tChatPromptTemplate --> ChatPromptTemplateOutput;
"""
    )
    styled = retrieval.get_graph().draw_mermaid(node_colors={"last": "fill:red"})
    assert "classDef last fill:red" in styled
    assert ":::first" in styled


def test_mermaid_boxes_what_runs_several_times() -> None:
    text = RunnableLambda(find).with_retry().get_graph().draw_mermaid()
    assert re.search(r'subgraph \w+ \["retry"\]\n\t\tfind\(find\)\n\tend', text)


@pytest.mark.parametrize("steps", [2, 60])
def test_mermaid_ids_are_unique(steps: int) -> None:
    chain: Any = RunnableLambda(find).with_config(run_name="end")
    for _ in range(steps):
        chain = chain | RunnableLambda(find).with_config(run_name="end")
    text = chain.get_graph().draw_mermaid()
    ids = re.findall(r"^\t(\w+)\(end\)$", text, re.MULTILINE)
    assert len(set(ids)) == steps + 1
    assert "end" not in ids


def test_no_label_breaks_out_of_mermaid() -> None:
    for line in hostile.get_graph().draw_mermaid(with_styles=True).splitlines():
        assert "script>" not in line
        assert line.count('"') in (0, 2, 4)


def test_no_label_breaks_out_of_html() -> None:
    html = draw_html(hostile.get_graph())
    assert "<script" not in html
    assert "\u202e" not in html and "\\u202e" in html


def test_the_static_picture_needs_nothing() -> None:
    html = retrieval.get_graph().draw_html()
    assert not re.search(r"<(script|style|link|img|iframe)|url\(|https?:", html)


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("chain", [retrieval, hostile, RunnableBranch((is_long, find), find).with_retry()])
def test_dot_reads_what_we_write(chain: Any, tmp_path: Path) -> None:
    svg = chain.get_graph().draw_svg()
    assert svg is not None and "</svg>" in svg and "<script" not in svg
    png = chain.get_graph().draw_png()
    assert png is not None and png.startswith(b"\x89PNG")
    assert chain.get_graph().draw_png(str(tmp_path / "graph.png")) is None
    assert (tmp_path / "graph.png").read_bytes() == png


def test_without_dot_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingProgramError, match="apt install graphviz"):
        retrieval.get_graph().draw_svg()


def test_the_python_source_of_a_chain() -> None:
    source = (retrieval | RunnableLambda(find).with_retry() | RunnableLambda(lambda x: x)).get_graph().draw_python()
    assert (
        source
        == """\
(
    {
        "context": RunnableLambda(find).with_config(run_name="Docs"),
        "question": RunnablePassthrough(),
    }
    | prompt
    | RunnableLambda(find).with_retry()
    | RunnableLambda(lambda x: x)
)"""
    )


@pytest.mark.parametrize(
    "chain",
    [
        retrieval,
        hostile,
        RunnableLambda(find),
        RunnableParallel(a=find) | RunnableParallel(b=find),
        RunnableParallel(a=RunnableLambda(find) | find, b=retrieval).map(),
        RunnableBranch((is_long, retrieval), (is_long, find), find),
        (RunnableLambda(find) | find).with_fallbacks([RunnableParallel(a=find), prompt]),
        (RunnableLambda(find) | find).with_config(run_name='it\'s "so"'),
        RunnablePassthrough.assign(a=find) | find,
    ],
)
def test_the_source_makes_the_same_chain(chain: Any) -> None:
    source = chain.get_graph().draw_python()
    ast.parse(source)
    names = {name: getattr(chainviz, name) for name in chainviz.__all__ if name.startswith("Runnable")}
    made = eval(source, {**names, "find": find, "is_long": is_long, "prompt": prompt})
    shape = [(node.id, node.kind, node.run_name) for node in chain.get_graph().root.walk()]
    assert [(node.id, node.kind, node.run_name) for node in made.get_graph().root.walk()] == shape


def test_secrets_are_masked() -> None:
    assert brief(SecretStr("hush")) == "**********"


def test_a_parallel_within_a_condition_is_not_in_the_flat_drawings() -> None:
    condition = RunnableParallel(a=find, b=find) | bool
    graph = RunnableBranch((condition, find), find).get_graph()
    assert "a" not in graph.draw_mermaid().split()
    graph.draw_dot()
