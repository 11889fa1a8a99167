"""The input schema describes the inputs that a chain accepts."""

from __future__ import annotations

from typing import Any

from ...cores import OURS, REFERENCE, Core
from ...steps import upper


def test_what_takes_anything_asks_for_no_field() -> None:
    """The reference's parallel of untyped functions asks for a dict with a field `root`, which none of them reads, and
    refuses what the chain accepts."""

    def asked(core: Core) -> Any:
        return core.RunnableParallel(a=upper).get_input_jsonschema()

    assert asked(OURS) == {"title": "RunnableParallel<a>Input"}
    assert (asked(REFERENCE)["type"], asked(REFERENCE)["required"]) == ("object", ["root"])
