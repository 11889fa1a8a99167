"""Running a program on a core in every way, and what is seen of it."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from .cores import plain


class Program(NamedTuple):
    """`build(core)` makes a chain anew. With `unordered`, chunks of sibling branches come in any order.

    `options` are filters of the events and of the log; `config` makes the config of every call.
    """

    name: str
    build: Callable[[SimpleNamespace], Any]
    input: Any = "x"
    unordered: bool = False
    options: dict[str, Any] = {}  # noqa: RUF012
    config: Callable[[], dict[str, Any]] = dict
    modes: tuple[str, ...] = ()


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the exception that it raises, as data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reference calls some of its own verbs deprecated
        try:
            return plain(call())
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
    log: Any = None
    for item in items:
        if isinstance(item, Exception):
            seen.append(plain(item))
            continue
        log = item if log is None else log + item
        ops: list[Any] = []
        for op in item.ops:
            if op["path"].startswith("/final_output"):
                final = ("replace", "/final_output", plain(log.state["final_output"]))
                ops += [] if final in ops else [final]
                continue
            value = op["value"]
            if isinstance(value, dict):
                hidden = ("id", "start_time") if "type" in value else ()
                value = {key: one for key, one in value.items() if key not in hidden}
            ops.append((op["op"], op["path"], "a time" if op["path"].endswith("/end_time") else plain(value)))
        seen.append(ops)
    return seen


async def _events(chain: Any, program: Program, version: str) -> Any:
    return await adrained(chain.astream_events(program.input, program.config(), version=version, **program.options))


def see(core: SimpleNamespace, program: Program, mode: str) -> Any:
    """What the program does on this core in this mode."""
    chain = program.build(core)
    given, config = program.input, program.config
    if mode == "invoke":
        return outcome(lambda: chain.invoke(given, config()))
    if mode == "ainvoke":
        return outcome(lambda: asyncio.run(chain.ainvoke(given, config())))
    if mode == "stream":
        return _loose(program, outcome(lambda: drained(chain.stream(given, config()))))
    if mode == "astream":
        return _loose(program, outcome(lambda: asyncio.run(adrained(chain.astream(given, config())))))
    if mode == "batch":
        return outcome(lambda: chain.batch([given, given], {**config(), "max_concurrency": 1}, return_exceptions=True))
    if mode == "abatch":
        one = {**config(), "max_concurrency": 1}
        return outcome(lambda: asyncio.run(chain.abatch([given, given], one, return_exceptions=True)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if mode in ("v1", "v2"):
            events = asyncio.run(_events(chain, program, mode))
            if program.options:
                # The reference writes the root's input over that of the first event which is shown.
                for event in events:
                    event["data"].pop("input", None)
            return _loose(program, run_trees(events))
        stream = chain.astream_log(given, config(), **program.options)
        items = asyncio.run(adrained(stream))
    if mode == "log":
        seen = patches(items)
        if program.unordered:
            seen = sorted([[op for op in ops if op[1] != "/final_output"] for ops in seen], key=repr)
        return seen
    states = [item for item in items if not isinstance(item, Exception)]
    state = states[0]
    for patch in states[1:]:
        state = state + patch
    return _loose(program, log_entries(state.state))


def _loose(program: Program, seen: Any) -> Any:
    """Chunks in any order, where branches race."""
    if not program.unordered:
        return seen
    if isinstance(seen, list):
        return sorted((_loose(program, item) for item in seen), key=repr)
    if isinstance(seen, dict):
        return {key: _loose(program, item) for key, item in sorted(seen.items())}
    return seen


MODES = ("invoke", "ainvoke", "stream", "astream", "batch", "abatch", "v1", "v2", "log", "state")
