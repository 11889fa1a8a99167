"""How steps are shown, where what the reference shows is not what there is."""

from __future__ import annotations

import warnings

from ...cores import OURS, REFERENCE, Core
from ...steps import upper


def test_the_text_of_a_sequence_is_an_expression() -> None:
    """The reference's is a list of fields that no sequence is made of."""

    def text(core: Core) -> str:
        return str(core.RunnableLambda(upper) | core.RunnableLambda(upper))

    assert text(REFERENCE) == "first=RunnableLambda(upper) middle=[] last=RunnableLambda(upper)"
    assert text(OURS) == "RunnableLambda(upper)\n| RunnableLambda(upper)"


def test_a_chain_with_a_memory_is_called_what_it_is() -> None:
    """Its runs bear that name in both; the reference's own answer is the class of a part."""

    def name(core: Core) -> str:
        memory = core.InMemoryChatMessageHistory()
        return core.RunnableWithMessageHistory(core.RunnableLambda(upper), lambda: memory).get_name()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert name(REFERENCE) == "RunnableSequence"
    assert name(OURS) == "RunnableWithMessageHistory"
