"""What nobody thought of: chains made by chance do the same on both cores, in every mode."""

from __future__ import annotations

import pytest

from .cores import OURS, REFERENCE
from .observe import see
from .random_observed import observed_program
from .random_programs import random_program


@pytest.mark.parametrize("seed", range(120))
def test_same_as_the_reference(seed: int) -> None:
    program = random_program(seed)
    for mode in program.modes:
        assert (mode, see(OURS, program, mode)) == (mode, see(REFERENCE, program, mode))


@pytest.mark.parametrize("seed", range(400))
def test_filters_choose_the_same(seed: int) -> None:
    program = observed_program(seed)
    for mode in program.modes:
        assert (mode, see(OURS, program, mode)) == (mode, see(REFERENCE, program, mode))
