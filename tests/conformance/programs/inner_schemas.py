"""Schemas that refer to those of the steps inside."""

from __future__ import annotations

from typing import Any

from ..cores import Core
from ..observe import value
from ..steps import upper


@value
def schemas_of_maps(core: Core) -> Any:
    steps = [core.RunnableLambda(upper), core.StrOutputParser(), core.PromptTemplate.from_template("{a}")]
    outputs = [step.map().get_output_jsonschema() for step in steps[:2]]
    return outputs, [step.map().get_input_jsonschema()["items"] for step in steps[::2]]


@value
def schemas_of_routers(core: Core) -> Any:
    return core.RouterRunnable({"a": core.RunnableLambda(upper)}).get_input_jsonschema()


PROGRAMS = [schemas_of_maps, schemas_of_routers]
