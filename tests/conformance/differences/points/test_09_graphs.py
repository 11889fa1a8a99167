"""The graph shows every step where its runs stand, by names that break out of no drawing."""

from __future__ import annotations

from typing import Any

from ...cores import OURS, REFERENCE, Core
from ...steps import fail, twice, upper
from ..told import events_of


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


def test_what_is_bound_keeps_its_parent_and_its_tags() -> None:
    """Where the graph shows it. The reference puts a step that `with_config` or `bind` wraps under the run in which it
    was last at work itself, with the tag of the place there: not under the branch, retry or batch item that calls
    it."""

    def chain(core: Core) -> Any:
        option = core.RunnableLambda(upper).with_config(tags=["bound"])
        return core.RunnableLambda(twice) | core.RunnableBranch((lambda x: True, option), twice)

    def option(core: Core) -> tuple[int, set[str]]:
        seen = events_of(core, core.RunnableLambda(lambda x: chain(core).invoke(x)))
        event = next(event for event in seen if event["name"] == "upper")
        return len(event["parent_ids"]), set(event["tags"])

    assert option(OURS) == (3, {"branch:1", "bound"})
    assert option(REFERENCE) == (2, {"seq:step:2", "branch:1", "bound"})
