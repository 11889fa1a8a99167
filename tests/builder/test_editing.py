"""Edits: whatever is done leaves a valid tree, and undo and redo give back just what was."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from chainviz import LocalChatModel, Runnable, RunnableParallel, RunnablePassthrough, StrOutputParser
from chainviz.builder import slots
from chainviz.builder.editor import Editor
from chainviz.builder.ops import Place
from chainviz.builder.settle import settled
from chainviz.builder.tree import DEEPEST, Node, depth, same
from chainviz.builder.wrapping import WRAPPERS
from chainviz.errors import InvalidInputError

OPERATIONS = 20_000
SESSION = 200
COMPONENTS = [
    "ChatPromptTemplate",
    "LocalChatModel",
    "RunnablePick",
    "FewShotPromptTemplate",
    *sorted(slots.COMBINATORS),
]
OPS = [
    *("insert", "insert", "insert", "replace", "wrap", "wrap", "unwrap", "move", "move", "rename", "add_slot"),
    *("remove_slot", "extract", "inline", "delete", "delete", "duplicate", "paste", "set", "undo", "redo"),
]


def check(root: Node) -> None:
    """Fail where a tree is not valid."""
    nodes = list(root.walk())
    assert len({node.id for node in nodes}) == len(nodes)
    assert root.component == slots.SEQUENCE and root.key is None and depth(root) <= DEEPEST
    assert settled(root, never) is root
    variables: dict[str, Node] = {}
    for node in nodes:
        count = len(node.children)
        if node.component in slots.KEYED:
            keys = [child.key for child in node.children]
            assert count and None not in keys and len(set(keys)) == count
        else:
            assert all(child.key is None for child in node.children)
        if node.component == slots.SEQUENCE and node is not root:
            assert count > 1
        if node.component == slots.BRANCH:
            assert count >= 3 and count % 2
        if node.component == slots.FALLBACKS:
            assert count >= 2
        if node.component in slots.SINGLE:
            assert count == 1
        if node.component not in slots.COMBINATORS:
            assert not count
        if node.variable is not None and node is not root:
            first = variables.setdefault(node.variable, node)
            assert same(first.having(key=None), node.having(key=None)) and node.variable != (root.variable or "chain")


def never() -> str:
    raise AssertionError("a settled tree was settled again")


def do(editor: Editor, random: Random) -> None:
    """Try one edit."""
    nodes = list(editor.root.walk())
    node, other = random.choice(nodes), random.choice(nodes)
    place = Place(other.id, random.choice(["before", "after", "onto", 0, 1, 2, 9]))
    match random.choice(OPS if len(nodes) < 60 else ["delete", "unwrap", "remove_slot"]):
        case "insert":
            editor.insert(place, random.choice(COMPONENTS))
        case "replace":
            editor.replace(node.id, random.choice(COMPONENTS))
        case "wrap":
            editor.wrap(node.id, random.choice(list(WRAPPERS)))
        case "unwrap":
            editor.unwrap(node.id, random.choice([child.id for child in node.children] or [None]))
        case "move":
            editor.move(node.id, place)
        case "rename":
            editor.rename(node.id, random.choice("abc"))
        case "extract":
            editor.extract(node.id, random.choice(["one", "two", "three"]))
        case "duplicate":
            editor.duplicate(node.id, random.choice([None, place]))
        case "paste":
            editor.paste(place, editor.copy(node.id))
        case "set":
            editor.set(node.id, options={"run_name": random.choice("xyz"), "tags": ["t"]})
        case "undo":
            editor.undo()
        case "redo":
            editor.redo()
        case name:
            getattr(editor, name)(node.id)


def test_random_edits_leave_a_valid_tree_and_undo_and_redo_return_exactly() -> None:
    for seed in range(OPERATIONS // SESSION):
        editor, random = Editor(), Random(seed)
        for _ in range(SESSION):
            try:
                do(editor, random)
            except InvalidInputError:
                continue
            finally:
                check(editor.root)
        assert isinstance(editor.chain, Runnable)
        editor.code = editor.code
        there_and_back(editor)


def there_and_back(editor: Editor) -> None:
    """Undo all that can be, and redo it: each tree is the very object that it was."""
    seen: list[Any] = [editor.root]
    while editor.history.undo_label:
        editor.undo()
        seen.append(editor.root)
    for before in reversed(seen[:-1]):
        editor.redo()
        assert editor.root is before
    assert editor.history.redo_label is None


@pytest.mark.parametrize("index", [0, "before", 1, "after"])
def test_a_step_goes_before_or_after_what_has_a_slot_to_itself(index: Any) -> None:
    editor = Editor()
    editor.chain = RunnableParallel(a=LocalChatModel(), b=RunnablePassthrough())
    model = editor.root.children[0].children[0]
    editor.insert(Place(model.id, index), "StrOutputParser")
    names = [step.component for step in editor.root.children[0].children[0].children]
    assert names == sorted(["LocalChatModel", "StrOutputParser"], reverse=index in (0, "before"))


def components(editor: Editor) -> list[str]:
    return [node.component for node in editor.root.walk()][1:]


def test_what_is_put_onto_a_step_wraps_it_or_takes_its_place() -> None:
    editor = Editor()
    editor.chain = LocalChatModel() | StrOutputParser()
    model, parser = (child.id for child in editor.root.children)
    editor.insert(Place(parser, "onto"), "RunnableRetry")
    assert components(editor) == ["LocalChatModel", "RunnableRetry", "StrOutputParser"]
    assert editor.history.undo_label == "wrap"
    editor.move(parser, Place(editor.root.children[1].id, "onto"))
    assert components(editor) == ["LocalChatModel", "StrOutputParser"] and editor.history.undo_label == "unwrap"
    editor.insert(Place(parser, "onto"), "JsonOutputParser")
    assert components(editor) == ["LocalChatModel", "JsonOutputParser"] and editor.history.undo_label == "replace"
    editor.duplicate(model, Place(parser, "after"))
    assert components(editor) == ["LocalChatModel", "JsonOutputParser", "LocalChatModel"]
    editor.move(model, Place(parser, "onto"))
    assert components(editor) == ["LocalChatModel", "LocalChatModel"]
    with pytest.raises(InvalidInputError, match="outside of LocalChatModel itself"):
        editor.move(model, Place(model, "onto"))
    editor.insert(Place(editor.root.id, "onto"), "RunnableWithFallbacks")
    assert components(editor)[:2] == ["RunnableWithFallbacks", "RunnableSequence"]


def test_where_something_does_not_fit_is_known_before_it_is_dropped() -> None:
    editor = Editor()
    editor.code = "PromptTemplate.from_template('{a}') | LocalChatModel() | StrOutputParser()"
    prompt, model, parser = (child.id for child in editor.root.children)
    why = editor.misfits(component="RunnableAssign")
    assert why[parser] == {
        "before": "takes {…}, gets AIMessage",
        "after": "takes {…}, gets str",
        "onto": "takes {…}, gets AIMessage",
    }
    assert editor.misfits(node=parser)[prompt]["after"].startswith("takes str | Message")
    assert "onto" not in editor.misfits(component="RunnableRetry").get(model, {})
