"""What can not be is refused in one clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ...cores import OURS, REFERENCE, Core
from ...steps import upper


def test_a_function_has_the_verbs_of_every_step() -> None:
    """A function has nothing to configure, which ours says; in the reference it has no such verb."""
    with pytest.raises(AttributeError):
        REFERENCE.RunnableLambda(upper).configurable_fields(f=REFERENCE.ConfigurableField("f"))
    with pytest.raises(ValueError, match="no parameter 'f'"):
        OURS.RunnableLambda(upper).configurable_fields(f=OURS.ConfigurableField("f"))


def test_arguments_that_do_not_fit_a_tool() -> None:
    """No exception can be one of ours and pydantic's, which is final: the reference raises that, ours has it as the
    cause. What `handle_validation_error` calls is given pydantic's in both."""

    def add(a: int, b: int) -> int:
        return a + b

    def tool(core: Core) -> Any:
        return core.StructuredTool.from_function(add, description="d")

    with pytest.raises(ValidationError) as theirs:
        tool(REFERENCE).invoke({"a": 1})
    with pytest.raises(ValueError, match="add: the argument 'b' is missing; expected 'a', 'b', got 'a'") as raised:
        tool(OURS).invoke({"a": 1})
    assert isinstance(raised.value, OURS.InvalidArgumentsError)
    cause = raised.value.__cause__
    assert isinstance(cause, ValidationError)
    assert cause.errors() == theirs.value.errors()


def test_a_call_that_does_not_fit_its_model() -> None:
    """As an answer that fits no model: ours raises what every parser raises, with pydantic's error as the cause."""

    class Add(BaseModel):
        a: int

    def parse(core: Core) -> Any:
        call = {"name": "Add", "args": {"a": "x"}, "id": "1"}
        return core.PydanticToolsParser(tools=[Add]).invoke(core.AIMessage("", tool_calls=[call]))

    with pytest.raises(ValidationError):
        parse(REFERENCE)
    with pytest.raises(OURS.OutputParserException, match="Add: a: Input should be a valid integer") as raised:
        parse(OURS)
    assert isinstance(raised.value.__cause__, ValidationError)
