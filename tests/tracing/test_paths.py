"""The path of a run is the path id of its step in the static graph."""

from __future__ import annotations

from typing import Any

import pytest

from chainviz import RunnableBranch, RunnableLambda, RunnableParallel, RunnablePassthrough
from chainviz.tracing.events import RunStart

from .watching import Watcher


def fail(x: Any) -> Any:
    raise ValueError(x)


UPPER = RunnableLambda(str.upper)
CHAINS: dict[str, Any] = {
    "sequence": UPPER | str.lower | RunnablePassthrough(),
    "parallel": UPPER | {"a": UPPER, "a/b": UPPER | UPPER, "~": UPPER},
    "assign": RunnableLambda(lambda x: {"x": x}) | RunnablePassthrough.assign(y=lambda d: 1),
    "branch": RunnableBranch((lambda x: False, UPPER), (lambda x: True, UPPER | UPPER), UPPER) | UPPER,
    "default": RunnableBranch((lambda x: False, UPPER), UPPER | UPPER),
    "each": RunnableLambda(list) | (UPPER | UPPER).map(),
    "retry": (UPPER | UPPER).with_retry(),
    "fallbacks": RunnableLambda(fail).with_fallbacks([RunnableLambda(fail), UPPER | UPPER]),
    "bound": (UPPER | UPPER.bind()).with_config(run_name="named") | UPPER.with_config(tags=["t"]),
}


@pytest.mark.parametrize("name", CHAINS)
async def test_paths_stand_in_the_graph(name: str) -> None:
    chain = CHAINS[name]
    graph = chain.get_graph()
    paths: set[str] = set()
    for verb in (lambda config: chain.invoke("x", config), lambda config: list(chain.stream("x", config))):
        watcher = Watcher()
        verb(watcher.config)
        paths |= {event.run.path for event in watcher.events if isinstance(event, RunStart)}
    watcher = Watcher()
    await chain.ainvoke("x", watcher.config)
    paths |= {event.run.path for event in watcher.events if isinstance(event, RunStart)}
    assert "" in paths
    assert [path for path in paths if graph.find(path) is None] == []


def test_a_call_inside_a_function_has_a_place_of_its_own() -> None:
    inner = RunnableLambda(str.upper, name="in/ner")
    watcher = Watcher()
    (RunnableParallel(a=lambda x: inner.invoke(x)) | str).invoke("x", watcher.config)
    paths = [event.run.path for event in watcher.events if isinstance(event, RunStart)]
    assert paths == ["", "seq:1", "seq:1/map:a", "seq:1/map:a/call:in~1ner", "seq:2"]
