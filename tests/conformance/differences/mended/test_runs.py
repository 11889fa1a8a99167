"""How steps run: what the reference loses, mixes or leaves to chance."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import twice


def test_what_is_configurable_inherits() -> None:
    """In the reference, `with_config` on a configurable step takes empty values for all that it is not given: what the
    call says is lost."""

    def seen(core: Core) -> Any:
        look = core.RunnableLambda(lambda x, config: (config["tags"], config["configurable"]))
        step = (core.RunnablePassthrough() | look).configurable_alternatives(core.ConfigurableField("k"))
        named = step.with_config(run_name="named")
        around = core.RunnableLambda(lambda x: named.invoke(x))
        return around.invoke("x", {"tags": ["call"], "configurable": {"a": 1}})

    assert seen(OURS) == (["call"], {"a": 1})
    assert seen(REFERENCE) == ([], {})


def test_an_option_sees_the_config_of_its_branch() -> None:
    """Which is that of the call, as in each step of a sequence. What is bound adds the ambient config to the one that
    it is given; a branch of the reference leaves there the config of the code around it, so the two are mixed. On ours
    the ambient config also names the run around what an option calls, which is the branch's."""

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


def test_each_item_of_a_batch_is_retried_on_its_own() -> None:
    """The reference puts outputs in the places of others, and loses the exception."""

    def outputs(core: Core) -> Any:
        tried: list[int] = []

        def work(x: int) -> int:
            tried.append(x)
            if tried.count(x) < x:
                raise ValueError(f"{x} not yet")
            return x

        step = core.RunnableLambda(work).with_retry(wait_exponential_jitter=False, stop_after_attempt=3)
        return step.batch([1, 2, 3, 4], {"max_concurrency": 1}, return_exceptions=True)

    assert outputs(REFERENCE) == [1, 2, 3, 3]
    ours = outputs(OURS)
    assert ours[:3] == [1, 2, 3]
    assert isinstance(ours[3], ValueError)


def test_a_text_model_answers_each_under_a_limit() -> None:
    """Within a run that has the limit, the reference's batch calls itself without end."""

    def answers(core: Core) -> Any:
        return core.FakeListLLM(responses=["yes", "yes"]).map().invoke(["a", "b"], {"max_concurrency": 2})

    with pytest.raises(RecursionError):
        answers(REFERENCE)
    assert answers(OURS) == ["yes", "yes"]


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


def test_an_event_that_nobody_can_see_goes_nowhere() -> None:
    """A step that nobody watches opens no run, so what it calls is not told from what no step calls. The reference
    refuses."""
    OURS.dispatch_custom_event("progress", 1)
    with pytest.raises(RuntimeError, match="without a parent run"):
        REFERENCE.dispatch_custom_event("progress", 1)
