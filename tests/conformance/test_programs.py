"""Every program does on our core what it does on the reference, in every mode."""

from __future__ import annotations

import pytest

from .cores import OURS, REFERENCE
from .observe import MODES, Program, see
from .programs import PROGRAMS

CASES = [(program, mode) for program in PROGRAMS for mode in (program.modes or MODES)]


@pytest.mark.parametrize(("program", "mode"), CASES, ids=[f"{program.name}-{mode}" for program, mode in CASES])
def test_same_as_the_reference(program: Program, mode: str) -> None:
    assert see(OURS, program, mode) == see(REFERENCE, program, mode)


def test_names_are_unique() -> None:
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS) >= 50
