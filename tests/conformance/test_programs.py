"""Every program does on our core what it does on the reference, in every mode."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from .cores import OURS, REFERENCE
from .observe import Program, modes_of, see
from .programs import PROGRAMS

CASES = [(program, mode) for program in PROGRAMS for mode in modes_of(program)]


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Both cores log what goes wrong in handlers."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("program", "mode"), CASES, ids=[f"{program.name}-{mode}" for program, mode in CASES])
def test_same_as_the_reference(program: Program, mode: str) -> None:
    assert see(OURS, program, mode) == see(REFERENCE, program, mode)


def test_there_are_many() -> None:
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS) >= 300
