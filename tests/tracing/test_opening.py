"""Runs that are made by the shorter way lack nothing that a call of their class gives them."""

from __future__ import annotations

from chainviz import RunnableLambda
from chainviz.tracing.active import ActiveRun, begin
from chainviz.tracing.bus import Bus
from chainviz.tracing.callbacks import BaseCallbackHandler, CallbackSink
from chainviz.tracing.events import Run, open_run
from chainviz.tracing.scope import Place, Scope


def test_an_open_run_has_every_field() -> None:
    made, opened = Run("chain", "n"), open_run("chain", "n", None, None, [], {}, None, None)
    told = {"start", "_number"}
    assert {slot: getattr(opened, slot) for slot in Run.__slots__ if slot not in told} == {
        slot: getattr(made, slot) for slot in Run.__slots__ if slot not in told
    }
    assert opened.start >= made.start
    assert opened.id != made.id


def test_a_run_inside_another_has_every_field() -> None:
    step = RunnableLambda(lambda x: x, name="inner")
    outer = begin(step, {"tags": ["a"], "metadata": {"k": 1}})
    inner = begin(step, Place((outer, "seq:step:1", "seq:1")))
    for slot in (*Scope.__slots__, *ActiveRun.__slots__):
        if slot != "record":
            assert getattr(inner, slot) == getattr(outer, slot)
    assert inner.record.parent is outer.record


def test_a_bus_to_one_handler_has_every_field() -> None:
    sink = CallbackSink(BaseCallbackHandler())
    made, opened = Bus([sink]), Bus.to_handler(sink)
    for slot in Bus.__slots__:
        assert getattr(opened, slot) == getattr(made, slot)
    assert sink.faults is opened._faults  # pyright: ignore[reportPrivateUsage]
