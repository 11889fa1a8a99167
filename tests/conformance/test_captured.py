"""A program that the reference runs in one of our traces is recorded as a program of ours is, run by run."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest

import chainviz
from chainviz.tracing.events import MISSING, CustomEvent, Run, RunCancel, RunChunk, RunEnd, RunError, RunStart
from chainviz.tracing.trace import Trace

from .cores import OURS, REFERENCE, Core, plain
from .observe import Program, _loose, adrained, aopened, drained, outcome
from .programs import PROGRAMS

VERBS = {
    "invoke": lambda chain, p: chain.invoke(p.input, p.config()),
    "stream": lambda chain, p: drained(chain.stream(p.input, p.config())),
    "ainvoke": lambda chain, p: asyncio.run(chain.ainvoke(p.input, p.config())),
    "astream": lambda chain, p: asyncio.run(adrained(aopened(lambda: chain.astream(p.input, p.config())))),
}
UNTAPPED = ("RunnableBranch", "RunnableWithFallbacks", "RunnableEach", "RunnableRetry")
CASES = [(program, verb) for program in PROGRAMS if "value" not in program.modes for verb in VERBS]


def recorded(core: Core, program: Program, verb: str) -> Any:
    """The runs of a program as a trace has them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        chain = program.build(core)
        with chainviz.trace() as t:
            outcome(lambda: VERBS[verb](chain, program))
    seen = runs(t)
    if verb.endswith("stream"):
        for root in seen:
            root["chunks"] = root["chunks"] if taps(chain) else []
    return _loose(program, seen)


def taps(chain: Any) -> bool:
    """Whether the reference tells anybody of the parts that a root streams."""
    return type(chain).__name__ not in UNTAPPED


def runs(t: Trace) -> Any:
    """What the trace has of each run, below that of its parent; siblings have no order between them."""
    nodes: dict[Run, dict[str, Any]] = {}
    roots: list[Any] = []
    for event in t.recorder.events:
        run = event.run
        if isinstance(event, RunStart):
            seen = {"type": run.type, "name": run.name, "tags": run.tags, "metadata": plain(run.metadata)}
            node = nodes[run] = {**seen, "inputs": known(event.inputs), "chunks": [], "runs": []}
            (nodes[run.parent]["runs"] if run.parent in nodes else roots).append(node)
        elif isinstance(event, RunChunk):
            nodes[run]["chunks"].append(plain(event.chunk))
        elif isinstance(event, CustomEvent):
            nodes[run]["chunks"].append((event.name, plain(event.data), event.tags))
        else:
            nodes[run]["end"] = ended(event)
            if event.inputs is not MISSING:
                nodes[run]["inputs"] = plain(event.inputs)
    return ordered(roots)


def known(inputs: Any) -> Any:
    return None if inputs is MISSING else plain(inputs)


def ended(event: RunEnd | RunError | RunCancel) -> Any:
    if isinstance(event, RunEnd):
        return plain(event.output)
    return plain(event.error) if isinstance(event, RunError) else event.reason


def ordered(nodes: list[Any]) -> list[Any]:
    return sorted(({**node, "runs": ordered(node["runs"])} for node in nodes), key=repr)


@pytest.mark.parametrize(("program", "verb"), CASES, ids=[f"{program.name}-{verb}" for program, verb in CASES])
def test_same_runs(program: Program, verb: str) -> None:
    assert recorded(REFERENCE, program, verb) == recorded(OURS, program, verb)
