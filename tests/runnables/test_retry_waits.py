"""How long a retry waits between attempts."""

from __future__ import annotations

import time
from typing import Any

import pytest

from chainviz import RunnableLambda
from chainviz.errors import InvalidConfigError


def fail(_: Any) -> Any:
    raise ValueError


def test_it_waits_as_it_is_told() -> None:
    jitter = {"initial": 0.02, "exp_base": 2.0, "max": 0.05, "jitter": 0.0}
    before = time.monotonic()
    with pytest.raises(ValueError):
        RunnableLambda(fail).with_retry(exponential_jitter_params=jitter, stop_after_attempt=4).invoke(1)
    assert time.monotonic() - before >= 0.11


def test_a_parameter_that_there_is_not() -> None:
    with pytest.raises(InvalidConfigError, match="did you mean 'initial'"):
        RunnableLambda(fail).with_retry(exponential_jitter_params={"inital": 1.0})
