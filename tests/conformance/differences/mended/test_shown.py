"""How steps are shown, where what the reference shows is not what there is."""

from __future__ import annotations

from ...cores import OURS, REFERENCE, Core
from ...steps import upper


def test_the_text_of_a_sequence_is_an_expression() -> None:
    """The reference's is a list of fields that no sequence is made of."""

    def text(core: Core) -> str:
        return str(core.RunnableLambda(upper) | core.RunnableLambda(upper))

    assert text(REFERENCE) == "first=RunnableLambda(upper) middle=[] last=RunnableLambda(upper)"
    assert text(OURS) == "RunnableLambda(upper)\n| RunnableLambda(upper)"
