"""What a handler raises is kept from the others."""

from __future__ import annotations

from typing import Any

import pytest

from ...cores import OURS, REFERENCE, Core
from ...steps import upper


def heard(core: Core) -> list[str]:
    """Who hears of the end of a call where the first of two handlers raises, and asks for that to be raised."""
    told: list[str] = []

    def first(self: Any, outputs: Any, **more: Any) -> None:
        told.append("first")
        raise ValueError("of a handler")

    def second(self: Any, outputs: Any, **more: Any) -> None:
        told.append("second")

    raising = type("First", (core.BaseCallbackHandler,), {"on_chain_end": first, "raise_error": True})()
    other = type("Second", (core.BaseCallbackHandler,), {"on_chain_end": second})()
    with pytest.raises(ValueError, match="of a handler"):
        core.RunnableLambda(upper).invoke("x", {"callbacks": [raising, other]})
    return told


def test_a_handler_that_raises_keeps_nothing_from_the_others() -> None:
    assert heard(REFERENCE) == ["first"]
    assert heard(OURS) == ["first", "second"]
