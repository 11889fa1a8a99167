"""Values that no JSON can hold: they pass through a chain untouched, and every view of the run shows something."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from chainviz import AIMessage, RunnableGenerator, RunnableLambda, dispatch_custom_event, trace
from chainviz.wire.frames import snapshot
from chainviz.wire.page import render_html

from .modes import EVERY_MODE, Watch
from .places import SAME


class Untouchable:
    """Raises whatever is done to it that a watcher has no business to do."""

    def _refuse(self, *_: Any) -> Any:
        raise AssertionError("left alone, please")

    __repr__ = __str__ = __eq__ = __ne__ = __bool__ = __len__ = __iter__ = __add__ = __radd__ = _refuse  # type: ignore[assignment]
    __reduce_ex__ = __deepcopy__ = __copy__ = __getstate__ = _refuse  # type: ignore[assignment]
    __hash__ = object.__hash__


def _deep() -> Any:
    value: Any = "bottom"
    for _ in range(20_000):
        value = [value]
    return value


def _cyclic() -> Any:
    value: dict[str, Any] = {"name": "me"}
    value["self"] = [value]
    return value


def _raising_property() -> Any:
    class Trap:
        @property
        def __dict__(self) -> Any:  # type: ignore[override]
            raise RuntimeError("trap")

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("trap")

    return Trap()


VALUES: dict[str, Callable[[], Any]] = {
    "an object": object,
    "untouchable": Untouchable,
    "a trap": _raising_property,
    "a lock": lambda: __import__("threading").Lock(),
    "a generator": lambda: (x for x in "ab"),
    "a function": lambda: print,
    "a module": lambda: json,
    "huge text": lambda: "x" * 5_000_000,
    "a huge list": lambda: list(range(500_000)),
    "a huge number": lambda: 10**5_000,
    "deep": _deep,
    "cyclic": _cyclic,
    "a lone surrogate": lambda: "\ud800 and \udfff",
    "keys of all kinds": lambda: {1: "a", None: "b", (1, 2): "c", "\ud800": "d", "__proto__": "e", "$type": "f"},
    "not a number": lambda: {"nan": float("nan"), "inf": [float("inf"), -float("inf")]},
    "bytes": lambda: b"\x00\xff" * 1000,
    "controls": lambda: "\x00\x1b[31m\u202e\u200b\u2028</script><!--",
    "a message of these": lambda: AIMessage("\ud800", additional_kwargs={"nan": float("nan"), "x": object()}),
    "an exception": lambda: ValueError("\ud800"),
}


def chain_of(value: Any) -> Any:
    """A chain in which the value is an input, an output, a chunk, metadata, and the data of a custom event."""

    def make(x: Any) -> Any:
        dispatch_custom_event("made", value)
        return value

    def give(chunks: Iterator[Any]) -> Iterator[Any]:
        yield from chunks

    async def agive(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for chunk in chunks:
            yield chunk

    first = RunnableLambda(make, name="make").with_config(metadata={"value": value})
    return first | RunnableGenerator(give, agive, name="give") | SAME


@pytest.mark.parametrize("mode", EVERY_MODE)
@pytest.mark.parametrize("value", VALUES)
def test_it_passes_through(value: str, mode: str) -> None:
    made = VALUES[value]()
    given = Watch().run(mode, chain_of(made))
    if mode in ("invoke", "ainvoke"):
        assert given is made
    elif mode in ("batch", "abatch", "stream", "astream", "transform", "atransform"):
        assert all(one is made for one in given)
    elif "completed" in mode:
        assert all(one is made for _, one in given)
    elif mode == "log states":
        assert given[-1].state["final_output"] is made
    else:
        assert len(given) > 5


@pytest.mark.parametrize("value", VALUES)
def test_it_is_shown(value: str) -> None:
    with trace(value) as t:
        chain_of(VALUES[value]()).invoke("x")
    wire = snapshot(t)
    text = json.dumps(wire, allow_nan=False)
    text.encode()
    assert len(text) < 2_500_000
    assert wire["batch"]["closed"]
    render_html(t).encode()
    assert len(repr(t)) < 200
    assert [event["event"] for event in t.events()][-1] == "on_chain_end"
    assert t.tree[0].status == "done"


@pytest.mark.parametrize("value", VALUES)
def test_an_error_that_carries_it(value: str) -> None:
    error = RuntimeError(VALUES[value]())

    def fails(x: Any) -> Any:
        raise error

    with pytest.raises(RuntimeError) as raised, trace("errors") as t:
        (SAME | fails).invoke("x")
    assert raised.value is error
    json.dumps(snapshot(t), allow_nan=False).encode()
    render_html(t).encode()
    assert "error" in t.log.state["logs"]["fails"]
