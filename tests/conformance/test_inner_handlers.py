"""Handlers given to a step inside a chain hear where it stands, though nobody watches the chain itself."""

from __future__ import annotations

import asyncio
import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

import chainviz
from chainviz.tracing.active import ActiveRun

from .cores import OURS, REFERENCE, Core, plain
from .observe import adrained, aiterated
from .recorder import Calls, by_run, recorder
from .steps import fail, model, twice, upper


def never(x: Any) -> bool:
    return False


def always(x: Any) -> bool:
    return True


def under_x(x: Any) -> Any:
    return {"x": x}


def for_a(x: Any) -> Any:
    return {"key": "a", "input": x}


def returning(step: Any) -> Callable[[Any], Any]:
    def choose(x: Any) -> Any:
        return step

    return choose


CHAINS: dict[str, Callable[[Core, Any], Any]] = {
    "sequence": lambda core, step: core.RunnableLambda(twice) | step,
    "sequence_of_three": lambda core, step: core.RunnableLambda(twice) | step | twice,
    "nested": lambda core, step: core.RunnableLambda(twice) | {"a": core.RunnableLambda(twice) | step},
    "parallel": lambda core, step: core.RunnableParallel(a=step),
    "branch": lambda core, step: core.RunnableBranch((never, twice), (always, step), twice),
    "condition": lambda core, step: core.RunnableBranch((step, twice), twice),
    "default": lambda core, step: core.RunnableBranch((never, twice), step),
    "retry": lambda core, step: core.RunnableLambda(twice) | step.with_retry(stop_after_attempt=2),
    "fallback": lambda core, step: core.RunnableLambda(fail).with_fallbacks([step]),
    "first_of_fallbacks": lambda core, step: step.with_fallbacks([core.RunnableLambda(twice)]),
    "assign": lambda core, step: core.RunnableLambda(under_x) | core.RunnablePassthrough.assign(y=step),
    "router": lambda core, step: (
        core.RunnableLambda(for_a) | core.RouterRunnable({"a": step, "b": core.RunnableLambda(twice)})
    ),
    "returned": lambda core, step: core.RunnableLambda(twice) | core.RunnableLambda(returning(step)),
    "bound": lambda core, step: core.RunnableLambda(twice) | step.with_config(tags=["mine"]),
    "configurable": lambda core, step: (
        core.RunnableLambda(twice)
        | step.configurable_alternatives(core.ConfigurableField("which"), other=core.RunnableLambda(twice))
    ),
    "alternative": lambda core, step: (
        core.RunnableLambda(twice)
        | core.RunnablePassthrough()
        .configurable_alternatives(core.ConfigurableField("which"), other=step)
        .with_config(configurable={"which": "other"})
    ),
}
VERBS: dict[str, Callable[[Any], Any]] = {
    "invoke": lambda chain: chain.invoke("x"),
    "ainvoke": lambda chain: asyncio.run(chain.ainvoke("x")),
    "batch": lambda chain: chain.batch(["x", "y"]),
    "abatch": lambda chain: asyncio.run(chain.abatch(["x", "y"])),
    "stream": lambda chain: list(chain.stream("x")),
    "astream": lambda chain: asyncio.run(adrained(chain.astream("x"))),
    "transform": lambda chain: list(chain.transform(iter(["x", "y"]))),
    "atransform": lambda chain: asyncio.run(adrained(chain.atransform(aiterated(["x", "y"])))),
}

STREAMS = ("stream", "astream", "transform", "atransform")
RETRIED = {(name, verb) for name in ("retry", "fallback", "first_of_fallbacks") for verb in STREAMS}
"""Streams that the reference does not retry, or whose attempts lose their parent there."""


def heard(core: Core, make: Callable[[Core, Any], Any], verb: str, inner: Callable[[Any], Any]) -> Any:
    """What a handler of the step hears that `inner` makes with it, and what the chain around it gives."""
    calls: Calls = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = VERBS[verb](make(core, inner(recorder(core, calls))))
    return sorted(by_run(calls), key=repr), plain(output)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", CHAINS)
def test_a_handler_inside_hears_where_it_stands(name: str, verb: str) -> None:
    def inner(core: Core) -> Callable[[Any], Any]:
        return lambda handler: core.RunnableLambda(upper).with_config(callbacks=[handler])

    ours, reference = (heard(core, CHAINS[name], verb, inner(core)) for core in (OURS, REFERENCE))
    assert ours[0]
    assert not any(is_root for run in ours[0] for *_, is_root in run)
    if (name, verb) not in RETRIED:
        assert ours == reference


@pytest.mark.parametrize("verb", VERBS)
def test_a_handler_of_a_model_hears_where_it_stands(verb: str) -> None:
    def inner(core: Core) -> Callable[[Any], Any]:
        return lambda handler: model(core, callbacks=[handler])

    ours, reference = (heard(core, CHAINS["sequence"], verb, inner(core)) for core in (OURS, REFERENCE))
    assert ours[0]
    assert not any(is_root for run in ours[0] for *_, is_root in run)
    assert ours == reference


@pytest.mark.parametrize("verb", VERBS)
def test_listeners_inside_hear_where_they_stand(verb: str) -> None:
    def inner(core: Core, told: list[Any]) -> Any:
        def tell(run: Any) -> None:
            told.append((run.name, run.tags, run.parent_run_id is None))

        return core.RunnableLambda(twice) | core.RunnableLambda(upper).with_listeners(on_start=tell, on_end=tell)

    told: dict[str, list[Any]] = {"ours": [], "reference": []}
    VERBS[verb](inner(OURS, told["ours"]))
    VERBS[verb](inner(REFERENCE, told["reference"]))
    assert told["ours"]
    assert told["ours"] == told["reference"]


class Ear(chainviz.BaseCallbackHandler):
    """Pickles, and hears in whatever process it is."""

    heard: ClassVar[list[bool]] = []

    def on_chain_start(self, *args: Any, parent_run_id: Any = None, **rest: Any) -> None:
        self.heard.append(parent_run_id is None)


def pickled(chain: Any) -> Any:
    return pickle.loads(pickle.dumps(chain))


AGAIN: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, pickled]


@pytest.mark.parametrize("again", AGAIN)
def test_such_a_chain_is_copied_and_pickled(again: Callable[[Any], Any]) -> None:
    lone = chainviz.RunnableLambda(upper)
    chain = again(chainviz.RunnableLambda(twice) | lone.with_config(callbacks=[Ear()]) | {"a": lone})
    assert (type(chain).__name__, isinstance(chain, chainviz.RunnableSequence)) == ("RunnableSequence", True)
    Ear.heard.clear()
    assert chain.invoke("x") == {"a": "XX"}
    assert Ear.heard == [False]


def test_chains_without_handlers_open_no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    def end(self: Any, *rest: Any) -> None:
        opened.append(self)

    monkeypatch.setattr(ActiveRun, "end", end)
    step = OURS.RunnableLambda(upper)
    for name in CHAINS.keys() - {"bound", "alternative", "returned"}:  # which are given a config
        CHAINS[name](OURS, step).invoke("x")
    assert opened == []
