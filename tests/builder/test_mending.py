"""Whatever one step gives and another takes: a misfit between them is mended by one click."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, get_origin

import pytest
from pydantic import BaseModel

from chainviz import (
    AIMessage,
    Document,
    HashingEmbeddings,
    HumanMessage,
    InMemoryVectorStore,
    Runnable,
    RunnableLambda,
)
from chainviz.builder.conversions import CONVERSIONS
from chainviz.builder.editor import Editor
from chainviz.builder.problems import Problem
from chainviz.builder.slots import COMBINATORS
from chainviz.graph.types import name_of
from chainviz.messages import BaseMessage
from chainviz.runnables.source import source_of


class Person(BaseModel):
    name: str = "Ada"


class Address(BaseModel):
    """Known to the steps alone."""

    city: str


@dataclass
class Point:
    """What nothing makes."""

    x: int


TYPES: list[Any] = [
    *(str, int, float, bool, bytes, list[str], list[int], list[float], tuple[str], set[str], dict, dict[str, int]),
    *(Document, list[Document], AIMessage, HumanMessage, list[BaseMessage], Person, list[Person]),
    *(Address, list[Address], Point, list[Point]),
]
BY_NAME = {name_of(type_): type_ for type_ in TYPES}
VALUES: dict[str, Any] = {
    "str": "3",
    "int": 2,
    "float": 2.5,
    "bool": True,
    "bytes": b"3",
    "list[str]": ["3"],
    "list[int]": [2],
    "Document": Document(page_content="3"),
    "list[Document]": [Document(page_content="3")],
    "AIMessage": AIMessage(content="3"),
    "HumanMessage": HumanMessage(content="3"),
    "Person": Person(),
    "dict": {"name": "Ada", "city": "London"},
    "Point": Point(1),
}


def giver(type_: Any, value: Any = None) -> Any:
    def give(input: Any):
        return value

    give.__annotations__["return"] = type_
    return give


def taker(type_: Any) -> Any:
    def take(input):
        return input

    take.__annotations__["input"] = type_
    return take


def namespace() -> dict[str, Any]:
    store = InMemoryVectorStore.from_texts(["bears"], embedding=HashingEmbeddings())
    return {"store": store, "Person": Person}


FUNCTIONS = {
    **{f"gives_{number}": giver(type_) for number, type_ in enumerate(TYPES)},
    **{f"takes_{number}": taker(type_) for number, type_ in enumerate(TYPES)},
}
DICTS = [
    "{'n': gives_1, 'text': gives_0}",
    "{'n': gives_1}",
    "{'docs': gives_13} | RunnablePassthrough()",
]
"""Steps with known keys."""
WANTS = [
    "PromptTemplate.from_template('{a} {b}')",
    "PromptTemplate(template='{a} {b}', input_types={'a': str, 'b': int})",
    "RunnablePassthrough.assign(a=RunnablePassthrough())",
    "RunnablePassthrough.assign(a=PromptTemplate.from_template('{question}'))",
    "RouterRunnable({'a': RunnablePassthrough()})",
    "RunnableLambda(takes_0).map()",
    "RunnableLambda(takes_1).map()",
    *(f"RunnableLambda(takes_{number}).map()" for number in range(len(TYPES) - 6, len(TYPES))),
    "PromptTemplate(template='{a}', input_types={'a': Person})",
]


def editor(**more: Any) -> Editor:
    known = {**namespace(), **FUNCTIONS, **more}
    made = Editor(lambda: {name: thing for name, thing in known.items() if name in ("store", "Person")})
    made.catalog.kept.update({name: thing for name, thing in known.items() if name in {**FUNCTIONS, **more}})
    return made


def components() -> list[str]:
    """A step of every component of the palette that stands alone, as code."""
    found: list[str] = []
    for component in editor().catalog.all():
        if component.name not in COMBINATORS and editor().catalog.lacking(component) is None:
            made = editor()
            made.replace(made.root.children[0].id, component.name)
            if not made.problems(made.edges()):
                found.append(made.code.partition("chain = ")[2])
    return found


GIVE = [f"RunnableLambda(gives_{number})" for number in range(len(TYPES))] + DICTS
TAKE = [f"RunnableLambda(takes_{number})" for number in range(len(TYPES))] + WANTS


def misfit(editor: Editor) -> Problem | None:
    return next((each for each in editor.problems(editor.edges()) if each.expected is not None), None)


def test_every_misfit_is_mended_by_each_of_its_fixes() -> None:
    alone = components()
    assert len(alone) > 15
    seen: set[str] = set()
    for giver, taker in product(GIVE + alone, TAKE + alone):
        made = editor()
        made.code = f"({giver.strip()}) | ({taker.strip()})"
        problem = misfit(made)
        if problem is None or problem.message in seen:
            continue
        seen.add(problem.message)
        assert problem.fixes, problem.message
        before = made.spec
        for fix in problem.fixes:
            made.fix(problem.node, fix.id)
            assert not made.problems(made.edges()), (problem.message, fix.id)
            assert isinstance(made.chain, Runnable)
            code, spec = made.code, made.spec
            made.code = code
            assert (made.code, made.spec) == (code, spec), fix.id
            other = Editor()
            other.spec = spec
            assert other.spec == spec
            while made.spec != before:
                made.undo()
    assert len(seen) > 300


@pytest.mark.parametrize("wanted", TYPES, ids=name_of)
def test_what_was_mended_runs_and_gives_what_is_wanted(wanted: Any) -> None:
    expected = (int, float) if wanted is float else get_origin(wanted) or wanted
    for name, value in VALUES.items():
        made = editor(give=giver(type(value), value), take=taker(wanted))
        made.catalog.kept["give"].__annotations__["return"] = BY_NAME[name]
        made.code = "RunnableLambda(give) | take"
        problem = misfit(made)
        for fix in problem.fixes if problem else ():
            if fix.id == "map" or any(parser in fix.id for parser in ("Json", "Pydantic")):
                continue  # a map gives a list of it, and these take a text of JSON
            made.fix(problem.node, fix.id)
            given = made.chain.invoke("x")
            assert given == value if fix.id == "type" else isinstance(given, expected), (name, fix.id)
            made.undo()


def test_a_conversion_is_its_source_wherever_it_is_read() -> None:
    for source, conversion in CONVERSIONS.items():
        assert source_of(conversion.thing) == (source if source.startswith("lambda") else None)
        made = editor()
        made.chain = RunnableLambda(conversion.thing) | RunnableLambda(len)
        assert [child.component for child in made.root.children] == [source, "len"]
        code = made.code
        again = Editor()
        again.code = code
        assert again.code == code and not again.problems(again.edges()) and "#" not in code
