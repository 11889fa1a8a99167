"""Code: what the printer writes, and that the parser reads just that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chainviz import (
    ChatPromptTemplate,
    HashingEmbeddings,
    InMemoryVectorStore,
    LocalChatModel,
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    StrOutputParser,
)
from chainviz.builder.catalog import Catalog
from chainviz.builder.code import code_of
from chainviz.builder.editor import Editor
from chainviz.builder.parse import parsed
from chainviz.builder.tree import same
from chainviz.errors import InvalidInputError

from .trees import Trees

TREES = 10_000


def test_random_trees_print_and_parse_back() -> None:
    catalog, trees = Catalog(), Trees()
    for seed in range(TREES):
        tree = trees.tree(seed)
        code = code_of(tree, catalog)
        assert same(parsed(code, catalog, trees.ids), tree), f"seed {seed}:\n{code}"


def find(x: Any) -> Any:
    return x


def is_long(x: str) -> bool:
    return len(x) > 9


store = InMemoryVectorStore.from_texts(["harrison worked at kensho"], embedding=HashingEmbeddings())
prompt = ChatPromptTemplate.from_template("Answer {question} by {context}")
model = LocalChatModel()


def editor_of(chain: Any, **namespace: Any) -> Editor:
    editor = Editor(lambda: namespace)
    editor.chain = chain
    return editor


def test_it_reads_as_a_person_would_write_it() -> None:
    chain = {"context": store.as_retriever(), "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
    assert (
        editor_of(chain, store=store, prompt=prompt, model=model).code
        == """\
from chainviz import ChatPromptTemplate, LocalChatModel, RunnablePassthrough, StrOutputParser

prompt = ChatPromptTemplate.from_template("Answer {question} by {context}")
model = LocalChatModel()
chain = (
    {"context": store.as_retriever(), "question": RunnablePassthrough()}
    | prompt
    | model
    | StrOutputParser()
)
"""
    )


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        (StrOutputParser() | find, "StrOutputParser() | find"),
        (RunnableLambda(find) | find, "RunnableLambda(find) | find"),
        (RunnableParallel(a=find) | find, 'RunnableParallel({"a": find}) | find'),
        (RunnableParallel(a=find) | StrOutputParser(), '{"a": find} | StrOutputParser()'),
        (RunnableLambda(find).map(), "RunnableLambda(find).map()"),
        ((model | find).with_retry(stop_after_attempt=2), "(LocalChatModel() | find).with_retry(stop_after_attempt=2)"),
        (RunnablePassthrough.assign(a=find), "RunnablePassthrough.assign(a=find)"),
        (RunnableBranch((is_long, find), find), "RunnableBranch((is_long, find), find)"),
        (model.with_fallbacks([find]), "LocalChatModel().with_fallbacks([find])"),
        (model.bind(stop=["x"]), 'LocalChatModel().bind(stop=["x"])'),
        (RunnableLambda(lambda x: x["a"]) | find, 'RunnableLambda(lambda x: x["a"]) | find'),
    ],
)
def test_each_way_of_composing_is_written_in_the_shortest_way(chain: Any, code: str) -> None:
    assert editor_of(chain).code.endswith(f"chain = {code}\n")


def test_what_cannot_be_printed_is_named_and_stays_the_same_object() -> None:
    class Odd:
        def __call__(self, x: Any) -> str:
            return "odd"

    def outer(word: str) -> Callable[[Any], str]:
        return lambda x: word

    odd, one, two = Odd(), outer("one"), outer("two")
    editor = editor_of(RunnableParallel(a=odd, b=one, c=two))
    assert "# function: your own Odd\n" in editor.code and "# function_2: your own function\n" in editor.code
    editor.code = editor.code
    assert editor.chain.invoke(0) == {"a": "odd", "b": "one", "c": "two"}


def test_code_of_another_kernel_names_what_is_not_here() -> None:
    editor = Editor()
    editor.code = "chain = retriever | (lambda x: x) | Thing(k=3, made=of) | StrOutputParser()"
    assert [node.component for node in editor.root.children][:3] == ["retriever", "lambda x: x", "Thing"]
    assert "# retriever: not known here\n# Thing: not known here\n" in editor.code
    with pytest.raises(InvalidInputError):
        editor.set(editor.root.children[0].id, params={})


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("__import__('os').system('x')", "line 1: expected a call that a chain is made of"),
        ("a = 1\nStrOutputParser()", "line 1: expected a step, got '1'"),
        ("for x in y:\n    pass", "line 1: expected an assignment or a chain"),
        ("import os\nos.system('x') | StrOutputParser()", None),
        ("StrOutputParser() + StrOutputParser()", "line 1: expected a step"),
        ("StrOutputParser().invoke('x')", "line 1: expected a call that a chain is made of"),
        ("LocalChatModel(model=open('x').read())", "line 1: expected a value or a name, got"),
        ("named(x=1) | StrOutputParser()", "line 1: expected named itself, or RunnableLambda(named).bind(…)"),
        ("LocalChatModel(**kwargs)", "expected a dict of arguments"),
        ('{"a": f"{x}"}', "expected a step"),
        ("{**x}", "expected a text as a key"),
        ("{}", "at least one step"),
        ("[x for x in y]", "expected a step"),
        ("RunnableBranch(f, g)", "expected a (condition, step) pair"),
        ("(", "line 1"),
        ("", "expected a chain, got nothing"),
        ("x" + ".map()" * 80, "expected at most 64 steps"),
        ("(" * 5_000 + "x" + ")" * 5_000, "code"),
        ("-" * 5_000 + "x", "code"),
    ],
)
def test_code_with_more_in_it_than_a_chain_is_refused(code: str, said: str | None) -> None:
    editor = editor_of(StrOutputParser(), named=RunnableLambda(find))
    before = editor.root
    if said is None:
        editor.code = code
        assert editor.root.children[0].component == "system"  # a name like any other, which is not called
        return
    with pytest.raises(InvalidInputError) as refused:
        editor.code = code
    assert said in str(refused.value) and editor.root is before


def test_other_ways_to_write_the_same_are_understood() -> None:
    editor = Editor()
    editor.code = """
import chainviz
from chainviz import StrOutputParser as Parser, RunnableSequence

\"\"\"A chain.\"\"\"
step = chainviz.RunnableMap(a=find, b=lambda x: x).pick("a")
RunnableSequence(step, Parser(), name="mine").assign(c=find).with_config({"tags": ["t"]})
"""
    assert editor.code.endswith(
        """\
step = {"a": find, "b": lambda x: x} | RunnablePick("a")
chain = (
    (step | StrOutputParser()).with_config(run_name="mine")
    | RunnablePassthrough.assign(c=find)
).with_config(tags=["t"])
"""
    )
