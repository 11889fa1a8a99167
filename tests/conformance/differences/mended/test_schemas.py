"""Schemas that in the reference raise, or say of an output or an input what it is not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core


def untyped(core: Core) -> Any:
    return core.RunnableLambda(lambda x: x)


def summed(core: Core) -> Any:
    said = core.PromptTemplate.from_template("{q}") | core.StrOutputParser()
    return core.RunnableParallel(z=said) | core.RunnablePassthrough.assign(a=core.StrOutputParser())


def picked(core: Core) -> Any:
    return core.RunnableParallel(z=core.StrOutputParser()) | core.RunnablePick("z")


def remembering(core: Core) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        memory = core.InMemoryChatMessageHistory()
        return core.RunnableWithMessageHistory(core.StrOutputParser(), lambda: memory)


def of(which: str, make: Callable[[Core], Any]) -> Callable[[Core], Any]:
    return lambda core: getattr(make(core), f"get_{which}_jsonschema")()


ANY = {"title": "A"}
SCHEMAS: dict[str, tuple[Callable[[Core], Any], Any, Any]] = {
    # A map takes no None.
    "items": (
        lambda c: "default" in untyped(c).map().get_input_jsonschema(),
        True,
        False,
    ),
    # The reference's key `root` is a part of pydantic: no input has it.
    "unannotated assign": (
        of("output", lambda c: c.RunnablePassthrough.assign(a=lambda x: x)),
        {
            "properties": {"root": {"title": "Root"}, "a": ANY},
            "required": ["root", "a"],
            "title": "RunnableAssignOutput",
            "type": "object",
        },
        {"properties": {"a": ANY}, "required": ["a"], "title": "RunnableAssign<a>Output", "type": "object"},
    ),
    # What an assign or a pick gives is read from the step before it; in the reference from what the assign takes.
    "assign after a step": (
        lambda c: list(summed(c).get_output_jsonschema()["properties"]),
        ["q", "a"],
        ["z", "a"],
    ),
    "pick after a step": (
        of("output", picked),
        {"title": "RunnablePick<z>Output"},
        {"title": "RunnablePick<z>Output", "type": "string"},
    ),
    # A memory gives what its step gives.
    "a memory's output": (lambda c: remembering(c).get_output_jsonschema().get("type"), "array", "string"),
}


@pytest.mark.filterwarnings("ignore:RunnableWithMessageHistory is deprecated")
@pytest.mark.parametrize("what", SCHEMAS)
def test_schemas(what: str) -> None:
    schema, reference, ours = SCHEMAS[what]
    assert schema(REFERENCE) == reference
    assert schema(OURS) == ours


def test_what_is_picked_may_come_from_any_step() -> None:
    """The reference looks for the key in what the assign takes, and the schema raises."""

    def schema(core: Core) -> Any:
        return core.RunnablePassthrough.assign(a=lambda x: x).pick("a").get_output_jsonschema()

    with pytest.raises(KeyError):
        schema(REFERENCE)
    assert schema(OURS) == {"title": "RunnablePick<a>Output"}
