"""A batch calls the chain on each of its inputs, side by side, and each call has a run of its own."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import fail


def test_a_text_model_answers_side_by_side() -> None:
    """With all prompts at once, the reference's model that answers one text by `_call` makes one wait for the other."""

    def most_at_once(core: Core) -> int:
        lock, now, most = threading.Lock(), 0, 0

        class Slow(core.LLM):
            _llm_type = "slow"

            def _call(self, prompt: str, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
                nonlocal now, most
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.05)
                with lock:
                    now -= 1
                return prompt

        assert Slow().batch(["a", "b"]) == ["a", "b"]
        return most

    assert (most_at_once(REFERENCE), most_at_once(OURS)) == (1, 2)


def test_a_batch_raises_what_invoke_raises() -> None:
    """A batch calls the chain on each of its inputs. The reference's takes all of them through one fallback after
    another, and raises what the last one raises."""

    def in_vain(core: Core) -> Any:
        return core.RunnableLambda(fail).with_fallbacks([core.RunnableLambda(lambda x: [][0])])

    with pytest.raises(IndexError):
        in_vain(REFERENCE).batch(["x"])
    with pytest.raises(ValueError, match="no x"):
        in_vain(OURS).batch(["x"])
