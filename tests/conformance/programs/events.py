"""Custom events, by whatever sends them; the log as patches that add up."""

from __future__ import annotations

from typing import Any

from ..cores import Core, plain
from ..observe import HANDLERS, OTHER_LOGS, PLAIN, SEEN, Program, adrained, log_entries, value
from ..recorder import recorder
from ..steps import model, page_chain, retriever, shouting, spelling, twice, two_models, upper


def custom_events(core: Core) -> Any:
    def work(x: Any) -> Any:
        core.dispatch_custom_event("progress", {"done": 1})
        core.dispatch_custom_event("progress", {"done": 2})
        return x

    return core.RunnableLambda(work)


def custom_events_of_another_config(core: Core) -> Any:
    def tell(x: Any, config: Any, run_manager: Any) -> Any:
        core.dispatch_custom_event("tagged", x, config={"tags": ["own", "bound"]})
        core.dispatch_custom_event("described", x, config={**config, "metadata": {"m": 2}})
        core.dispatch_custom_event("below", x, config={"callbacks": run_manager.get_child("place")})
        return x

    return core.RunnableLambda(upper) | core.RunnableLambda(tell).with_config(tags=["bound"], metadata={"m": 1})


def async_custom_events(core: Core) -> Any:
    async def work(x: Any) -> Any:
        await core.adispatch_custom_event("progress", {"done": 1})
        await core.adispatch_custom_event("text", "any value")
        return x

    return core.RunnableLambda(work)


def with_a_config(core: Core) -> Any:
    async def work(x: Any, config: Any) -> Any:
        await core.adispatch_custom_event("progress", [1, 2], config=config)
        return x

    return core.RunnableLambda(work).with_config(tags=["mine"], metadata={"k": 1})


def nested(core: Core) -> Any:
    inner = custom_events(core).with_config(run_name="inner")

    def outer(x: Any) -> Any:
        core.dispatch_custom_event("before", None)
        result = inner.invoke(x)
        core.dispatch_custom_event("after", result)
        return result

    return core.RunnableLambda(outer)


def in_a_generator(core: Core) -> Any:
    async def work(chunks: Any) -> Any:
        async for chunk in chunks:
            await core.adispatch_custom_event("chunk", chunk)
            yield chunk

    return core.RunnableGenerator(work)


def in_a_tool(core: Core) -> Any:
    @core.tool
    def count(x: str) -> int:
        """Count letters."""
        core.dispatch_custom_event("counting", {"x": x})
        return len(x)

    return count


@value
def unwatched(core: Core) -> Any:
    return custom_events(core).invoke("x"), list(custom_events(core).stream("x")), custom_events(core).batch(["x"])


@value
async def unwatched_async(core: Core) -> Any:
    return await async_custom_events(core).ainvoke("x"), await adrained(async_custom_events(core).astream("x"))


@value
def outside_of_a_run(core: Core) -> Any:
    core.dispatch_custom_event("progress", 1, config={"callbacks": [recorder(core, {})]})


@value
async def log_adds_up(core: Core) -> Any:
    """The patches added up one by one, and the states that `diff=False` gives."""
    chain = spelling(core) | shouting(core)
    patches = await adrained(chain.astream_log("x"))
    states = await adrained(chain.astream_log("x", diff=False))
    total, sums = None, []
    for patch in patches:
        total = patch if total is None else total + patch
        sums.append(log_entries(total.state))
    return (
        [type(total).__name__, type(patches[0]).__name__, type(states[0]).__name__],
        sums,
        [log_entries(state.state) for state in states],
    )


@value
async def logs_made_by_hand(core: Core) -> Any:
    first = core.RunLogPatch({"op": "replace", "path": "", "value": {"a": [1], "b": {"c": "x"}}})
    log = first + core.RunLogPatch({"op": "add", "path": "/a/-", "value": 2}, {"op": "add", "path": "/b/d", "value": 3})
    log = log + core.RunLogPatch({"op": "replace", "path": "/b/c", "value": "y"})
    return [log.state, log.ops, first == core.RunLogPatch(*first.ops), log == log, len(log.ops)]


@value
async def kinds_in_the_log(core: Core) -> Any:
    """What each kind of step is called in the log and in the events."""
    chain = page_chain(core)
    types: dict[str, str] = {}
    async for state in chain.astream_log("where?", diff=False):
        types.update({name: entry["type"] for name, entry in state.state["logs"].items()})
    events = await adrained(chain.astream_events("where?", version="v2"))
    return types, sorted({(event["name"], event["event"]) for event in events})


@value
async def keys_of_duplicates(core: Core) -> Any:
    chain = core.RunnableLambda(upper) | upper | twice | upper
    logs: dict[str, Any] = {}
    async for state in chain.astream_log("x", diff=False):
        logs = state.state["logs"]
    filtered: dict[str, Any] = {}
    async for state in chain.astream_log("x", diff=False, exclude_tags=["seq:step:1"]):
        filtered = state.state["logs"]
    return {key: entry["tags"] for key, entry in logs.items()}, {key: entry["tags"] for key, entry in filtered.items()}


@value
async def parents(core: Core) -> Any:
    """v2 tells the parents from the root on; v1 tells none."""
    inner = core.RunnableLambda(upper).with_config(run_name="inner")
    chain = core.RunnableLambda(lambda x: inner.invoke(x), name="outer") | twice
    told: list[Any] = []
    for version in ("v1", "v2"):
        events = await adrained(chain.astream_events("x", version=version))
        names = {event["run_id"]: event["name"] for event in events}
        told.append([(event["name"], [names[id] for id in event["parent_ids"]]) for event in events])
    return told


@value
async def keys_of_an_event(core: Core) -> Any:
    events = await adrained((core.RunnableLambda(upper) | model(core)).astream_events("x", version="v2"))
    return [(event["event"], sorted(event), sorted(event["data"])) for event in events]


@value
async def data_of_a_streamed_dict(core: Core) -> Any:
    events = await adrained(two_models(core).astream_events({"topic": "x"}, version="v2"))
    ends = [event for event in events if event["event"] == "on_chain_end"]
    return sorted(([event["name"], plain(event["data"])] for event in ends), key=repr)


def tagged(core: Core) -> Any:
    return core.RunnableLambda(twice) | custom_events(core).with_config(tags=["mine"])


PROGRAMS = [
    Program("custom_events", lambda c: custom_events(c) | twice),
    Program("custom_events_of_a_root", custom_events),
    Program("custom_events_async", async_custom_events),
    Program("custom_events_with_a_config", with_a_config),
    Program("custom_events_of_another_config", custom_events_of_another_config),
    Program("custom_events_nested", nested),
    Program("custom_events_in_a_generator", in_a_generator),
    Program("custom_events_in_a_tool", in_a_tool, {"x": "abc"}),
    Program("custom_events_filtered", nested, options={"include_names": ["inner"]}, modes=("v2",)),
    Program("custom_events_of_a_tagged_step", tagged),
    Program("custom_events_by_tag", tagged, options={"include_tags": ["mine"]}, modes=("v2",)),
    Program("custom_events_by_place", tagged, options={"include_tags": ["seq:step:2"]}, modes=("v2",)),
    Program("custom_events_without_a_tag", tagged, options={"exclude_tags": ["mine"]}, modes=("v2",)),
    Program("custom_events_by_name", nested, options={"include_names": ["progress", "after"]}, modes=("v2",)),
    unwatched,
    unwatched_async,
    outside_of_a_run,
    Program(
        "page_chain",
        page_chain,
        "where did harrison work?",
        unordered=True,
        modes=(*PLAIN, *HANDLERS, *SEEN, *OTHER_LOGS),
    ),
    Program("retriever_in_sequence", lambda c: retriever(c) | (lambda docs: len(docs))),
    log_adds_up,
    logs_made_by_hand,
    kinds_in_the_log,
    keys_of_duplicates,
    parents,
    keys_of_an_event,
    data_of_a_streamed_dict,
]
