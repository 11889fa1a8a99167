"""What a call carries: names, tags, metadata, ids, limits, callbacks; what is bound to a step; listeners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ..cores import Core, plain
from ..observe import HANDLERS, MODES, PLAIN, Program, value
from ..recorder import Calls, by_run, recorder
from ..steps import fail, flaky, later, model, page_chain, shouting, spelling, twice, upper

ID = UUID(int=7)
CALLED = {"tags": ["call"], "metadata": {"m": 2}, "run_name": "root"}


def called() -> dict[str, Any]:
    return {"tags": ["call"], "metadata": {"m": 2}, "run_name": "root"}


def seen_config(core: Core) -> Any:
    """What a function finds in its config."""

    def look(x: Any, config: Any) -> Any:
        return {key: config.get(key) for key in ("tags", "metadata", "run_name", "max_concurrency", "recursion_limit")}

    return core.RunnableLambda(look)


def config_inside(core: Core) -> Any:
    """What a call inside a function inherits, and what it sets itself."""
    inner = seen_config(core)

    def outer(x: Any) -> Any:
        return [inner.invoke(x), inner.invoke(x, {"tags": ["own"], "metadata": {"own": 1}, "recursion_limit": 5})]

    return core.RunnableLambda(outer)


def bound_model(core: Core) -> Any:
    class Stopper(core.LLM):
        def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            return f"{prompt} {stop} {sorted(kwargs.items())}"

        @property
        def _llm_type(self) -> str:
            return "stopper"

    return Stopper()


def listened(core: Core, build: Any, verb: str) -> Any:
    """What listeners are told."""
    told: list[Any] = []

    def note(what: str) -> Any:
        def listener(run: Any) -> None:
            error = (run.error or "").split("Traceback")[0].strip()
            # The reference does not know the input of a stream when it starts.
            inputs = None if (what, verb) == ("start", "stream") else plain(run.inputs)
            told.append((what, run.name, run.run_type, inputs, plain(run.outputs or {}), error))

        return listener

    def note_with_config(run: Any, config: Any) -> None:
        told.append(("with config", run.name, sorted(config.get("tags") or [])))

    chain = build(core).with_listeners(on_start=note("start"), on_end=note("end"), on_error=note("error"))
    chain = chain.with_listeners(on_end=note_with_config)
    try:
        config = {"tags": ["t"]}
        if verb == "batch":
            chain.batch(["x", "y"], {**config, "max_concurrency": 1})
        else:
            list(chain.stream("x", config)) if verb == "stream" else chain.invoke("x", config)
    except ValueError as error:
        told.append(error)
    return told


async def alistened(core: Core, build: Any) -> Any:
    told: list[Any] = []

    def note(what: str) -> Any:
        async def listener(run: Any) -> None:
            told.append((what, run.name, plain(run.inputs), plain(run.outputs or {})))

        return listener

    chain = build(core).with_alisteners(on_start=note("start"), on_end=note("end"), on_error=note("error"))
    try:
        await chain.ainvoke("x")
    except ValueError as error:
        told.append(error)
    return told


LISTENED = {
    "lambda": lambda c: c.RunnableLambda(upper),
    "sequence": lambda c: c.RunnableLambda(upper) | twice,
    "failing": lambda c: c.RunnableLambda(upper) | fail,
    "named": lambda c: c.RunnableLambda(upper).with_config(run_name="n"),
}


@value
def listened_and_bound(core: Core) -> Any:
    """What is bound to a step with listeners takes the place of what was bound to it before."""
    calls: Calls = {}
    told: list[Any] = []
    step = core.RunnableLambda(upper).with_config(tags=["first"], metadata={"a": 1}, run_name="n")
    for name in "ab":
        step = step.with_listeners(on_end=lambda run, name=name: told.append((name, run.name, run.tags)))
    step.with_config(tags=["second"], callbacks=[recorder(core, calls)]).invoke("x")
    return told, by_run(calls)


@value
def ensured(core: Core) -> Any:
    configs = [None, {}, {"tags": ["a"]}, {"configurable": {"model": "m", "k": 1}}, {"unknown": 1}, {"metadata": None}]
    return [{key: item for key, item in core.ensure_config(config).items() if key != "callbacks"} for config in configs]


@value
def patched(core: Core) -> Any:
    config = {"tags": ["a"], "run_name": "n", "configurable": {"a": 1}, "recursion_limit": 3}
    results = [
        core.patch_config(config, max_concurrency=2),
        core.patch_config(config, callbacks=[], configurable={"b": 2}),
        core.patch_config(None, run_name="x"),
    ]
    return [{key: item for key, item in result.items() if key != "callbacks"} for result in results]


@value
def config_lists(core: Core) -> Any:
    one = core.get_config_list({"tags": ["t"], "run_name": "n"}, 2)
    many = core.get_config_list([{"tags": ["a"]}, {"tags": ["b"]}], 2)
    return [[config["tags"], config.get("run_name")] for config in [*one, *many]]


@value
def config_list_too_short(core: Core) -> Any:
    return core.RunnableLambda(upper).batch(["a", "b", "c"], [{}, {}])


@value
def configs_of_a_batch(core: Core) -> Any:
    configs = [{"tags": [tag], "run_name": tag, "metadata": {"k": tag}} for tag in "ab"]
    step = core.RunnableLambda(upper) | seen_config(core)
    return step.batch(["x", "y"], configs), sorted(step.batch_as_completed(["x", "y"], configs))


@value
async def configs_of_an_abatch(core: Core) -> Any:
    configs = [{"tags": [tag], "run_name": tag, "metadata": {"k": tag}} for tag in "ab"]
    step = core.RunnableLambda(upper) | seen_config(core)
    return await step.abatch(["x", "y"], configs)


@value
def handlers_of_a_batch(core: Core) -> Any:
    """Each item's runs go to the handlers of its own config."""
    calls: list[Calls] = [{}, {}]
    configs = [{"callbacks": [recorder(core, one)], "run_name": name} for one, name in zip(calls, "ab", strict=True)]
    (core.RunnableLambda(upper) | twice).batch(["x", "y"], configs)
    return [sorted(one.values(), key=repr) for one in calls]


@value
def handlers_of_a_parallel(core: Core) -> Any:
    """A handler that is bound to one branch hears of that branch only; the call's hears of all."""
    calls: list[Calls] = [{}, {}]
    heard = core.RunnableLambda(upper).with_config(callbacks=[recorder(core, calls[0])])
    core.RunnableParallel(a=heard, b=twice).invoke("x", {"callbacks": [recorder(core, calls[1])]})
    return [by_run(one) for one in calls]


@value
def run_ids(core: Core) -> Any:
    """A run id names the first run, and no run inside it."""
    ids: list[Any] = []

    class Handler(core.BaseCallbackHandler):
        def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: Any, **kwargs: Any) -> None:
            ids.append(run_id == ID)

    chain = core.RunnableLambda(upper) | twice
    chain.invoke("x", {"run_id": ID, "callbacks": [Handler()]})
    list(chain.stream("x", {"run_id": ID, "callbacks": [Handler()]}))
    return ids


@value
async def run_id_of_the_events(core: Core) -> Any:
    events = (core.RunnableLambda(upper) | twice).astream_events("x", {"run_id": ID}, version="v2")
    return [(event["name"], event["run_id"] == str(ID)) async for event in events]


@value
async def run_id_of_the_log(core: Core) -> Any:
    async for patch in core.RunnableLambda(upper).astream_log("x", {"run_id": ID}):
        return patch.ops[0]["value"]["id"]


@value
def bound_attributes(core: Core) -> Any:
    step = core.RunnableLambda(upper).bind(a=1).bind(b=2).with_config(tags=["t"]).with_config(metadata={"k": 1})
    return [type(step.bound).__name__, step.kwargs, {key: step.config[key] for key in ("tags", "metadata")}]


@value
def typed(core: Core) -> Any:
    step = core.RunnableLambda(upper).with_types(input_type=str, output_type=list[int])
    return [
        step.get_input_jsonschema(),
        step.get_output_jsonschema(),
        step.invoke("x"),
        step.InputType,
        step.get_name(),
    ]


PROGRAMS = [
    Program(
        "bound", lambda c: c.RunnableLambda(lambda x, suffix: x + suffix).bind(suffix="?"), modes=(*MODES, "schemas")
    ),
    Program("bound_twice", lambda c: c.RunnableLambda(lambda x, a, b: x + a + b).bind(a="?").bind(b="!")),
    Program("bound_stop", lambda c: bound_model(c).bind(stop=["."], size=3)),
    Program("bound_in_sequence", lambda c: c.RunnableLambda(upper) | bound_model(c).bind(stop=["."]), modes=MODES[:-1]),
    Program("binding_direct", lambda c: c.RunnableBinding(bound=c.RunnableLambda(upper), config={"tags": ["t"]})),
    Program("with_name", lambda c: c.RunnableLambda(upper).with_config(run_name="mine")),
    Program("with_name_in_call", lambda c: c.RunnableLambda(upper) | twice, config=lambda: {"run_name": "called"}),
    Program(
        "with_name_in_both",
        lambda c: c.RunnableLambda(upper).with_config(run_name="mine"),
        config=lambda: {"run_name": "called"},
    ),
    Program("with_keywords", lambda c: c.RunnableLambda(upper).with_config({"tags": ["a"]}, run_name="n")),
    Program("with_tags", lambda c: c.RunnableLambda(upper).with_config(tags=["b", "a"], metadata={"k": 1}) | twice),
    Program(
        "with_config_twice",
        lambda c: c.RunnableLambda(upper).with_config(tags=["b"]).with_config(tags=["a"], run_name="n"),
    ),
    Program(
        "with_metadata_twice",
        lambda c: c.RunnableLambda(upper).with_config(metadata={"a": 1, "b": 1}).with_config(metadata={"b": 2}),
        config=lambda: {"metadata": {"b": 3, "c": 3}},
    ),
    Program(
        "tags_inherited",
        lambda c: (c.RunnableLambda(upper) | twice).with_config(tags=["outer"], metadata={"k": 1}) | upper,
        config=called,
    ),
    Program(
        "tags_repeated",
        lambda c: (c.RunnableLambda(upper).with_config(tags=["t", "u"]) | twice).with_config(tags=["t"]),
        config=lambda: {"tags": ["t", "s"]},
    ),
    Program(
        "tags_in_parallel",
        lambda c: c.RunnableParallel(a=c.RunnableLambda(upper).with_config(tags=["mine"]), b=twice),
        config=called,
        unordered=True,
    ),
    Program("tags_through_a_function", lambda c: config_inside(c), config=called),
    Program(
        "tags_of_a_model", lambda c: model(c, tags=["of model"], metadata={"w": 1}) | c.StrOutputParser(), config=called
    ),
    Program("tags_of_a_page", page_chain, "where?", unordered=True, config=called),
    Program("metadata_of_a_stream", lambda c: spelling(c) | shouting(c), config=called),
    Program("config_seen", seen_config, config=lambda: {**called(), "max_concurrency": 3, "recursion_limit": 9}),
    Program("config_seen_inside", lambda c: c.RunnableLambda(upper) | seen_config(c), config=called),
    Program("configurable_to_metadata", seen_config, config=lambda: {"configurable": {"model": "m", "secret": "s"}}),
    Program("config_of_no_form", lambda c: c.RunnableLambda(upper), config=lambda: {"tags": []}),
    Program("unknown_key", seen_config, config=lambda: {"unknown": 1}, modes=("invoke", "ainvoke")),
    Program(
        "with_types",
        lambda c: c.RunnableLambda(upper).with_types(input_type=str, output_type=str),
        modes=(*MODES, "schemas"),
    ),
    Program(
        "with_types_in_sequence",
        lambda c: c.RunnableLambda(upper).with_types(input_type=int) | twice,
        modes=("schemas",),
    ),
    Program(
        "retried_with_config",
        lambda c: flaky(c, 0).with_retry().with_config(tags=["t"]),
        config=called,
        modes=(*PLAIN, *HANDLERS),
    ),
    Program(
        "async_with_config", lambda c: c.RunnableLambda(upper, later).with_config(tags=["t"]) | twice, config=called
    ),
    Program(
        "limited",
        lambda c: c.RunnableParallel(a=upper, b=twice),
        config=lambda: {"max_concurrency": 1},
        unordered=True,
        modes=PLAIN,
    ),
    *(
        Program(
            f"listeners_{name}_{verb}", lambda c, build=build, verb=verb: listened(c, build, verb), modes=("value",)
        )
        for name, build in LISTENED.items()
        for verb in ("invoke", "stream", "batch")
        if verb != "batch" or name in ("lambda", "named")
    ),
    *(
        Program(f"alisteners_{name}", lambda c, build=build: alistened(c, build), modes=("value",))
        for name, build in LISTENED.items()
    ),
    ensured,
    patched,
    config_lists,
    config_list_too_short,
    configs_of_a_batch,
    configs_of_an_abatch,
    handlers_of_a_batch,
    handlers_of_a_parallel,
    run_ids,
    run_id_of_the_events,
    run_id_of_the_log,
    listened_and_bound,
    bound_attributes,
    typed,
]
