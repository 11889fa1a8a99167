"""Chains read into trees and built from them: the same chain, of the same objects where nobody edited them."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from chainviz import (
    BaseChatModel,
    ChatOpenAI,
    ChatPromptTemplate,
    FakeListChatModel,
    HashingEmbeddings,
    InMemoryChatMessageHistory,
    InMemoryVectorStore,
    LocalChatModel,
    PydanticOutputParser,
    Runnable,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
    RunnablePick,
    StrOutputParser,
    chain,
    tool,
)
from chainviz.builder import slots
from chainviz.builder.build import Factory
from chainviz.builder.catalog import Catalog
from chainviz.builder.editor import Editor
from chainviz.builder.read import Reader
from chainviz.builder.settle import settled
from chainviz.builder.tree import Node, Ref, same

from .trees import Trees

LEAVES: list[tuple[str, dict[str, Any]]] = [
    ("StrOutputParser", {}),
    ("LocalChatModel", {"tokens_per_second": 5.0}),
    ("FakeListChatModel", {"responses": ["a", "b"]}),
    ("RunnablePassthrough", {}),
    ("RunnablePick", {"keys": ["a", "b"]}),
    ("ChatPromptTemplate", {"messages": [{"role": "system", "text": "{who}"}, {"role": "messages", "text": "past"}]}),
    ("PromptTemplate", {"template": "{a} {b}"}),
    ("FewShotPromptTemplate", {"example_prompt": {"template": "{a}"}, "examples": [{"a": "b"}], "suffix": "{c}"}),
    ("FakeMessagesListChatModel", {"responses": [{"role": "ai", "text": "a"}, {"role": "human", "text": "b"}]}),
    (
        "FewShotChatMessagePromptTemplate",
        {"example_prompt": {"messages": [{"role": "ai", "text": "{a}"}]}, "examples": [{"a": "b"}]},
    ),
]


class Known(Trees):
    """Trees of known components, in no variables."""

    def _leaf(self, random: Random) -> Node:
        name, params = random.choice(LEAVES)
        return Node(self.ids(), name, params)

    def _value(self, random: Random, depth: int = 0) -> Any:
        return random.choice([True, 1, "text", [1, "a"]])

    def known(self, seed: int) -> Node:
        return settled(plain(self.tree(seed)), self.ids)


def plain(node: Node) -> Node:
    params = {**node.params, "get_session_history": Ref("sessions")} if node.component == slots.HISTORY else node.params
    return node.having(variable=None, params=params, children=tuple(map(plain, node.children)))


def sessions(session_id: str) -> InMemoryChatMessageHistory:
    return InMemoryChatMessageHistory()


def test_what_is_built_from_a_tree_reads_as_that_tree() -> None:
    trees, kinds = Known(deepest=3), {**slots.KINDS, slots.HISTORY: "sequence"}
    for seed in range(300):
        tree = trees.known(seed)
        catalog = Catalog()
        catalog.kept["sessions"] = sessions
        factory = Factory(catalog)
        built = factory.chain(tree)
        assert not factory.errors
        assert same(Reader(catalog, trees.ids).read(built.get_graph().root).root, tree), f"seed {seed}"
        paths = {node.id: node.kind for node in built.get_graph().root.walk()}
        for node, path in slots.placed(tree):
            assert kinds.get(node.component) in (None, paths[path]) or path == ""


def test_the_object_is_never_changed_and_its_steps_stay_the_same_until_they_are_edited() -> None:
    model = FakeListChatModel(responses=["a", "b"])
    original: Any = ChatPromptTemplate.from_template("{x}") | model.with_config(run_name="mine") | StrOutputParser()
    editor = Editor()
    editor.chain = original
    assert editor.chain.steps[0] is original.steps[0] and editor.chain.steps[1] is original.steps[1]
    node = editor.root.children[1]
    assert (node.component, node.options) == ("FakeListChatModel", {"run_name": "mine"})
    editor.set(node.id, params={"responses": ["c"]})
    assert (editor.chain.invoke("?"), original.invoke("?")) == ("c", "a")
    assert editor.chain.steps[0] is original.steps[0]
    editor.undo()
    assert editor.chain.invoke("?") in ("a", "b")


def test_what_did_not_change_is_not_built_again() -> None:
    editor = Editor()
    editor.code = "LocalChatModel() | {'a': StrOutputParser(), 'b': StrOutputParser()}"
    before: Any = editor.chain
    editor.set(editor.root.children[0].id, params={"tokens_per_second": 9})
    after: Any = editor.chain
    assert after.steps[1] is before.steps[1] and after.steps[0] is not before.steps[0]
    assert editor.chain is after


class Answer(BaseModel):
    text: str


class Own(BaseChatModel):
    """A model of the user's."""

    temperature: float = 0.5

    def _generate(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


@tool
def search(query: str) -> str:
    """Search."""
    return query


@chain
def decorated(x: Any) -> Any:
    return x


class Passing(Runnable[Any, Any]):
    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:
        return input


store = InMemoryVectorStore.from_texts(["harrison"], embedding=HashingEmbeddings())


@pytest.mark.parametrize(
    ("step", "expression", "comment"),
    [
        (
            store.as_retriever(search_kwargs={"k": 2}),
            'store.as_retriever(search_kwargs={"k": 2})',
            "InMemoryVectorStore",
        ),
        (PydanticOutputParser(pydantic_object=Answer), "PydanticOutputParser(pydantic_object=Answer)", None),
        (Own(temperature=0.1), "Own(temperature=0.1)", None),
        (Own(), "Own()", None),
        (search, "search", "StructuredTool"),
        (decorated, "RunnableLambda(decorated)", None),
        (Passing(), "step", "Passing"),
        (RunnablePassthrough(print), "RunnablePassthrough(func=print)", None),
        (LocalChatModel().with_types(input_type=str), "LocalChatModel().with_types(input_type=str)", None),
        (
            LocalChatModel().bind(stop=["."]).with_types(output_type=list[str]),
            'LocalChatModel().bind(stop=["."]).with_types(output_type=output_type)',
            "GenericAlias",
        ),
        (RunnableLambda(Answer.model_validate), "RunnableLambda(Answer.model_validate)", None),
        (LocalChatModel(name="mine"), 'LocalChatModel(name="mine")', None),
        (RunnablePick("a"), 'RunnablePick("a")', None),
        (LocalChatModel().with_retry(retry_if_exception_type=(ValueError,)), None, None),
        (RunnableParallel({}), "parallel", "RunnableParallel"),
        (
            LocalChatModel().with_config(callbacks=[object()]),
            "LocalChatModel().with_config(callbacks=[handlers])",
            "object",
        ),
    ],
)
def test_every_kind_of_step_is_read(step: Any, expression: str | None, comment: str | None) -> None:
    editor = Editor()
    editor.chain = step
    if expression is not None:
        assert editor.code.endswith(f"chain = {expression}\n")
    if comment is not None:
        assert f": your own {comment}\n" in editor.code
    before, graph = editor.code, editor.chain.get_graph()
    editor.code = before
    assert editor.code == before
    assert [node.id for node in editor.chain.get_graph().root.walk()] == [node.id for node in graph.root.walk()]


def test_a_lambda_is_known_by_its_source() -> None:
    editor = Editor()
    editor.chain = RunnableLambda(lambda x: x + 1) | (lambda x: x * 2)
    editor.code = editor.code
    assert editor.chain.invoke(1) == 4


def test_secrets_stay_in_python() -> None:
    pytest.importorskip("openai")
    editor = Editor()
    editor.chain = ChatOpenAI(
        api_key=SecretStr("sk-hidden-0123456789"),
        default_headers={"x-tenant": SecretStr("hidden-tenant")},
        model_kwargs={"password": "hidden-word"},
    )
    for said in (editor.code, str(editor.spec), repr(editor.root)):
        assert "hidden" not in said
    assert "# api_key: your own, shown to nobody\n" in editor.code
    editor.code = editor.code
    model: Any = editor.chain
    assert model.api_key.get_secret_value() == "sk-hidden-0123456789"
    assert model.default_headers["x-tenant"].get_secret_value() == "hidden-tenant"
    assert model.model_kwargs == {"password": "hidden-word"}
    node = editor.root.children[0].id
    kept = {"$type": "kept", "name": "api_key"}
    editor.set(node, params={"api_key": kept, "model": "other"})
    model = editor.chain
    assert (model.api_key.get_secret_value(), model.model) == ("sk-hidden-0123456789", "other")
    editor.set(node, params={"api_key": "sk-typed-in-0123456789"})
    model = editor.chain
    assert model.api_key.get_secret_value() == "sk-typed-in-0123456789"
    editor.code = 'ChatOpenAI(api_key="sk-pasted-0123456789")'
    assert "pasted" not in editor.code + str(editor.spec)


def test_ids_are_given_once() -> None:
    editor, numbers = Editor(), count()
    assert len({editor.ids() for _ in zip(range(100), numbers, strict=False)}) == 100
