"""Types on the edges: what fits, what is said and mended where it does not, and the palette that is sorted by it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from chainviz import Document, HashingEmbeddings, InMemoryVectorStore, RunnableLambda, register
from chainviz.builder import catalog as catalogs
from chainviz.builder.editor import Editor
from chainviz.builder.fit import fits
from chainviz.builder.ops import Place
from chainviz.builder.problems import Problem
from chainviz.errors import InvalidConfigError, InvalidInputError, NotAStepError


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        ("str", "str", True),
        ("str", "int", False),
        ("bool", "float", True),
        ("Any", "int", True),
        ("str", "int | str", True),
        ("list[str]", "list[int]", False),
        ("list", "list[int]", True),
        ("list[str]", "str", False),
        ("AIMessage", "str | Message", True),
        ("AIMessage", "PromptValue | str | list[Message]", False),
        ("ChatPromptValue", "PromptValue | str", True),
        ({"a": "str"}, "dict", True),
        ({"a": "str"}, "str", False),
        ({"a": "str", "b": "int"}, {"a": "str"}, True),
        ({"b": "int"}, {"a": "str"}, False),
        ({"…": "Any"}, {"a": "str"}, True),
        ("str", {"a": "Any"}, True),
        ("str", {"a": "Any", "b": "Any"}, False),
        ("dict[str, int]", {"a": "str"}, True),
        ("Callable[[str | int], str]", "Callable[[str], str]", True),
    ],
)
def test_what_fits(given: Any, wanted: Any, expected: bool) -> None:
    assert fits(given, wanted) is expected


class Base(BaseModel):
    pass


class Derived(Base):
    pass


def derived(x: str) -> Derived:
    return Derived()


def takes_base(x: Base) -> str:
    return ""


def of_dict(code: str, **namespace: Any) -> Editor:
    editor = Editor(lambda: namespace)
    editor.catalog.kept.update(namespace)
    editor.code = code
    return editor


def problems(editor: Editor) -> list[Problem]:
    return editor.problems(editor.edges())


def test_a_subclass_fits_where_its_base_is_wanted() -> None:
    assert not problems(of_dict("RunnableLambda(derived) | takes_base", derived=derived, takes_base=takes_base))
    (problem,) = problems(
        of_dict("RunnableLambda(takes_base) | derived | derived", derived=derived, takes_base=takes_base)
    )
    assert problem.message == "takes str, gets Derived"


def lengths(text: str) -> int:
    return len(text)


def texts(x: str) -> list[str]:
    return [x]


def mapped(x: Any) -> Any:
    return x


@pytest.mark.parametrize(
    ("code", "message", "fix", "fixed"),
    [
        (
            "LocalChatModel() | lengths",
            "takes str, gets AIMessage",
            "insert:StrOutputParser",
            "LocalChatModel() | StrOutputParser() | lengths",
        ),
        (
            "{'a': RunnableLambda(texts), 'b': lengths} | RunnablePassthrough() | lengths",
            "takes str, gets {a: list[str], b: int}",
            None,
            "",
        ),
        (
            "RunnableLambda(texts) | lengths",
            "takes str, gets list[str]",
            "map",
            "texts | RunnableLambda(lengths).map()",
        ),
        (
            "{'a': texts, 'b': lengths} | RunnablePassthrough.assign(q=mapped) | lengths",
            "takes str, gets {a: list[str], b: int, q: Any}",
            "pick:q",
            '| RunnablePassthrough.assign(q=mapped) | RunnablePick("q") | lengths',
        ),
        (
            "StrOutputParser() | PromptTemplate.from_template('{a} {b}')",
            "takes {a: Any, b: Any}, gets str",
            "keys",
            '{"a": RunnablePassthrough(), "b": RunnablePassthrough()} | PromptTemplate.from_template(',
        ),
        (
            "{'a': RunnableLambda(lengths)} | PromptTemplate.from_template('{a} {b}')",
            "takes {a: Any, b: Any}, gets {a: int}",
            "keys",
            "RunnablePassthrough.assign(b=RunnablePassthrough())",
        ),
        (
            "{'a': RunnableLambda(lengths)} | LocalChatModel()",
            "takes PromptValue | str | list[Message], gets {a: int}",
            "prompt",
            '| ChatPromptTemplate.from_template("{a}")',
        ),
        (
            "LocalChatModel() | PromptTemplate.from_template('{a} {b}')",
            "takes {a: Any, b: Any}, gets AIMessage",
            "insert:JsonOutputParser",
            "LocalChatModel() | JsonOutputParser() | PromptTemplate",
        ),
    ],
)
def test_a_misfit_is_said_and_mended_by_one_click(code: str, message: str, fix: str | None, fixed: str) -> None:
    editor = of_dict(code, lengths=lengths, texts=texts, mapped=mapped)
    (problem,) = problems(editor)
    assert problem.message == message
    if fix is None:
        return
    assert fix in [proposed.id for proposed in problem.fixes]
    editor.fix(problem.node, fix)
    one_line = " ".join(editor.code.replace("(\n", "(").split())
    assert fixed in one_line.replace("( ", "(").replace(", }", "}")
    assert not problems(editor)
    with pytest.raises(InvalidInputError, match="expected one of the fixes"):
        editor.fix(problem.node, fix)


def test_each_step_side_by_side_tells_of_its_own_misfit() -> None:
    found = problems(
        of_dict("LocalChatModel() | {'a': lengths, 'b': mapped, 'c': lengths}", lengths=lengths, mapped=mapped)
    )
    assert [problem.message for problem in found] == ["takes str, gets AIMessage"] * 2


def test_a_chain_with_a_misfit_exists_and_runs() -> None:
    editor = of_dict("RunnableLambda(texts) | lengths", lengths=lengths, texts=texts)
    assert problems(editor) and editor.chain.invoke("abc") == 1


def docs(documents: list[Document]) -> str:
    return ""


def offered(editor: Editor, at: Any) -> dict[str, str | None]:
    return {entry.component.name: entry.why for entry in editor.palette(at)}


def test_the_palette_begins_with_what_fits_and_says_why_the_rest_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "__module__", "__main__")
    store = InMemoryVectorStore.from_texts(["a"], embedding=HashingEmbeddings())
    editor = Editor(lambda: {"docs": docs, "store": store, "_hidden": docs, "number": 3})
    prompt = editor.insert(Place(editor.root.id, 0), "ChatPromptTemplate") or ""
    after = offered(editor, Place(prompt, "after"))
    assert next(iter(after)) == "LocalChatModel" and after["LocalChatModel"] is None
    assert after["docs"] == "takes list[Document], gets ChatPromptValue" and "_hidden" not in after
    assert "number" not in after and "RunnableSequence" not in after
    model = editor.insert(Place(prompt, "after"), "LocalChatModel") or ""
    assert list(offered(editor, Place(model, "after")))[:2] == ["StrOutputParser", "JsonOutputParser"]
    before = offered(editor, Place(prompt, "before"))
    assert before["RunnableAssign"] is None and before["StrOutputParser"] == "takes str | Message, gets {question: str}"
    retriever = editor.insert(Place(prompt, "before"), "VectorStoreRetriever") or ""
    assert next(iter(offered(editor, Place(retriever, "after")))) == "docs"
    assert editor.chain.invoke("a").content
    without = offered(Editor(), Place(Editor().root.id, 0))
    assert without["VectorStoreRetriever"] == "needs VectorStore, and the notebook has none"


def test_a_new_parallel_has_the_keys_that_the_next_step_wants() -> None:
    editor = of_dict("PromptTemplate.from_template('{context} {question}')")
    parallel = editor.insert(Place(editor.root.id, 0), "RunnableParallel")
    assert parallel is not None and '{"context": RunnablePassthrough(), "question"' in editor.code
    editor.remove_slot(editor.root.children[0].children[0].id)
    editor.add_slot(parallel)
    assert [child.key for child in editor.root.children[0].children] == ["question", "context"]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogs, "_REGISTERED", {})


@pytest.mark.usefixtures("registry")
def test_what_is_registered_is_a_component_everywhere() -> None:
    register(lengths)
    register(RunnableLambda(lengths), name="count_them")
    register(Shout)
    editor = Editor()
    editor.code = "Shout(mark='?') | lengths"
    assert [editor.catalog.find(node.component) is None for node in editor.root.children] == [False] * 2
    palette = {entry.component.name: entry.component for entry in editor.palette(Place(editor.root.id, 0))}
    assert palette["Shout"].group == palette["lengths"].group == "Yours"
    form = palette["Shout"].form or {}
    assert form["properties"]["mark"] == {"default": "!", "title": "Mark", "type": "string"}
    assert palette["count_them"].kind == "lambda"
    assert editor.chain.invoke("a") == 2


@pytest.mark.parametrize(
    ("thing", "name", "error"),
    [
        (3, "three", NotAStepError),
        (lengths, "a b", InvalidConfigError),
        (lengths, "StrOutputParser", InvalidConfigError),
    ],
)
@pytest.mark.usefixtures("registry")
def test_what_cannot_be_registered_is_refused(thing: Any, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        register(thing, name=name)


class Shout(RunnableLambda[str, str]):
    """Shouts."""

    def __init__(self, mark: str = "!") -> None:
        super().__init__(lambda text: text.upper() + mark)
        self.mark = mark
