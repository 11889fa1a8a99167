"""What a step raises comes out as it is, whatever it is."""

from __future__ import annotations

import pytest

from ...cores import OURS, REFERENCE, Core
from ...test_exceptions import PLACES, VERBS, outcome


def raised(core: Core, place: str, kind: type[BaseException], verb: str) -> str:
    return outcome(core, place, kind, verb)[1].__name__


@pytest.mark.parametrize("place", PLACES)
def test_a_generator_exit_of_a_step_comes_out(place: str) -> None:
    """It is no end of a stream: the reference ends there as if all had been said, or fails at its own clean-up."""
    ours = {verb: raised(OURS, place, GeneratorExit, verb) for verb in VERBS}
    assert ours == dict.fromkeys(VERBS, "GeneratorExit")
    reference = {verb: raised(REFERENCE, place, GeneratorExit, verb) for verb in VERBS}
    assert set(reference.values()) <= {"NoneType", "RuntimeError", "UnboundLocalError", "GeneratorExit"}
    assert reference != ours


def test_what_ends_an_iteration_comes_out_of_a_retry() -> None:
    """The loop of the reference takes it for an end of its own."""
    assert raised(OURS, "retried", StopIteration, "invoke") == "StopIteration"
    assert raised(REFERENCE, "retried", StopIteration, "invoke") == "RuntimeError"
    assert raised(OURS, "retried", StopAsyncIteration, "ainvoke") == "StopAsyncIteration"
    assert raised(REFERENCE, "retried", StopAsyncIteration, "ainvoke") == "UnboundLocalError"
