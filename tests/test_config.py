"""Config: what is inherited, what is not, and what a wrong one says."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from chainviz import RunnableLambda
from chainviz.config import CURRENT, ambient, config_list, ensure_config, merge_configs, patch_config
from chainviz.errors import ChainvizError, InvalidConfigError
from chainviz.slots import Slots
from chainviz.tracing.events import Run, RunStart


def runs_of(chain: Any, config: Any) -> dict[str, Run]:
    runs: list[Run] = []

    def sink(event: Any) -> None:
        if isinstance(event, RunStart):
            runs.append(event.run)

    chain.invoke("x", {**config, "callbacks": [sink]})
    return {run.name: run for run in runs}


def test_name_and_id_are_for_one_run_only() -> None:
    id = uuid4()
    runs = runs_of(
        RunnableLambda(lambda x: x, name="a") | RunnableLambda(lambda x: x, name="b"), {"run_id": id, "run_name": "r"}
    )
    assert list(runs) == ["r", "a", "b"]
    assert runs["r"].id == id
    assert len({run.id for run in runs.values()}) == 3
    assert all(isinstance(run.id, UUID) and run.id.version in (4, 7) for run in runs.values())


def test_tags_and_metadata_are_inherited() -> None:
    inner = RunnableLambda(lambda x: x, name="a").with_config(tags=["own"], metadata={"n": 2})
    runs = runs_of(inner | RunnableLambda(lambda x: x, name="b"), {"tags": ["t"], "metadata": {"n": 1, "m": 1}})
    assert runs["a"].tags == ["seq:step:1", "own", "t"]
    assert runs["a"].metadata == {"n": 1, "m": 1}  # what the call says wins
    assert runs["b"].tags == ["seq:step:2", "t"]
    assert runs["b"].metadata == {"n": 1, "m": 1}


def test_a_call_inside_a_function_is_inside_its_run() -> None:
    inner = RunnableLambda(lambda x: x, name="inner")
    runs = runs_of(RunnableLambda(lambda x: inner.invoke(x), name="outer"), {"tags": ["t"]})
    assert runs["inner"].parent is runs["outer"]
    assert runs["inner"].tags == ["t"]
    assert CURRENT.get() is None


def test_defaults() -> None:
    assert ensure_config() == {
        "tags": [],
        "metadata": {},
        "callbacks": None,
        "recursion_limit": 25,
        "configurable": {},
    }
    assert ensure_config({"color": "red"})["configurable"] == {"color": "red"}  # type: ignore[typeddict-unknown-key]


def test_ambient_config_is_overridden_key_by_key() -> None:
    with ambient({"tags": ["around"], "max_concurrency": 2}):
        assert ensure_config({"tags": ["mine"]})["tags"] == ["mine"]
        assert ensure_config()["max_concurrency"] == 2
    assert CURRENT.get() is None


def test_merging() -> None:
    merged = merge_configs(
        {"tags": ["b"], "metadata": {"a": 1}}, None, {"tags": ["a"], "metadata": {"b": 2}, "run_name": "n"}
    )
    assert merged == {"tags": ["a", "b"], "metadata": {"a": 1, "b": 2}, "run_name": "n"}


def test_patching() -> None:
    patched = patch_config({"run_name": "n", "configurable": {"a": 1}}, callbacks=[print], configurable={"b": 2})
    assert "run_name" not in patched
    assert patched["configurable"] == {"a": 1, "b": 2}


def test_one_config_for_each_call() -> None:
    id = uuid4()
    assert [(config or {}).get("run_id") for config in config_list({"run_id": id}, 3)] == [id, None, None]
    with pytest.raises(InvalidConfigError, match="one config for each of 3 inputs, got 2"):
        config_list([{}, {}], 3)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("tags", "expected a dict"),
        ({"tags": "one"}, r"config\['tags'\]: expected a list, got 'one'"),
        ({"metadata": ["k"]}, r"config\['metadata'\]: expected a dict"),
        ({"callbacks": [1]}, r"config\['callbacks'\]: expected callback handlers, got 1"),
        ({"callbacks": 1}, r"config\['callbacks'\]: expected a list of handlers, got 1"),
    ],
)
def test_a_wrong_config_is_named(config: Any, message: str) -> None:
    with pytest.raises(InvalidConfigError, match=message) as raised:
        RunnableLambda(lambda x: x).invoke(1, config)
    assert isinstance(raised.value, (ChainvizError, ValueError))
    with pytest.raises(InvalidConfigError):
        RunnableLambda(lambda x: x).batch([1], [config])


def test_a_config_to_keep_is_checked_at_once() -> None:
    with pytest.raises(InvalidConfigError, match="expected a dict with keys like 'tags', got 3"):
        RunnableLambda(lambda x: x).with_config(3)  # type: ignore[arg-type]


def test_slots() -> None:
    outer = Slots(3)
    inner = Slots(3, outer)
    assert inner.take() and outer.take()
    assert not inner.take()  # the outer limit holds too
    assert inner.free == 1
    outer.give()
    assert inner.take()
