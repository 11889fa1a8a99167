"""What can not be is refused in one clear sentence."""

from __future__ import annotations

import pytest

from ...cores import OURS, REFERENCE
from ...steps import upper


def test_a_function_has_the_verbs_of_every_step() -> None:
    """A function has nothing to configure, which ours says; in the reference it has no such verb."""
    with pytest.raises(AttributeError):
        REFERENCE.RunnableLambda(upper).configurable_fields(f=REFERENCE.ConfigurableField("f"))
    with pytest.raises(ValueError, match="no parameter 'f'"):
        OURS.RunnableLambda(upper).configurable_fields(f=OURS.ConfigurableField("f"))
