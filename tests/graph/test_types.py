"""The types that flow between the steps, as short texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Optional

import pytest

from chainviz import Document, RunnableLambda, RunnablePassthrough
from chainviz.graph.types import name_of


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (str, "str"),
        (None, "None"),
        (Any, "Any"),
        (list[Document], "list[Document]"),
        (Sequence[int], "list[int]"),
        (Iterator[str], "list[str]"),
        (dict[str, Any], "dict"),
        (dict[str, int], "dict[str, int]"),
        (int | str, "int | str"),
        (Optional[int], "int | None"),  # noqa: UP045
        (Any | int, "Any"),
        (Annotated[str, "x"], "str"),
        (Literal["a", "b"], "'a' | 'b'"),
        (tuple[int, ...], "tuple[int, …]"),
        ("Later", "Later"),
    ],
)
def test_the_short_name_of_an_annotation(type_: Any, name: str) -> None:
    assert name_of(type_) == name


def find(q: str) -> list[Document]:
    return []


def count(d: dict[str, Any]) -> int:
    return 1


def test_the_types_of_a_retrieval_chain() -> None:
    chain = {"context": RunnableLambda(find), "question": RunnablePassthrough()} | RunnableLambda(count)
    flow = chain.get_graph().flow
    assert flow.input("") == "str"
    assert flow.output("seq:1/map:question") == "str"
    assert flow.output("seq:1") == "{context: list[Document], question: str}"
    assert flow.output("") == "int"


def test_assign_adds_to_the_keys_that_are_known() -> None:
    known = RunnableLambda(find) | {"a": find} | RunnablePassthrough.assign(n=count)
    assert known.get_graph().flow.output("") == "{a: list[Document], n: int}"
    unknown = RunnableLambda(find) | RunnablePassthrough.assign(n=count)
    assert unknown.get_graph().flow.output("") == "{…, n: int}"


def test_one_of_several_outputs_is_a_union() -> None:
    step = RunnableLambda(find).with_fallbacks([RunnableLambda(count)])
    assert step.get_graph().flow.output("") == "list[Document] | int"


def test_a_step_whose_annotations_raise_has_any_type(monkeypatch: pytest.MonkeyPatch) -> None:
    step = RunnableLambda(find)

    def fail(_: Any) -> Any:
        raise NameError("gone")

    monkeypatch.setattr(RunnableLambda, "InputType", property(fail))
    assert step.get_graph().flow.input("") == "Any"
