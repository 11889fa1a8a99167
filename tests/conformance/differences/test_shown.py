"""Where ours means to differ: how steps are shown and drawn."""

from __future__ import annotations

import warnings
from typing import Any

from ..cores import OURS, REFERENCE, Core
from ..steps import fail, twice, upper


def test_what_a_method_made_is_shown_as_its_call() -> None:
    """The reference shows the class and parts of its own, and a text that is no expression."""

    def shown(core: Core) -> list[str]:
        step = core.RunnableLambda(upper)
        return [repr(step.bind(a=1)), repr(step.with_retry()), str(step | step)]

    assert shown(REFERENCE) == [
        "RunnableBinding(bound=RunnableLambda(upper), kwargs={'a': 1}, config={}, config_factories=[])",
        "RunnableRetry(bound=RunnableLambda(upper), kwargs={}, config={}, config_factories=[])",
        "first=RunnableLambda(upper) middle=[] last=RunnableLambda(upper)",
    ]
    assert shown(OURS) == [
        "RunnableLambda(upper).bind(a=1)",
        "RunnableLambda(upper).with_retry(stop_after_attempt=3)",
        "RunnableLambda(upper)\n| RunnableLambda(upper)",
    ]


def test_a_chain_with_a_memory_is_called_what_it_is() -> None:
    """Its runs bear that name in both; the reference's own answer is the class of a part."""

    def name(core: Core) -> str:
        memory = core.InMemoryChatMessageHistory()
        return core.RunnableWithMessageHistory(core.RunnableLambda(upper), lambda: memory).get_name()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert name(REFERENCE) == "RunnableSequence"
    assert name(OURS) == "RunnableWithMessageHistory"


def test_the_graph_shows_what_there_is() -> None:
    """Ids are paths, which a trace's runs bear too; names are those of the runs; every way is drawn, in its order."""

    def chain(core: Core) -> Any:
        first = core.RunnableLambda(upper).with_config(run_name="first")
        choice = core.RunnableBranch((lambda x: False, fail), (lambda x: True, twice), upper)
        spare = core.RunnableLambda(upper).with_fallbacks([core.RunnableLambda(twice)])
        return first | choice | core.RunnableLambda(upper).with_retry() | spare

    def names(core: Core) -> list[str]:
        return [node.name for node in chain(core).get_graph().nodes.values()]

    assert names(REFERENCE) == ["upper_input", "upper", "Branch", "upper", "WithFallbacks", "upper_output"]
    assert list(chain(REFERENCE).get_graph().nodes) != list(chain(REFERENCE).get_graph().nodes)
    ids = [
        "input",
        "seq:1",
        "seq:2",
        "seq:2/branch:1",
        "seq:2/branch:2",
        "seq:2/branch:default",
        "seq:3/retry",
        "seq:4",
        "seq:4/fallback:0",
        "seq:4/fallback:1",
        "output",
    ]
    graph = chain(OURS).get_graph()
    assert list(graph.nodes) == ids
    assert names(OURS)[1:6] == ["first", "RunnableBranch", "fail", "twice", "upper"]
    with OURS.trace() as trace:
        chain(OURS).invoke("x")
    runs = [child.run.path for child in trace.tree[0].children]
    assert runs == ["seq:1", "seq:2", "seq:3", "seq:4"]
    assert [child.run.path for child in trace.tree[0].children[1].children][-1] == "seq:2/branch:2"


def test_labels_can_not_break_out_of_a_drawing() -> None:
    def drawn(core: Core) -> str:
        return core.RunnableLambda(upper, name='x"]; click y "javascript:z').get_graph().draw_mermaid()

    assert '"]; click' in drawn(REFERENCE)
    assert '"]; click' not in drawn(OURS)
