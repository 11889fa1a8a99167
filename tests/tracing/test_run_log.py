"""The run log: our fold and the `jsonpatch` package's come to the same state."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonpatch
import pytest

from chainviz import RunLogPatch, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.errors import InvalidInputError
from chainviz.tracing.run_log import RunLog, log_of

HOSTILE = ["Docs", "Docs", "Docs:2", "a/b", "~0", "~1/", "__proto__", "constructor", "\u202eright", "🦜", "x" * 10_000]
CHAINS: dict[str, Any] = {
    "sequence": RunnableLambda(lambda x: x) | RunnablePassthrough(),
    "parallel": RunnablePassthrough() | RunnableParallel(a=lambda x: {"b": x}, b=lambda x: [x]),
    "assign": RunnableLambda(lambda x: {"a": x}).assign(b=lambda d: d["a"], c=lambda d: None),
    "hostile": RunnableParallel({name: RunnableLambda(lambda x: x, name=name) for name in HOSTILE}),
}


async def generate(x: Any) -> Any:
    for token in ("one ", "two ", "three"):
        yield token


CHAINS["tokens"] = RunnableLambda(generate) | RunnablePassthrough()


async def recorded(chain: Any, **options: Any) -> list[Any]:
    return [item async for item in chain.astream_log("x", **options)]


@pytest.mark.parametrize("name", CHAINS)
async def test_the_fold_is_the_referees(name: str) -> None:
    patches = await recorded(CHAINS[name])
    ours: Any = None
    theirs: Any = None
    for count, patch in enumerate(patches, 1):
        ours = log_of(patches[:count]).state
        theirs = jsonpatch.apply_patch(theirs, copy.deepcopy(patch.ops))
        assert repr(ours) == repr(theirs)
    assert ours["final_output"] is not None
    assert all(entry["end_time"] for entry in ours["logs"].values())


async def test_states_come_as_often_as_patches_and_share_their_past() -> None:
    chain = CHAINS["tokens"]
    states = await recorded(chain, diff=False)
    assert len(states) == len(await recorded(chain))
    assert all(isinstance(state, RunLog) for state in states)
    assert [state.state["streamed_output"] for state in states][-1] == ["one ", "two ", "three"]
    assert states[0].state["streamed_output"] == []
    assert states[-1].state["logs"]["generate"] is states[-2].state["logs"]["generate"]


async def test_sum_of_patches() -> None:
    patches = await recorded(CHAINS["tokens"])
    total = patches[0] + patches[1]
    for patch in patches[2:]:
        total = total + patch
    assert isinstance(total, RunLog)
    assert total.state["final_output"] == "one two three"
    assert total.ops == [op for patch in patches for op in patch.ops]


async def test_without_the_list_of_chunks() -> None:
    patches = await recorded(CHAINS["tokens"], with_streamed_output_list=False)
    assert not [op for patch in patches for op in patch.ops if op["path"] == "/streamed_output/-"]


async def test_there_and_back_as_jsonpatch() -> None:
    for patch in await recorded(CHAINS["tokens"]):
        converted = patch.to_jsonpatch()
        assert isinstance(converted, jsonpatch.JsonPatch)
        assert RunLogPatch.from_jsonpatch(converted) == patch
        assert json.loads(converted.to_string()) == patch.ops


async def test_hostile_names_have_keys_of_their_own() -> None:
    patches = await recorded(CHAINS["hostile"])
    logs = log_of(patches).state["logs"]
    assert sorted(entry["name"] for entry in logs.values()) == sorted(set(HOSTILE))
    assert all(key == entry["name"] or key.startswith(f"{entry['name']}:") for key, entry in logs.items())


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_added_within_a_list_moves_the_rest(place: int) -> None:
    begun = {"op": "replace", "path": "", "value": {"list": [1, 2]}}
    add = {"op": "add", "path": f"/list/{place}", "value": 0}
    state = (RunLogPatch(begun) + RunLogPatch(add)).state
    assert state == jsonpatch.apply_patch(copy.deepcopy(begun["value"]), [add])


def test_what_is_no_log_operation() -> None:
    begun = RunLogPatch({"op": "replace", "path": "", "value": {"list": []}})
    with pytest.raises(InvalidInputError, match="expected op 'add' or 'replace', got 'move'"):
        assert log_of([begun, RunLogPatch({"op": "move", "path": "/a", "from": "/b"})]).state
    for path in ("/a/b", "/list/7", "/list/x"):
        with pytest.raises(InvalidInputError, match="no place at path"):
            assert log_of([begun, RunLogPatch({"op": "replace", "path": path, "value": 1})]).state
    for path in ("/list/1", "/list/x"):
        with pytest.raises(InvalidInputError, match="no place at path"):
            assert log_of([begun, RunLogPatch({"op": "add", "path": path, "value": 1})]).state
