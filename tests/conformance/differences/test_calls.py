"""Where ours means to differ: what stands around a call, and its graph."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest

from ..cores import OURS, REFERENCE, Core
from ..steps import twice, upper
from ..test_exceptions import PLACES, VERBS, outcome

# What a step raises.


def raised(core: Core, place: str, kind: type[BaseException], verb: str) -> str:
    return outcome(core, place, kind, verb)[1].__name__


@pytest.mark.parametrize("place", PLACES)
def test_a_generator_exit_of_a_step_comes_out(place: str) -> None:
    """It is no end of a stream: the reference ends there as if all had been said, or fails at its own clean-up."""
    ours = {verb: raised(OURS, place, GeneratorExit, verb) for verb in VERBS}
    assert ours == dict.fromkeys(VERBS, "GeneratorExit")
    reference = {verb: raised(REFERENCE, place, GeneratorExit, verb) for verb in VERBS}
    assert set(reference.values()) <= {"NoneType", "RuntimeError", "UnboundLocalError", "GeneratorExit"}
    assert reference != ours


def test_what_ends_an_iteration_comes_out_of_a_retry() -> None:
    """The loop of the reference takes it for an end of its own."""
    assert raised(OURS, "retried", StopIteration, "invoke") == "StopIteration"
    assert raised(REFERENCE, "retried", StopIteration, "invoke") == "RuntimeError"
    assert raised(OURS, "retried", StopAsyncIteration, "ainvoke") == "StopAsyncIteration"
    assert raised(REFERENCE, "retried", StopAsyncIteration, "ainvoke") == "UnboundLocalError"


# Batches of which an item fails.


def begun_and_ended(core: Core, verb: str, config: Any, others: int = 0) -> tuple[int, int, str, str]:
    """How many of four items began and how many came to their end, where the first fails once so many others have
    begun; what a handler heard until the call came back, and what it heard after that."""
    begun: list[int] = []
    ended: list[int] = []
    heard: list[str] = []

    def work(x: int) -> None:
        begun.append(x)
        if x == 0:
            while len(begun) <= others:
                time.sleep(0.001)
            raise ValueError("zero")
        time.sleep(0.05)
        ended.append(x)

    async def awork(x: int) -> None:
        begun.append(x)
        if x == 0:
            raise ValueError("zero")
        await asyncio.sleep(0.01)
        ended.append(x)

    class Handler(core.BaseCallbackHandler):
        def on_chain_start(self, *args: Any, **kwargs: Any) -> None:
            heard.append("start ")

        def on_chain_end(self, *args: Any, **kwargs: Any) -> None:
            heard.append("end ")

        def on_chain_error(self, *args: Any, **kwargs: Any) -> None:
            heard.append("error ")

    step = core.RunnableLambda(work, awork)
    config = {**config, "callbacks": [Handler()]}

    async def call() -> int:
        with pytest.raises(ValueError, match="zero"):
            await step.abatch([0, 1, 2, 3], config)
        until = len(heard)
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
        return until

    if verb == "abatch":
        until = asyncio.run(call())
    else:
        with pytest.raises(ValueError, match="zero"):
            step.batch([0, 1, 2, 3], config)
        until = len(heard)
    return len(begun), len(ended), "".join(heard[:until]).strip(), "".join(heard[until:]).strip()


def test_a_batch_that_fails_begins_nothing_more() -> None:
    """In the reference all items run to their end before the exception of the first is raised."""
    begun, ended, told, after = begun_and_ended(REFERENCE, "batch", {}, others=3)
    assert (begun, ended, told.count("end"), told.count("error"), after) == (4, 3, 3, 1, "")
    begun, ended, told, after = begun_and_ended(OURS, "batch", {"max_concurrency": 1})
    assert (begun, ended, told, after) == (1, 0, "start error", "")
    begun, ended, told, after = begun_and_ended(OURS, "batch", {})
    assert (told.count("start"), told.count("end"), after) == (begun, ended, "")


def test_an_awaited_batch_that_fails_leaves_nothing_at_work() -> None:
    """In the reference the other items go on after the call has come back, and nobody hears what they raise."""
    begun, ended, told, after = begun_and_ended(REFERENCE, "abatch", {"max_concurrency": 1})
    assert (begun, ended, f"{told} {after}") == (4, 3, "start error start end start end start end")
    assert told.startswith("start error") and after
    assert begun_and_ended(OURS, "abatch", {"max_concurrency": 1}) == (1, 0, "start error", "")
    begun, ended, told, after = begun_and_ended(OURS, "abatch", {})
    assert (ended, told.count("start"), told.count("error"), after) == (0, begun, begun, "")


def test_what_fallbacks_try_bears_its_own_name() -> None:
    """In the reference it is called by the name that the fallbacks are given."""

    def names(core: Core) -> set[str]:
        told: set[str] = set()

        class Handler(core.BaseCallbackHandler):
            def on_chain_start(self, *args: Any, name: str, **kwargs: Any) -> None:
                told.add(name)

        step = core.RunnableLambda(upper).with_fallbacks([core.RunnableLambda(twice)])
        step.invoke("x", {"run_name": "careful", "callbacks": [Handler()]})
        return told

    assert names(OURS) == {"careful", "upper"}
    assert names(REFERENCE) == {"careful"}


# Configs.


def test_an_option_sees_the_config_of_its_branch() -> None:
    """Which is that of the call, as in each step of a sequence; in the reference what is bound looks past it."""

    def seen(core: Core, compose: Any) -> Any:
        step = core.RunnableLambda(lambda x, config: config["tags"]).with_config(metadata={"b": 1})
        chain = compose(core, step)
        return core.RunnableLambda(lambda x: chain.invoke(x, {"tags": ["own"]})).invoke("x", {"tags": ["around"]})

    def branch(core: Core, step: Any) -> Any:
        return core.RunnableBranch((lambda x: True, step), twice)

    def sequence(core: Core, step: Any) -> Any:
        return core.RunnableLambda(twice) | step

    assert [seen(OURS, branch), seen(OURS, sequence)] == [["own"], ["own"]]
    assert [seen(REFERENCE, branch), seen(REFERENCE, sequence)] == [["around", "own"], ["own"]]


TAGS_IN_ORDER = """
from {package} import BaseCallbackHandler, RunnableLambda
class Handler(BaseCallbackHandler):
    def on_chain_start(self, *args, tags, **kwargs):
        print(*tags)
step = RunnableLambda(str).with_config(tags=["bound"])
outer = RunnableLambda(lambda x, config: step.invoke(x, {{**config, "tags": ["own"]}}))
outer.invoke("x", {{"tags": list("zyxabc"), "callbacks": [Handler()]}})
"""


def test_tags_are_in_the_order_in_which_they_came() -> None:
    """In the reference it is that of the hashes of strings where a bound step is called with a config."""

    def orders(package: str) -> set[str]:
        program = TAGS_IN_ORDER.format(package=package).replace(
            "langchain_core import BaseCallbackHandler,",
            "langchain_core.callbacks import BaseCallbackHandler\nfrom langchain_core.runnables import",
        )
        runs = [
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            for seed in "12"
        ]
        return {run.stdout for run in runs}

    assert orders("chainviz") == {"z y x a b c\nz y x a b c bound own\n"}
    assert len(orders("langchain_core")) == 2


# Graphs.


def test_a_graph_is_a_view_of_its_chain() -> None:
    """So the ids of its nodes are those of the runs: who wants other steps composes another chain. The reference's can
    be changed into one that no chain has, and is drawn as a picture by a server."""
    names = ("add_node", "add_edge", "extend", "remove_node", "trim_first_node", "trim_last_node", "reid", "next_id")
    for core, there in ((OURS, False), (REFERENCE, True)):
        graph = core.RunnableLambda(upper).get_graph()
        assert [hasattr(graph, name) for name in (*names, "draw_mermaid_png")] == [there] * 9


def test_a_graph_is_drawn_in_text_as_a_tree() -> None:
    """With what each step holds. The reference's boxes need a package that is not among its requirements."""

    def drawn(core: Core) -> str:
        return (core.RunnableLambda(upper) | core.RunnableParallel(a=upper, b=twice)).get_graph().draw_ascii()

    with pytest.raises(ImportError, match="grandalf"):
        drawn(REFERENCE)
    assert [line for line in drawn(OURS).splitlines() if "-" in line] == [
        "+- upper - RunnableLambda",
        "`- parallel",
        "   +- a: upper - RunnableLambda",
        "   `- b: twice - RunnableLambda",
    ]


def test_what_takes_anything_asks_for_no_field() -> None:
    """The reference's parallel of untyped functions asks for a dict with a field `root`, which none of them reads."""

    def asked(core: Core) -> Any:
        return core.RunnableParallel(a=upper).get_input_jsonschema()

    assert asked(OURS) == {"title": "RunnableParallel<a>Input"}
    assert (asked(REFERENCE)["type"], asked(REFERENCE)["required"]) == ("object", ["root"])
