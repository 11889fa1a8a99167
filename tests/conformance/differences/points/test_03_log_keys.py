"""The keys of the log survive any name of a run."""

from __future__ import annotations

from typing import Any

import jsonpatch

from ...cores import OURS, REFERENCE, Core
from ...steps import upper
from ..told import patches_of


def test_log_keys_survive_any_name() -> None:
    names = ["Docs", "Docs", "Docs:2", "a/b", "~tilde", "__proto__"]

    def chain(core: Core) -> Any:
        steps = [core.RunnableLambda(upper).with_config(run_name=name) for name in names]
        return core.RunnableSequence(*steps)

    ours = patches_of(OURS, chain(OURS))
    state: Any = None
    for patch in ours:
        state = jsonpatch.apply_patch(state, patch.ops)
    assert list(state["logs"]) == ["Docs", "Docs:2", "Docs:2:2", "a/b", "~tilde", "__proto__"]
    assert [entry["name"] for entry in state["logs"].values()] == names
    assert all(entry["end_time"] for entry in state["logs"].values())
    lost = None
    try:
        for patch in patches_of(REFERENCE, chain(REFERENCE)):
            lost = jsonpatch.apply_patch(lost, patch.ops)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return  # the reference names a place that is not there
    assert len(lost["logs"]) < len(names)
