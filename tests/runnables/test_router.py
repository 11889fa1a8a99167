"""RouterRunnable: the step that a key in the input names."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Iterator
from operator import neg
from typing import Any

import pytest

from chainviz import RouterRunnable, RunnableGenerator, RunnableLambda, RunnablePassthrough
from chainviz.errors import InvalidInputError, NotAStepError
from tests.tracing.watching import Watcher


def router() -> Any:
    def count(chunks: Iterator[int]) -> Iterator[int]:
        for chunk in chunks:
            yield from range(chunk)

    async def acount(chunks: AsyncIterator[int]) -> AsyncIterator[int]:
        async for chunk in chunks:
            for number in range(chunk):
                yield number

    counting = RunnableGenerator(count, acount)
    return RouterRunnable({"add": lambda x: x + 1, "square": lambda x: x**2, "count": counting})


async def test_every_verb_takes_the_route() -> None:
    given, expected = {"key": "square", "input": 3}, 9
    assert router().invoke(given) == await router().ainvoke(given) == expected
    assert list(router().stream(given)) == [expected]
    assert [chunk async for chunk in router().astream(given)] == [expected]
    several = [{"key": "add", "input": 1}, {"key": "square", "input": 5}]
    assert router().batch(several) == await router().abatch(several) == [2, 25]
    assert list(router().transform(iter([given]))) == [expected]


async def test_its_streams_stream() -> None:
    given = {"key": "count", "input": 3}
    assert list(router().stream(given)) == [0, 1, 2]
    assert [chunk async for chunk in router().astream(given)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"key": "sqare", "input": 1}, "RouterRunnable: expected one of the keys 'add', .*, got 'sqare'.*'square'"),
        ({"key": 7, "input": 1}, "expected one of the keys .*, got 7"),
        ({"key": "add"}, "RouterRunnable: expected a dict with 'key' and 'input', got {'key': 'add'}"),
        (3, "expected a dict with 'key' and 'input', got 3"),
    ],
)
@pytest.mark.parametrize("verb", ["invoke", "stream", "batch", "ainvoke"])
def test_a_wrong_key_is_one_sentence(given: Any, message: str, verb: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        if verb == "ainvoke":
            asyncio.run(router().ainvoke(given))
        else:
            list(getattr(router(), verb)([given] if verb == "batch" else given))


def test_a_wrong_key_fails_its_input_only() -> None:
    good, bad = router().batch([{"key": "add", "input": 1}, {"key": "no", "input": 1}], return_exceptions=True)
    assert good == 2
    assert isinstance(bad, InvalidInputError)


def test_what_is_no_step() -> None:
    with pytest.raises(NotAStepError, match="key 'a' of a router: expected a Runnable"):
        RouterRunnable({"a": 7})


def test_keywords_reach_the_step() -> None:
    assert RouterRunnable({"a": lambda x, plus: x + plus}).invoke({"key": "a", "input": 1}, plus=2) == 3


def test_its_graph_and_the_places_of_its_runs() -> None:
    inner = RouterRunnable({"a/b": RunnableLambda(neg) | abs, "c": neg})
    chain = RunnablePassthrough[Any]() | inner
    nodes = {node.id: node for node in chain.get_graph().root.walk()}
    assert nodes["seq:2"].kind == "router"
    assert [child.slot for child in nodes["seq:2"].children] == ["a/b", "c"]
    assert [edge.data for edge in chain.get_graph().edges if edge.conditional] == ["a/b", "c"]
    watcher = Watcher()
    chain.invoke({"key": "a/b", "input": 1}, watcher.config)
    paths = {event.run.path for event in watcher.events}
    assert paths <= set(nodes)
    assert len(paths) == 5
    assert "RouterRunnable" in chain.get_graph().draw_ascii()
    assert "RouterRunnable({" in chain.get_graph().draw_python()


def test_a_router_in_a_router() -> None:
    chain = RouterRunnable({"out": RouterRunnable({"in": neg})}) | RunnablePassthrough()
    watcher = Watcher()
    assert chain.invoke({"key": "out", "input": {"key": "in", "input": 1}}, watcher.config) == -1
    ids = {node.id for node in chain.get_graph().root.walk()}
    assert "seq:1/router:out/router:in" in {event.run.path for event in watcher.events} <= ids


def test_its_schemas() -> None:
    schema = router().get_input_jsonschema()
    assert set(schema["$defs"]["RouterInput"]["properties"]) == {"key", "input"}
    assert RouterRunnable({"a": RunnableLambda(str), "b": named}).OutputType is str


def named(x: int) -> str:
    return str(x)


def test_it_can_be_pickled() -> None:
    step = pickle.loads(pickle.dumps(RouterRunnable({"a": neg})))
    assert step.invoke({"key": "a", "input": 1}) == -1
