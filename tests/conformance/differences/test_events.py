"""Where ours means to differ: runs and events."""

from __future__ import annotations

import asyncio
import threading
import warnings
from typing import Any

import jsonpatch
import pytest

from ..cores import OURS, REFERENCE, Core
from ..observe import adrained
from ..steps import abreak_off, aletters, break_off, fail, letters, retriever, spelling, twice, two_models, upper
from .told import events_of, named, patches_of


def test_failing_runs_end_in_the_events() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper) | fail

    assert not any("error" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))
    ours = named(events_of(OURS, chain(OURS)))
    assert ("on_chain_error", "fail") in ours
    assert ours[-1] == ("on_chain_error", "RunnableSequence")
    entry = jsonpatch.apply_patch(
        {}, [op for patch in patches_of(OURS, chain(OURS)) for op in patch.ops if op["path"].count("/") < 4]
    )["logs"]["fail"]
    assert entry["end_time"] is not None
    assert entry["error"] == "ValueError: no X"


def failing_model(core: Core) -> Any:
    class Silent(core.BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "silent"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
            raise ValueError("nothing to say")

    return Silent()


def failing_text_model(core: Core) -> Any:
    class Mute(core.LLM):
        @property
        def _llm_type(self) -> str:
            return "mute"

        def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            raise ValueError("nothing to say")

    return Mute()


FAILING = {
    "chain": lambda c: c.RunnableLambda(fail),
    "prompt": lambda c: c.RunnableLambda(lambda x: {}) | c.PromptTemplate.from_template("{a}"),
    "chat_model": failing_model,
    "llm": failing_text_model,
    "parser": lambda c: c.JsonOutputParser(),
    "retriever": lambda c: c.RunnableLambda(lambda x: "") | retriever(c),
}


@pytest.mark.parametrize("kind", FAILING)
def test_runs_of_each_type_end_in_an_error(kind: str) -> None:
    """The reference tells of failing tools only."""
    reference = [event for event, _ in named(events_of(REFERENCE, FAILING[kind](REFERENCE)))]
    assert not any("error" in event for event in reference)
    ours = events_of(OURS, FAILING[kind](OURS))
    assert f"on_{kind}_error" in [event["event"] for event in ours]
    assert len({event["run_id"] for event in ours}) == sum(
        event["event"].endswith(("_end", "_error", "_cancel")) for event in ours
    )


def test_a_step_whose_reader_failed_is_cancelled() -> None:
    def chain(core: Core) -> Any:
        return spelling(core) | core.RunnableGenerator(break_off, abreak_off)

    of_letters = [event for event, name in named(events_of(OURS, chain(OURS))) if name == "letters"]
    assert of_letters[-1] == "on_chain_cancel"
    assert not any("cancel" in event for event, _ in named(events_of(REFERENCE, chain(REFERENCE))))


def test_filtered_events_keep_their_own_input() -> None:
    def first(core: Core) -> Any:
        return events_of(core, two_models(core), {"topic": "bears"}, include_types=["chat_model"])[0]

    assert first(REFERENCE)["data"]["input"] == {"topic": "bears"}
    assert first(OURS)["data"]["input"]["messages"][0][0].content.endswith("about bears")


def test_each_token_of_a_text_model_is_shown() -> None:
    """The reference shows those only that the model's own `_stream` tells to its run manager."""

    def tokens(core: Core) -> list[str]:
        events = events_of(core, core.FakeStreamingListLLM(responses=["yes"]))
        return [event["data"]["chunk"] for event in events if event["event"] == "on_llm_stream"]

    assert tokens(REFERENCE) == []
    assert tokens(OURS) == ["y", "e", "s"]


def test_log_keys_survive_any_name() -> None:
    names = ["Docs", "Docs", "Docs:2", "a/b", "~tilde", "__proto__"]

    def chain(core: Core) -> Any:
        steps = [core.RunnableLambda(upper).with_config(run_name=name) for name in names]
        return core.RunnableSequence(*steps)

    ours = patches_of(OURS, chain(OURS))
    state: Any = None
    for patch in ours:
        state = jsonpatch.apply_patch(state, patch.ops)
    assert list(state["logs"]) == ["Docs", "Docs:2", "Docs:2:2", "a/b", "~tilde", "__proto__"]
    assert [entry["name"] for entry in state["logs"].values()] == names
    assert all(entry["end_time"] for entry in state["logs"].values())
    lost = None
    try:
        for patch in patches_of(REFERENCE, chain(REFERENCE)):
            lost = jsonpatch.apply_patch(lost, patch.ops)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return  # the reference names a place that is not there
    assert len(lost["logs"]) < len(names)


def test_filters_by_metadata() -> None:
    def chain(core: Core) -> Any:
        return core.RunnableLambda(upper).with_config(metadata={"team": "a", "n": 1}) | (lambda x: x)

    ours = events_of(OURS, chain(OURS), include_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"upper"}
    ours = events_of(OURS, chain(OURS), exclude_metadata={"team": "a"})
    assert {event["name"] for event in ours} == {"RunnableSequence", "RunnableLambda"}
    with pytest.raises(TypeError):
        chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        events = chain(REFERENCE).astream_events("x", version="v2", include_metadata={"team": "a"})
        raise asyncio.run(adrained(events))[-1]


def test_fallbacks_keep_their_parent() -> None:
    chain = OURS.RunnableLambda(fail).with_fallbacks([OURS.RunnableLambda(upper)])
    ours = events_of(OURS, chain)
    assert [len(event["parent_ids"]) for event in ours if event["name"] in ("fail", "upper")] == [1] * 5


def test_what_is_bound_keeps_its_parent_and_its_tags() -> None:
    """The reference puts a step that `with_config` or `bind` wraps under the run in which it was last at work itself,
    with the tag of the place there: not under the branch, retry or batch item that calls it."""

    def chain(core: Core) -> Any:
        option = core.RunnableLambda(upper).with_config(tags=["bound"])
        return core.RunnableLambda(twice) | core.RunnableBranch((lambda x: True, option), twice)

    def option(core: Core) -> tuple[int, set[str]]:
        seen = events_of(core, core.RunnableLambda(lambda x: chain(core).invoke(x)))
        event = next(event for event in seen if event["name"] == "upper")
        return len(event["parent_ids"]), set(event["tags"])

    assert option(OURS) == (3, {"branch:1", "bound"})
    assert option(REFERENCE) == (2, {"seq:step:2", "branch:1", "bound"})


def test_what_a_passthrough_calls_stands_under_it() -> None:
    """In the reference its function is called outside of its run: at a root it can tell nobody anything."""

    def chain(core: Core) -> Any:
        def tell(x: Any, config: Any) -> None:
            core.dispatch_custom_event("seen", x, config=config)

        return core.RunnablePassthrough(tell)

    ours = events_of(OURS, OURS.RunnableLambda(upper) | chain(OURS))
    custom = next(event for event in ours if event["event"] == "on_custom_event")
    assert custom["run_id"] == next(event["run_id"] for event in ours if event["name"] == "RunnablePassthrough")
    assert chain(OURS).invoke("x", {"callbacks": [OURS.BaseCallbackHandler()]}) == "x"
    with pytest.raises(RuntimeError, match="without a parent run"):
        chain(REFERENCE).invoke("x", {"callbacks": [REFERENCE.BaseCallbackHandler()]})


def test_an_event_that_nobody_can_see_goes_nowhere() -> None:
    """A step that nobody watches opens no run, so what it calls is not told from what no step calls."""
    OURS.dispatch_custom_event("progress", 1)
    with pytest.raises(RuntimeError, match="without a parent run"):
        REFERENCE.dispatch_custom_event("progress", 1)


def test_context_follows_into_every_thread() -> None:
    chain = OURS.RunnableLambda(lambda x: threading.get_ident())
    outer = OURS.RunnableLambda(lambda x: OURS.RunnableParallel(a=chain, b=chain).invoke(x))
    events = events_of(OURS, outer)
    inside = [event for event in events if event["event"] == "on_chain_start" and len(event["parent_ids"]) == 2]
    assert len(inside) == 2


def test_context_follows_into_a_component() -> None:
    """What a retriever calls is its child; in the reference it is a root of its own, which the events do not show."""

    def shelf(core: Core) -> Any:
        class Shelf(core.BaseRetriever):
            def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
                return [core.Document(page_content=core.RunnableLambda(upper).invoke(query))]

        return Shelf()

    assert [name for _, name in named(events_of(REFERENCE, shelf(REFERENCE)))] == ["Shelf"] * 2
    ours = events_of(OURS, shelf(OURS))
    assert [(event["name"], len(event["parent_ids"])) for event in ours] == [
        ("Shelf", 0),
        ("upper", 1),
        ("upper", 1),
        ("Shelf", 0),
    ]


async def verbs_that_warn(core: Core) -> None:
    chain = core.RunnableLambda(letters, aletters)
    await adrained(chain.astream_events("x", version="v1"))
    await adrained(chain.astream_events("x", version="v2"))
    await adrained(chain.astream_log("x"))


@pytest.mark.filterwarnings("error")
def test_no_verb_warns() -> None:
    asyncio.run(verbs_that_warn(OURS))
    OURS.PromptTemplate.from_template("{a}").as_tool(name="asks", description="Asks.")  # there, a beta
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(verbs_that_warn(REFERENCE))
    assert ["deprecated" in str(one.message) for one in seen] == [True] * 2
