"""Each drawing of a graph: what it shows, and that no label can break out of it."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr

import chainviz
from chainviz import (
    AIMessage,
    ChatPromptTemplate,
    HashingEmbeddings,
    InMemoryVectorStore,
    LocalChatModel,
    MessagesPlaceholder,
    PromptTemplate,
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StrOutputParser,
)
from chainviz.errors import MissingProgramError
from chainviz.graph.html import draw_html
from chainviz.graph.svg import draw_svg
from chainviz.graph.text import brief

NAMES = {name: getattr(chainviz, name) for name in chainviz.__all__}
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


def test_the_picture_calls_a_lambda_by_its_source_and_leaves_out_types_that_say_nothing() -> None:
    html = (RunnableLambda(lambda x: x * 2) | find).get_graph().draw_html()
    assert "<b>lambda x: x * 2</b>" in html
    assert ">↓ </div>" in html and "Any" not in html


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
    | ChatPromptTemplate.from_template("Answer {context} and {question}")
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
    made = eval(source, {**NAMES, "find": find, "is_long": is_long})
    shape = [(node.id, node.kind, node.run_name) for node in chain.get_graph().root.walk()]
    assert [(node.id, node.kind, node.run_name) for node in made.get_graph().root.walk()] == shape


def test_what_cannot_be_written_is_named_and_told() -> None:
    store = InMemoryVectorStore.from_texts(["harrison worked at kensho"], embedding=HashingEmbeddings())
    retriever = store.as_retriever()
    question = "where did harrison work?"
    chain: Any = (
        {"context": retriever.with_config(run_name="Docs"), "question": RunnablePassthrough()}
        | ChatPromptTemplate.from_template("Answer by:\n{context}\n\nQuestion: {question}\n")
        | LocalChatModel().bind(stop=["\n\n"]).with_config(run_name="my_llm", tags=["local"])
        | StrOutputParser()
    )
    source = chain.get_graph().draw_python()
    assert source.startswith("# store: your own InMemoryVectorStore\n(")
    assert '"context": store.as_retriever().with_config(run_name="Docs"),' in source
    assert 'from_template("""Answer by:\n{context}\n\nQuestion: {question}\n""")' in source
    assert '| LocalChatModel().bind(stop=["\\n\\n"]).with_config(' in source
    made = eval(source, {**NAMES, "store": store})
    assert made.invoke(question) == chain.invoke(question)


@pytest.mark.parametrize(
    "value",
    ["x" * 10_001, [1] * 5_000, [[["y" * 90] * 9] * 9] * 9, 10**5_000, float("nan")],
    ids=["text", "list", "nested lists", "number", "not a number"],
)
def test_what_is_too_much_to_read_is_named(value: Any) -> None:
    deep: Any = value
    for _ in range(1_000):
        deep = [deep]
    step = StrOutputParser().with_config(tags=["a"], metadata={"value": value})
    said = '# metadata: your own dict\nStrOutputParser().with_config(tags=["a"], metadata=metadata)'
    assert step.get_graph().draw_python() == said
    source = step.bind(deep=deep, stop="b").get_graph().draw_python()
    assert source.startswith("# deep: your own list\n") and 'StrOutputParser().bind(deep=deep, stop="b")' in source
    prompt = ChatPromptTemplate.from_template("x" * 10_001)
    assert prompt.get_graph().draw_python() == "# prompt: your own ChatPromptTemplate\nprompt"


@pytest.mark.parametrize(
    "made",
    [
        ChatPromptTemplate.from_messages(
            [("system", "You are {who}"), MessagesPlaceholder("past", n_messages=2), ("human", 'say "{what}"')]
        ).partial(who="kind"),
        ChatPromptTemplate.from_messages([("placeholder", "{past}"), AIMessage("{literal}"), ("ai", "so\n{it} is")]),
        ChatPromptTemplate.from_messages([("human", "{{name}}")], template_format="mustache"),
        PromptTemplate.from_template("a\\b {b} it's"),
    ],
)
def test_a_prompt_is_written_out(made: Any) -> None:
    assert eval(made.get_graph().draw_python(), dict(NAMES)) == made


def test_a_prompt_with_more_than_a_call_can_say_is_named() -> None:
    parts = ChatPromptTemplate.from_messages([("human", [{"type": "text", "text": "{a}"}])])
    assert parts.get_graph().draw_python() == "# prompt: your own ChatPromptTemplate\nprompt"


def test_lambdas_of_one_line_are_told_apart() -> None:
    branch = RunnableBranch((lambda x: "bill" in x, lambda x: "billing"), (lambda x: len(x) > 9, find), lambda x: x)
    source = branch.get_graph().draw_python()
    assert '(lambda x: "bill" in x, lambda x: "billing")' in source
    made = eval(source, {**NAMES, "find": find})
    assert [made.invoke(text) for text in ("bill", "0123456789", "x")] == ["billing", "0123456789", "x"]
    slots = [node.slot for node in branch.get_graph().root.children]
    assert slots == ['if "bill" in x', '"bill" in x', "if len(x) > 9", "len(x) > 9", "default"]


def test_secrets_are_masked() -> None:
    assert brief(SecretStr("hush")) == "**********"


def test_a_parallel_within_a_condition_is_not_in_the_flat_drawings() -> None:
    condition = RunnableParallel(a=find, b=find) | bool
    graph = RunnableBranch((condition, find), find).get_graph()
    assert "a" not in graph.draw_mermaid().split()
    graph.draw_dot()


def test_the_svg_shows_each_step_and_no_label_breaks_out_of_it() -> None:
    chain: Any = hostile | RunnableBranch((lambda q: len(q) > 9, find), find).with_retry()
    picture = draw_svg(chain.get_graph())
    texts = [text.text for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"RunnableSequence", "if len(q) > 9", "default"} <= set(texts)
    assert texts.count("find") >= 2
    assert "<script" not in picture and "\u202e" not in picture
