"""Running a program on a core in every way, and what is seen of it."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from collections.abc import AsyncIterator, Callable
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import jsonpatch

from .cores import Core, plain
from .recorder import Calls, by_run, recorder, settled


class Program(NamedTuple):
    """`build(core)` makes a chain anew. With `unordered`, chunks of sibling branches come in any order.

    `options` are filters of the events and of the log; `config` makes the config of every call; `chunks` is a stream
    for it to transform. In the mode `value`, `build(core)` gives (or is a coroutine of) what is to be compared.
    """

    name: str
    build: Callable[[Core], Any]
    input: Any = "x"
    unordered: bool = False
    options: dict[str, Any] = {}  # noqa: RUF012
    config: Callable[[], dict[str, Any]] = dict
    modes: tuple[str, ...] = ()
    chunks: tuple[Any, ...] = ()


PLAIN = ("invoke", "ainvoke", "stream", "astream", "batch", "abatch")
"""The verbs."""
CALLS = ("invoke", "ainvoke", "batch", "abatch")
"""Those whose output is one value."""
SYNC = ("invoke", "stream", "batch")
ASYNC = ("ainvoke", "astream", "abatch")
SEEN = ("v1", "v2", "log")
"""What is seen of a run from outside."""
OTHER_LOGS = ("states", "listless")
"""The log state by state, and without the appended chunks."""
HANDLERS = ("handlers", "ahandlers")
MODES = (*PLAIN, *HANDLERS, *SEEN)
TRANSFORMS = ("transform", "atransform")


def value(build: Callable[[Core], Any]) -> Program:
    """The function as a program whose value is compared."""
    return Program(build.__name__, build, modes=("value",))


def modes_of(program: Program) -> tuple[str, ...]:
    return (program.modes or MODES) + (TRANSFORMS if program.chunks else ())


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the exception that it raises, as data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reference calls some of its own verbs deprecated
        try:
            result = call()
            return plain(asyncio.run(result) if inspect.iscoroutine(result) else result)
        except Exception as error:
            return plain(error)


def drained(stream: Any) -> list[Any]:
    """The chunks of a stream, and what it raises after them."""
    chunks: list[Any] = []
    try:
        for chunk in stream:
            chunks.append(chunk)
    except Exception as error:
        chunks.append(error)
    return chunks


async def adrained(stream: Any) -> list[Any]:
    chunks: list[Any] = []
    try:
        async for chunk in stream:
            chunks.append(chunk)
    except Exception as error:
        chunks.append(error)
    return chunks


async def aopened(make: Callable[[], AsyncIterator[Any]]) -> AsyncIterator[Any]:
    """A stream, whether what it raises comes when it is made or when it is read."""
    async for chunk in make():
        yield chunk


async def aiterated(chunks: Any) -> AsyncIterator[Any]:
    for chunk in chunks:
        yield chunk


def run_trees(events: list[Any]) -> list[Any]:
    """The events of each run in their order, under those of its parent; siblings have no order between them."""
    runs: dict[str, dict[str, Any]] = {}
    rest: list[Any] = []
    for event in events:
        if isinstance(event, Exception):
            rest.append(plain(event))
            continue
        run = runs.setdefault(event["run_id"], {"parents": event["parent_ids"], "events": [], "runs": []})
        seen = {key: plain(event[key]) for key in ("event", "name", "tags", "metadata", "data")}
        run["events"].append(seen)
    roots: list[Any] = []
    for run in runs.values():
        above = next((runs[id] for id in reversed(run.pop("parents")) if id in runs), None)
        (above["runs"] if above else roots).append(run)
    return sorted([_sorted(run) for run in roots], key=repr) + rest


def _sorted(run: dict[str, Any]) -> dict[str, Any]:
    return {"events": run["events"], "runs": sorted((_sorted(child) for child in run["runs"]), key=repr)}


def log_entries(state: Any) -> Any:
    """A RunState without ids and times; of a log, `logs` has no order either."""
    state = {key: plain(state[key]) for key in ("name", "type", "streamed_output", "final_output", "logs")}
    for entry in state["logs"].values():
        for key in ("id", "start_time"):
            del entry[key]
        entry["end_time"] = entry["end_time"] is not None
    return state


def patches(items: list[Any]) -> list[Any]:
    """Each patch's operations, without ids and times. How `final_output` comes about is the reference's own matter
    (it sends the difference of two values, we send the whole): its value after the patch is compared."""
    seen: list[Any] = []
    state: Any = None
    for item in items:
        if isinstance(item, Exception):
            seen.append(plain(item))
            continue
        if not item.ops:
            continue  # the reference also sends that nothing has changed
        state = jsonpatch.apply_patch(state, [op for op in item.ops if op["path"][:13] in ("", "/final_output")])
        ops: list[Any] = []
        for op in item.ops:
            if op["path"].startswith("/final_output"):
                final = ("replace", "/final_output", plain(state["final_output"]))
                ops += [] if final in ops else [final]
                continue
            value = op["value"]
            if isinstance(value, dict):
                hidden = ("id", "start_time") if "type" in value else ()
                value = {key: one for key, one in value.items() if key not in hidden}
            ops.append((op["op"], op["path"], "a time" if op["path"].endswith("/end_time") else plain(value)))
        seen.append(ops)
    return seen


def schemas(chain: Any) -> dict[str, Any]:
    """What a chain says that it is, takes, gives and can be set to."""
    return {
        "name": chain.get_name(),
        "input": chain.get_input_jsonschema(),
        "output": chain.get_output_jsonschema(),
        "config": chain.get_config_jsonschema(include=["tags", "configurable"]),
        "prompts": [type(prompt).__name__ for prompt in chain.get_prompts()],
    }


def see(core: Core, program: Program, mode: str) -> Any:
    """What the program does on this core in this mode."""
    if mode == "value":
        return outcome(lambda: program.build(core))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain = program.build(core)
    if mode in _VERBS:
        return _loose(program, outcome(lambda: _VERBS[mode](chain, program)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if mode == "schemas":
            return schemas(chain)
        if mode in HANDLERS:
            return _handler_calls(core, chain, program, mode)
        if mode in ("v1", "v2"):
            return _loose(program, _seen_events(chain, program, mode))
        return _seen_log(chain, program, mode)


def _batch(chain: Any, program: Program) -> Any:
    """Two inputs one after the other: all at once, and as they come."""
    inputs, config = [program.input] * 2, {**program.config(), "max_concurrency": 1}
    outputs = chain.batch(inputs, config, return_exceptions=True)
    return outputs, sorted(chain.batch_as_completed(inputs, config, return_exceptions=True), key=lambda pair: pair[0])


async def _abatch(chain: Any, program: Program) -> Any:
    inputs, config = [program.input] * 2, {**program.config(), "max_concurrency": 1}
    outputs = await chain.abatch(inputs, config, return_exceptions=True)
    pairs = [pair async for pair in chain.abatch_as_completed(inputs, config, return_exceptions=True)]
    return outputs, sorted(pairs, key=lambda pair: pair[0])


_VERBS: dict[str, Callable[[Any, Program], Any]] = {
    "invoke": lambda chain, p: chain.invoke(p.input, p.config() or None),
    "ainvoke": lambda chain, p: chain.ainvoke(p.input, p.config() or None),
    "stream": lambda chain, p: drained(chain.stream(p.input, p.config() or None)),
    "astream": lambda chain, p: adrained(aopened(lambda: chain.astream(p.input, p.config() or None))),
    "batch": _batch,
    "abatch": _abatch,
    "transform": lambda chain, p: drained(chain.transform(iter(p.chunks), p.config() or None)),
    "atransform": lambda chain, p: adrained(aopened(lambda: chain.atransform(aiterated(p.chunks), p.config() or None))),
}


def _handler_calls(core: Core, chain: Any, program: Program, mode: str) -> Any:
    """What a handler is told of a call, run by run, and what the call raises."""
    calls: Calls = {}
    config = {**program.config(), "callbacks": [recorder(core, calls)]}
    raised = outcome(
        lambda: chain.invoke(program.input, config) if mode == "handlers" else chain.ainvoke(program.input, config)
    )
    return by_run({id: settled(told) for id, told in calls.items()} if program.unordered else calls), raised


def _seen_events(chain: Any, program: Program, version: str) -> Any:
    stream = chain.astream_events(program.input, program.config(), version=version, **program.options)
    events = asyncio.run(adrained(stream))
    if program.options and version == "v2" and events:
        # The reference writes the root's input over that of the first run which is shown.
        for event in events:
            if isinstance(event, dict) and (program.unordered or event["run_id"] == events[0]["run_id"]):
                event["data"].pop("input", None)
    return run_trees(events)


def _seen_log(chain: Any, program: Program, mode: str) -> Any:
    options = dict(program.options)
    if mode == "listless":
        options["with_streamed_output_list"] = False
    if mode == "states":
        options["diff"] = False
    items = asyncio.run(adrained(chain.astream_log(program.input, program.config(), **options)))
    if mode == "states":
        seen = [plain(item) if isinstance(item, Exception) else log_entries(item.state) for item in items]
        return _loose(program, seen[-1:] if program.unordered else seen)
    seen = patches(items)
    if program.unordered:
        seen = sorted([[op for op in ops if op[1] != "/final_output"] for ops in seen], key=repr)
    sent = [item for item in items if not isinstance(item, Exception)]
    total = reduce(add, sent)
    return seen, _loose(program, log_entries(total.state)) if len(sent) > 1 else None


def _loose(program: Program, seen: Any) -> Any:
    """Chunks in any order, where branches race."""
    if not program.unordered:
        return seen
    if isinstance(seen, list):
        return sorted((_loose(program, item) for item in seen), key=repr)
    if isinstance(seen, dict):
        return {key: _loose(program, item) for key, item in sorted(seen.items())}
    return seen
