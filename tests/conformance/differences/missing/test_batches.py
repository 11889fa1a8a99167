"""Attempts at several inputs at once, which ours makes at each on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...test_text_batches import model

ATTEMPTS: dict[str, Callable[[Any], Any]] = {
    "retry": lambda step: step.with_retry(),
    "fallbacks": lambda step: step.with_fallbacks([step]),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_text_model_is_tried_with_one_prompt_at_a_time(name: str) -> None:
    """So that what one prompt raises tries no other again; the reference's model is given all of them at once here
    too."""

    def asked(core: Core) -> list[list[str]]:
        given: list[Any] = []
        assert ATTEMPTS[name](model(core, given)).batch(["a", "b"]) == ["<a>", "<b>"]
        return sorted(prompts for prompts, *_ in given)

    assert asked(REFERENCE) == [["a", "b"]]
    assert asked(OURS) == [["a"], ["b"]]
