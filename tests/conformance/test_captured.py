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
"""The reference tells nobody of the parts that these stream as roots."""
RACES = ("error_in_parallel", "error_in_each", "generator_in_parallel")
"""How far the siblings of a branch that fails have come depends on threads; ours are cancelled."""
STREAMS = ("stream", "astream")
DIFFERENT = {
    "a stream is retried": {
        **dict.fromkeys(
            [
                *("retry", "retry_unneeded", "retry_in_sequence", "retry_in_vain", "retry_of_a_kind"),
                *("retry_of_another_kind", "retry_of_a_sequence", "retry_of_a_named_step", "retry_named"),
                *("retried_with_config", "retry_of_a_stream", "generator_in_retry"),
            ],
            STREAMS,
        ),
    },
    "each streams": {"each_empty": STREAMS, "tools_of_a_model": STREAMS},
    "a text model's parts are told of where it streams as a root": {"text_model_fake_streams": STREAMS},
    "what feeds a step that failed is cancelled, with all of its input known": {
        "error_in_stream": STREAMS,
        "error_in_the_middle_of_three": STREAMS,
    },
    "an input that does not fit is refused before any step runs": {"assign_to_no_dict": STREAMS},
    "the reference writes the exception into the input that it was first given": {
        "fallbacks_exception_key_at_first": ("invoke", "ainvoke"),
        "structured_answer_misfit_with_raw": ("invoke", "ainvoke"),
        "structured_answer_another_with_raw": ("invoke", "ainvoke"),
    },
    "the reference gives the name of a map to its items too": {"each_named": (*VERBS,)},
    "the reference counts the depth of recursion from another place": {"lambda_returns_for_ever": (*VERBS,)},
    "the reference tells a tool's input as a text": {"tool_misfit_no_dict": (*VERBS,)},
}
EXCEPT = {(name, verb) for programs in DIFFERENT.values() for name, verbs in programs.items() for verb in verbs}


def verbs_of(program: Program) -> list[str]:
    """The verbs by which a program does the same each time."""
    chosen = [verb for verb in VERBS if verb in program.modes]
    return [] if "value" in program.modes or program.name in RACES else chosen or [*VERBS]


CASES = [(program, verb) for program in PROGRAMS for verb in verbs_of(program)]


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
            seen = {
                "path": run.path,
                "type": run.type,
                "name": run.name,
                "tags": run.tags,
                "metadata": plain(run.metadata),
            }
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
        return known(event.output)
    return plain(event.error) if isinstance(event, RunError) else event.reason


def ordered(nodes: list[Any]) -> list[Any]:
    return sorted(({**node, "runs": ordered(node["runs"])} for node in nodes), key=repr)


@pytest.mark.parametrize(("program", "verb"), CASES, ids=[f"{program.name}-{verb}" for program, verb in CASES])
def test_same_runs(program: Program, verb: str) -> None:
    same = recorded(REFERENCE, program, verb) == recorded(OURS, program, verb)
    assert same is ((program.name, verb) not in EXCEPT)


def test_there_are_many() -> None:
    names = {program.name for program, _ in CASES}
    assert len(names) >= 300
    assert {name for name, _ in EXCEPT} <= names
